/**
 * reading.mjs <faults|workers|exit> <folder>: what happens while the native engine reads shards ahead. Faults move through
 * every place in turn; worker threads are ended in the middle; the process exits in the middle.
 */
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { dense, Network, shards } from '../../../dist/index.js';
import { addon, hashOf, report, sleep, width, classes } from './work.mjs';

const [kind, folder] = isMainThread ? process.argv.slice(2) : ['endless', workerData];
const train = await shards(folder, { window: 256 });
const network = () =>
  new Network({ inputs: width, layers: [dense(16, { activation: 'relu' }), dense(classes)], seed: 1 });
const fit = async (epochs) => {
  const trained = network();
  await trained.fit(train, { epochs, batchSize: 32 });
  return hashOf(trained);
};

const tasks = {
  endless: () => fit(1e9),
  async exit() {
    void fit(1e9);
    await sleep(40 + 60 * Math.random());
    console.log('now');
    process.exit(0);
  },
  async workers() {
    const before = await fit(1);
    for (let round = 0; round < 8; round++) {
      const worker = new Worker(new URL(import.meta.url), { workerData: folder });
      worker.on('error', () => undefined);
      await once(worker, 'online');
      await sleep(100 * Math.random() + 30);
      await worker.terminate();
    }
    report({ same: before === (await fit(1)) });
  },
  async faults() {
    const wanted = await fit(1);
    const refused = [];
    for (const [site, last] of [
      [0, 30],
      [1, 6],
      [3, 8],
      [4, 30],
      [5, 8],
    ]) {
      for (let after = 0; after < last; after++) {
        for (const faultKind of [0, 1, 2]) {
          addon().fault(site, faultKind, after);
          try {
            await fit(1);
          } catch (error) {
            refused.push(typeof error.code === 'string' ? error.code : String(error.stack));
          }
          addon().fault(site, faultKind, -1);
        }
      }
    }
    const same = (await fit(1)) === wanted;
    for (let i = 0; i < 20 && addon().allocatedBytes() > 0; i++) {
      globalThis.gc();
      await sleep(10);
    }
    report({ same, refused: refused.length, codes: [...new Set(refused)], bytes: addon().allocatedBytes() });
  },
};
await tasks[kind]();
