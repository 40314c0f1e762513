// Training that stops by a signal and goes on later. Run it with: node examples/abort.mjs
import { dense, Network, syntheticDigits, Trainer } from 'blasnet';

const { train, test } = syntheticDigits({ train: 2000, test: 500 });
const network = new Network({ inputs: 784, layers: [dense(100, { activation: 'relu' }), dense(10)], seed: 1 });
const trainer = new Trainer(network, { optimizer: 'adam' });

// Any AbortSignal will do: a time limit as here, Ctrl-C by an AbortController, the end of an HTTP request.
try {
  await trainer.fit(train, { epochs: 100_000, batchSize: 50, signal: AbortSignal.timeout(500) });
} catch (error) {
  console.log(`stopped by ${error.name} after ${network.step} steps`);
}

// The network stands at its last completed step: it can be evaluated, saved, or trained on.
const { accuracy } = await network.evaluate(test);
console.log(`test accuracy ${(accuracy * 100).toFixed(1)} %`);

await trainer.fit(train, { epochs: 1, batchSize: 50 });
console.log(`went on to ${network.step} steps, with the optimizer's memory of before`);
