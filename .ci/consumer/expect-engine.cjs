// Trains on the engine that EXPECTED_ENGINE names, in the main thread and in a worker, by require.
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const { dense, engineInfo, Network, syntheticDigits } = require('blasnet');

async function train() {
  const info = engineInfo();
  if (info.engine !== process.env.EXPECTED_ENGINE) throw new Error(`runs the ${info.engine} engine: ${info.reason}`);
  const { train: digits } = syntheticDigits({ train: 400, test: 1 });
  const network = new Network({ inputs: 784, layers: [dense(16, { activation: 'relu' }), dense(10)], seed: 1 });
  const { loss: before } = await network.evaluate(digits);
  await network.fit(digits, { epochs: 2 });
  const { loss } = await network.evaluate(digits);
  if (!(loss < before)) throw new Error(`two epochs left the loss at ${loss} from ${before}`);
  return loss;
}

async function main() {
  const loss = await train();
  if (!isMainThread) return parentPort.postMessage(loss);
  const inWorker = await new Promise((done, fail) => {
    new Worker(__filename).on('message', done).on('error', fail);
  });
  if (inWorker !== loss) throw new Error(`the worker ended at a loss of ${inWorker}, the main thread at ${loss}`);
  if ((await import('blasnet')).Network !== Network) throw new Error('import and require give two copies of blasnet');
  console.log(`${process.version}: ${engineInfo().engine}, loss ${loss.toFixed(4)}`);
}

void main();
