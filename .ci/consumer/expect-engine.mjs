// Trains on the engine that EXPECTED_ENGINE names, in the main thread and in a worker, by import.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { dense, engineInfo, Network, syntheticDigits } from 'blasnet';

const info = engineInfo();
if (info.engine !== process.env.EXPECTED_ENGINE) throw new Error(`runs the ${info.engine} engine: ${info.reason}`);
const { train } = syntheticDigits({ train: 400, test: 1 });
const network = new Network({ inputs: 784, layers: [dense(16, { activation: 'relu' }), dense(10)], seed: 1 });
const { loss: before } = await network.evaluate(train);
await network.fit(train, { epochs: 2 });
const { loss } = await network.evaluate(train);
if (!(loss < before)) throw new Error(`two epochs left the loss at ${loss} from ${before}`);

if (isMainThread) {
  const inWorker = await new Promise((done, fail) => {
    new Worker(new URL(import.meta.url)).on('message', done).on('error', fail);
  });
  if (inWorker !== loss) throw new Error(`the worker ended at a loss of ${inWorker}, the main thread at ${loss}`);
  const blas = info.blas.split(' ').slice(0, 2).join(' ');
  console.log(`${process.version}: ${info.engine}, ${blas}, loss ${loss.toFixed(4)}`);
} else {
  parentPort.postMessage(loss);
}
