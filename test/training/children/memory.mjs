// Prints the resident memory in bytes after so many steps and after so many fits one behind the other, of two such rounds.
import { setTimeout as sleep } from 'node:timers/promises';
import { batchNorm, dense, dropout, Network } from '../../../dist/index.js';

const [steps, fits] = process.argv.slice(2).map(Number);
const length = 20_000;
const features = Uint8Array.from({ length: length * 784 }, (_, i) => (i * 7919) % 251);
const labels = Int32Array.from({ length }, (_, i) => i % 10);
const data = { features, labels, width: 784 };
const layers = [dense(128, { activation: 'relu' }), dropout(0.2), dense(64), batchNorm(), dense(10)];
const network = () => new Network({ inputs: 784, layers, seed: 1 });

async function settled() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await sleep(20);
  }
  return process.memoryUsage.rss();
}

const kept = network();
const options = { batchSize: 20, optimizer: 'adam' };

async function round() {
  await kept.fit(data, { ...options, epochs: Math.ceil(steps / (length / 20)) });
  const trained = await settled();
  const few = { features: features.subarray(0, 2000 * 784), labels: labels.subarray(0, 2000), width: 784 };
  for (let i = 0; i < fits; i++) await (i % 2 === 0 ? kept : network()).fit(few, { ...options, epochs: 1 });
  return { trained, fitted: await settled() };
}
// The first round fills the allocators' pools and compiles; what the second adds is lost.
console.log(JSON.stringify([await round(), await round()]));
