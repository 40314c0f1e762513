// Two worker threads and the main thread fit at once; prints a hash of the weights of each.
import { createHash } from 'node:crypto';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { batchNorm, dense, dropout, Network } from '../../../dist/index.js';

async function fit() {
  const features = Float32Array.from({ length: 300 * 8 }, (_, i) => Math.sin(i * 1.3) * 2);
  const labels = Int32Array.from({ length: 300 }, (_, i) => i % 4);
  const layers = [dense(40, { activation: 'relu' }), dropout(0.3), dense(30), batchNorm(), dense(4)];
  const network = new Network({ inputs: 8, layers, seed: 5 });
  await network.fit({ features, labels, width: 8 }, { epochs: 40, batchSize: 16 });
  const hash = createHash('sha256');
  for (const name of network.parameterNames) hash.update(Buffer.from(network.readParameter(name).buffer));
  return hash.digest('hex');
}

if (isMainThread) {
  const alone = await fit();
  const inWorker = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url));
      worker.on('message', resolve).on('error', reject);
    });
  const together = await Promise.all([fit(), fit(), inWorker(), inWorker()]);
  console.log(JSON.stringify({ alone, together }));
} else {
  parentPort.postMessage(await fit());
}
