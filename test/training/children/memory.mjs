// Prints the resident memory in bytes: warm, after so many steps, and after so many fits one behind the other.
import { setTimeout as sleep } from 'node:timers/promises';
import { batchNorm, dense, dropout, Network } from '../../../dist/index.js';

const [steps, fits, warmSteps, warmFits] = process.argv.slice(2).map(Number);
const length = 20_000;
const features = Uint8Array.from({ length: length * 784 }, (_, i) => (i * 7919) % 251);
const labels = Int32Array.from({ length }, (_, i) => i % 10);
const data = { features, labels, width: 784 };
const few = { features: features.subarray(0, 2000 * 784), labels: labels.subarray(0, 2000), width: 784 };
const layers = [dense(128, { activation: 'relu' }), dropout(0.2), dense(64), batchNorm(), dense(10)];
const network = () => new Network({ inputs: 784, layers, seed: 1 });
const options = { batchSize: 20, optimizer: 'adam' };

async function settled() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await sleep(20);
  }
  return process.memoryUsage.rss();
}

const kept = network();
const train = (count) => kept.fit(data, { ...options, epochs: Math.ceil(count / (length / 20)) });
async function fitOften(count) {
  for (let i = 0; i < count; i++) await (i % 2 === 0 ? kept : network()).fit(few, { ...options, epochs: 1 });
}

await train(warmSteps);
await fitOften(warmFits);
const warm = await settled();
await train(steps);
const trained = await settled();
await fitOften(fits);
console.log(JSON.stringify({ warm, trained, fitted: await settled() }));
