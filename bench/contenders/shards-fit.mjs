// @ts-check
/**
 * One epoch of the classic net, from shards or from memory, in a process of its own: samples a second of wall time from the
 * first slice to the end, reading included, and the most memory that was resident.
 */
import { adam, concat, dense, dropout, Network, shards, syntheticDigits } from '../../dist/index.js';

const { directory, samples, threads, engine } = JSON.parse(process.argv[2]);
const train = directory === undefined ? inMemory(samples) : await shards(directory);
const hidden = () => [dense(512, { activation: 'relu' }), dropout(0.2)];
const network = new Network({ inputs: 784, layers: [...hidden(), ...hidden(), dense(10)], seed: 1, threads, engine });
let start = 0;
let before = 0;
let usage = process.cpuUsage();
await network.fit(train, {
  epochs: 1,
  batchSize: 128,
  optimizer: adam(),
  onProgress: ({ samples: done }) => {
    if (start === 0) [start, before, usage] = [performance.now(), done, process.cpuUsage()];
  },
});
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(usage);
// Of all threads, the reader among them: what other programs take does not count.
const microsecondsOfCpu = (user + system) / (train.length - before);
const samplesPerSecond = (train.length - before) / seconds;
// Kibibytes, the most over the life of the process.
const maxResidentMegabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ samplesPerSecond, microsecondsOfCpu, maxResidentMegabytes }));

/** @param {number} count */
function inMemory(count) {
  const { train: digits } = syntheticDigits({ train: 20_000, test: 1 });
  return concat(...Array.from({ length: Math.ceil(count / digits.length) }, () => digits)).take(count);
}
