/** resources.mjs <what> …: what native work takes of a process, and what it leaves. Reports numbers for the parent. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { addon, endlessFit, hashOf, network, report, samples, sleep, threadCount, train, width } from './work.mjs';

const [, , what, ...args] = process.argv;
const count = Number(args[0]);
const turn = () => new Promise((done) => setImmediate(done));
const megabytes = () => process.memoryUsage().rss / 2 ** 20;

/** Drops what `make` makes, `times` times, with a turn of the event loop after each: resident memory at its highest. */
async function drop(times, make) {
  let highest = 0;
  for (let i = 0; i < times; i++) {
    make();
    await turn();
    if (i % 10 === 0) highest = Math.max(highest, megabytes());
  }
  return Math.round(highest);
}

async function settled() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(10);
  }
}

/** Slope of a line through the points, per step. */
function slope(values) {
  const mean = (array) => array.reduce((sum, value) => sum + value, 0) / array.length;
  const [mx, my] = [(values.length - 1) / 2, mean(values)];
  const top = values.reduce((sum, y, x) => sum + (x - mx) * (y - my), 0);
  return top / values.reduce((sum, _, x) => sum + (x - mx) ** 2, 0);
}

const kinds = {
  async data() {
    const features = new Float32Array(2 ** 18).fill(0.5);
    const before = megabytes();
    const highest = await drop(count, () => addon().createData(1024, 256, features, 1, undefined, undefined, 0));
    await settled();
    return { before, highest, bytes: addon().allocatedBytes() };
  },
  async stores() {
    const before = megabytes();
    const highest = await drop(count, () => addon().createStore(2 ** 17, 1));
    await settled();
    return { before, highest, bytes: addon().allocatedBytes() };
  },
  /** Predicting gives a network's program memory of its own, which hangs on the program. */
  async networks() {
    const before = megabytes();
    const input = new Float32Array(width);
    const highest = await drop(count, () => network().predictSync(input));
    await settled();
    return { before, highest, bytes: addon().allocatedBytes() };
  },
  disposed() {
    const features = new Float32Array(2 ** 18);
    addon(); // its file is read as it is loaded, to be checked
    const { external } = process.memoryUsage();
    for (let i = 0; i < count; i++) {
      addon().dispose(addon().createData(1024, 256, features, 1, undefined, undefined, 0));
      addon().dispose(addon().createStore(2 ** 14, 2));
    }
    return { bytes: addon().allocatedBytes(), external: process.memoryUsage().external - external };
  },
  async fits() {
    const data = samples(320);
    const trained = network({ threads: 2 });
    const bytes = [];
    const threads = [];
    for (let i = 0; i < count; i++) {
      await trained.fit(data, { epochs: 2, batchSize: 64 });
      await turn();
      if (i % 10 === 9) await settled();
      if (i % 10 === 9) bytes.push(addon().allocatedBytes());
      threads.push(threadCount());
    }
    const rss = [];
    const { fit } = endlessFit();
    fit.catch(() => undefined);
    for (let i = 0; i < 40; i++) {
      await sleep(25);
      globalThis.gc();
      rss.push(megabytes());
    }
    const half = rss.slice(rss.length / 2);
    report({ bytes, threads: [threads[1], threads.at(-1)], growth: slope(half) * half.length });
    process.exit(0);
  },
  async failing() {
    const trained = network();
    const before = addon().allocatedBytes();
    let failed = 0;
    for (let i = 0; i < count; i++) {
      addon().failAllocation(i % 5);
      try {
        await trained.fit(samples(100), { epochs: 1, batchSize: 50 });
      } catch {
        failed++;
      }
      addon().failAllocation(-1);
      if (i % 50 === 0) await turn();
    }
    await settled();
    return { failed, grown: addon().allocatedBytes() - before, hash: hashOf(network()) === hashOf(network()) };
  },
  /** One thread in libuv's pool, four fits: files are read all the same. */
  async files() {
    const fits = Array.from({ length: 4 }, () => endlessFit({ threads: 1 }));
    let ended = 0;
    for (const { fit } of fits)
      fit.then(
        () => ended++,
        () => ended++,
      );
    await sleep(100);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const path = fileURLToPath(import.meta.url);
    let read = 0;
    for (let i = 0; i < 50; i++) read += (await readFile(path)).length > 0 ? 1 : 0;
    report({ read, ended, p99: delay.percentile(99) / 1e6 });
    process.exit(0);
  },
  async denormals() {
    const before = Number.MIN_VALUE * 1 !== 0 && 1e-310 * 1 !== 0;
    await train();
    network().predictSync(new Float32Array(width).fill(1e-40));
    addon().measurePeak(0.001, 2);
    // Math that a compiler cannot do beforehand.
    return { before, after: [1e-310, 5e-324].every((value) => value * Number(process.pid > 0) !== 0) };
  },
  async crowd() {
    const alone = await train({ threads: 1 });
    const crowd = await Promise.all([8, 8, 64, 1024].map((threads) => train({ threads })));
    return { different: crowd.filter((hash) => hash !== alone).length };
  },
  /** The first slice of a first fit is under way: there are no parameters of a completed slice yet. */
  async reading() {
    const trained = network({ units: 512 });
    const initial = hashOf(network({ units: 512 }));
    const wanted = String(network({ units: 512 }).predictSync(new Float32Array(width).fill(0.5)));
    const fit = trained.fit(samples(20000), { epochs: 1, batchSize: 20000 });
    const problems = [];
    let reads = 0;
    for (let i = 0; i < 20; i++) {
      await Promise.resolve();
      // Until the promise of the first slice can be settled, parameters are the initial ones.
      if (hashOf(trained) !== initial) problems.push(`parameters at ${i}`);
      if (String(trained.predictSync(new Float32Array(width).fill(0.5))) !== wanted)
        problems.push(`prediction at ${i}`);
      reads++;
    }
    const during = trained.predict(samples(100).features);
    await fit;
    await during;
    return { reads, problems, trained: hashOf(trained) !== initial };
  },
};

report(await kinds[what]());
