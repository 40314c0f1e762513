// @ts-check
/**
 * The classic net on MNIST from a cold start: imports, reads the data, trains until the accuracy asked for or the epochs
 * are reached, and says how long each part took and how much memory was resident at most.
 */
import { readFileSync } from 'node:fs';

const start = performance.now();
const { adam, dense, dropout, mnist, Network } = await import('../../dist/index.js');
const imported = performance.now();
const { directory, epochs, accuracy, threads, engine } = JSON.parse(process.argv[2]);

const { train, test } = await mnist({ directory });
const loaded = performance.now();
const hidden = () => [dense(512, { activation: 'relu' }), dropout(0.2)];
const network = new Network({ inputs: 784, layers: [...hidden(), ...hidden(), dense(10)], seed: 1, threads, engine });
const controller = new AbortController();
const reached = new Error('Accurate enough');
let valAccuracy = 0;
let trained = 0;
try {
  const options = { epochs, batchSize: 128, optimizer: adam(), validation: test, signal: controller.signal };
  for await (const record of network.fit(train, options)) {
    valAccuracy = record.valAccuracy ?? 0;
    trained = record.epoch;
    if (valAccuracy >= accuracy) controller.abort(reached);
  }
} catch (error) {
  if (error !== reached) throw error;
}
const seconds = (/** @type {number} */ from, /** @type {number} */ to) => (to - from) / 1000;
console.log(
  JSON.stringify({
    importSeconds: seconds(start, imported),
    dataSeconds: seconds(imported, loaded),
    trainSeconds: seconds(loaded, performance.now()),
    epochs: trained,
    testAccuracy: valAccuracy,
    maxResidentMegabytes: maxResidentKibibytes() / 1024,
  }),
);

/** On Linux of this program alone: what `resourceUsage` says there counts the parent at the moment of the start as well. */
function maxResidentKibibytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}
