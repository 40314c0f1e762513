// Prints the resident memory in bytes after a warm-up, after so many steps, and after so many fits one behind the other.
import { setTimeout as sleep } from 'node:timers/promises';
import { batchNorm, dense, dropout, Network } from '../../../dist/index.js';

const [steps, fits] = process.argv.slice(2).map(Number);
const features = Uint8Array.from({ length: 2000 * 784 }, (_, i) => (i * 7919) % 251);
const labels = Int32Array.from({ length: 2000 }, (_, i) => i % 10);
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
await kept.fit(data, { ...options, epochs: 10 });
for (let i = 0; i < 20; i++) await network().fit(data, { ...options, epochs: 1 });
const warm = await settled();
await kept.fit(data, { ...options, epochs: Math.ceil(steps / 100) });
const trained = await settled();
for (let i = 0; i < fits; i++) {
  const one = i % 2 === 0 ? kept : network();
  await one.fit(data, { ...options, epochs: 1 });
}
console.log(JSON.stringify({ warm, trained, fitted: await settled() }));
