/**
 * faults.mjs <allocations|exceptions|threads|limit>: every allocation refused in turn, exceptions thrown everywhere,
 * threads refused. Reports what did not end in an error with a code, or did harm to what came after.
 */
import { spawnSync } from 'node:child_process';
import { encodeProgram } from '../../../dist/engine/encode.js';
import { compileEvaluation, compilePrediction, compileTraining } from '../../../dist/network/compile.js';
import { adam, BlasnetError } from '../../../dist/index.js';
import { addon, classes, hashOf, network, report, samples, threadCount, train, width } from './work.mjs';

const native = addon();
const problems = [];
const data = samples(300);
const { architecture } = network();
const programs = {
  train: encodeProgram(compileTraining(architecture, adam(), 64)),
  evaluate: encodeProgram(compileEvaluation(architecture)),
  predict: encodeProgram(compilePrediction(architecture, true)),
};
const parameters = architecture.arenaSize;

const createData = () => native.createData(300, width, data.features, 1, data.labels, undefined, 0);
function createStore() {
  const store = native.createStore(parameters, 2);
  native.writeStore(store, 0, 0, 0, new Float32Array(parameters).fill(0.01));
  return store;
}
function read(store, arena) {
  const values = new Float32Array(parameters);
  native.readStore(store, arena, 0, 0, values);
  return values.reduce((sum, value) => sum + value, 0);
}
async function run(kind, threads = 3) {
  const store = createStore();
  const scalars = new Float64Array(3 * 8).fill(0.5);
  const args = [undefined, undefined, 0, 300, scalars, 1, 0, threads];
  const { steps, totals, output } = await native.run(native.compile(programs[kind]), store, createData(), ...args);
  return [steps, ...totals, read(store, 0), ...(output ?? [])];
}

/** Every way into native code that allocates, each giving something to compare. */
const operations = {
  createData: () => typeof createData(),
  createSamples: () => typeof native.createSamples(data.features, width),
  createStore: () => read(createStore(), 0),
  gradients: () => read(createStore(), 1),
  compile: () => typeof native.compile(programs.train),
  train: () => run('train'),
  evaluate: () => run('evaluate'),
  predict: () => run('predict'),
  runSync() {
    const output = new Float32Array(10 * classes);
    const input = data.features.subarray(0, 10 * width);
    native.runSync(native.compile(programs.predict), createStore(), input, 10, output);
    return [...output];
  },
  network: async () => {
    const trained = network();
    await trained.fit(data, { epochs: 1, batchSize: 64, validation: data });
    return [hashOf(trained), await trained.evaluate(data), [...(await trained.predict(data.features))]];
  },
};

const codes = ['ERR_ENGINE_MEMORY', 'ERR_ENGINE_THREADS', 'ERR_ENGINE_NATIVE'];

/** Whether the operation fails as it should or gives what it gives undisturbed. */
async function attempt(name, operation, wanted, allowed) {
  try {
    const got = JSON.stringify(await operation());
    if (got !== wanted) problems.push(`${name}: came to something else`);
    return true;
  } catch (error) {
    // What users call throws errors of their library.
    const kind = operation === operations.network ? BlasnetError : Error;
    const typed = error instanceof kind && error.message !== '' && allowed.includes(error.code);
    if (!typed) problems.push(`${name}: ${String(error?.stack ?? error)}`);
    return false;
  }
}

async function refuseAllocations() {
  const refused = {};
  for (const [name, operation] of Object.entries(operations)) {
    const wanted = JSON.stringify(await operation());
    for (const forever of [false, true]) {
      let after = 0;
      for (let completed = 0; completed < 3; after++) {
        native.failAllocation(after, forever);
        const done = await attempt(`${name}, allocation ${after}`, operation, wanted, ['ERR_ENGINE_MEMORY']);
        native.failAllocation(-1);
        // A copy for readers that could not be made is made later: completed, and still refused.
        completed = done ? completed + 1 : 0;
        if (!done) await attempt(`${name}, after a refusal`, operation, wanted, []);
        if (after > 500) throw new Error(`${name} never completes`);
      }
      refused[name] = after - 3;
    }
  }
  return refused;
}

/** As many as a network makes calls, and its runs steps, before each kind of them has had its turn. */
const MOST_PASSED = { network: 24 };

async function throwEverywhere() {
  let thrown = 0;
  for (const [name, operation] of Object.entries(operations)) {
    const wanted = JSON.stringify(await operation());
    for (let site = 1; site < 6; site++) {
      for (let kind = 0; kind < 3; kind++) {
        for (let after = 0; after < (MOST_PASSED[name] ?? 4); after++) {
          native.fault(site, kind, after, false);
          if (!(await attempt(`${name}, site ${site}, kind ${kind}`, operation, wanted, codes))) thrown++;
          native.fault(site, kind, -1, false);
        }
        await attempt(`${name}, after site ${site}, kind ${kind}`, operation, wanted, []);
      }
    }
  }
  return thrown;
}

/** The first thread is refused for good, then the second, …: an error, or fewer threads and the same bits. */
async function refuseThreads() {
  const wanted = JSON.stringify(await run('train', 4));
  let refused = 0;
  for (let after = 0; after < 6; after++) {
    native.fault(1, 0, after, true);
    if (!(await attempt(`thread ${after}`, () => run('train', 4), wanted, ['ERR_ENGINE_THREADS']))) refused++;
    native.fault(1, 0, -1, false);
  }
  native.measurePeak(0.001, 2);
  await attempt('after refused threads', () => run('train', 4), wanted, []);
  return refused;
}

/** The same by the system itself. The parent must have made us a user whose limit counts. */
async function refuseBySystem() {
  const wanted = await train({ threads: 8 });
  const outcomes = [];
  for (let extra = 4; extra >= 0; extra--) {
    const limit = threadCount() + extra;
    const { status, error } = spawnSync('prlimit', [`--pid=${process.pid}`, `--nproc=${limit}:`]);
    if (status !== 0) outcomes.push(`no prlimit: ${error?.code ?? status}`);
    try {
      outcomes.push((await train({ threads: 8 })) === wanted ? 'same' : 'different');
    } catch (error) {
      outcomes.push(error.code);
    }
  }
  return outcomes;
}

const kinds = {
  allocations: refuseAllocations,
  exceptions: throwEverywhere,
  threads: refuseThreads,
  limit: refuseBySystem,
};
const result = await kinds[process.argv[2]]();
globalThis.gc();
await new Promise((turn) => setTimeout(turn, 20));
globalThis.gc();
await new Promise((turn) => setTimeout(turn, 20));
report({ problems: problems.slice(0, 10), result, bytes: native.allocatedBytes() });
