// @ts-check
// Single-sample predictions over HTTP by blasnet. Argument: the model file. MODE=fit trains meanwhile.
import { createPredictor, Network } from '../../dist/index.js';
import { listen } from './listen.mjs';
import { train } from './train.mjs';

const predictor = createPredictor(await Network.load(process.argv[2]));
const state = { trainedSamples: 0 };
await listen((samples) => predictor.predict(samples), state);
if (process.env['MODE'] === 'fit') await train(state);
