// Single-sample predictions over HTTP by blasnet. Argument: the model file. MODE=fit trains meanwhile.
import { createPredictor, Network, syntheticDigits } from '../../dist/index.js';
import { listen } from './listen.mjs';

const network = await Network.load(process.argv[2]);
const predictor = createPredictor(network);
await listen((samples) => predictor.predict(samples));
if (process.env.MODE === 'fit') {
  const { train } = syntheticDigits({ train: 20_000, test: 1 });
  const { Network: Fresh, dense } = await import('../../dist/index.js');
  const layers = [dense(512, { activation: 'relu' }), dense(512, { activation: 'relu' }), dense(10)];
  for (;;) await new Fresh({ inputs: 784, layers }).fit(train, { epochs: 20 });
}
