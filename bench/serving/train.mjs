// @ts-check
/** What a server does beside answering where MODE=fit: one fit of a 784-512-512-10 network after the other. */
import { dense, Network, syntheticDigits } from '../../dist/index.js';

const SAMPLES = 20_000;

/** @param {{ trainedSamples: number }} state counts the samples trained on */
export async function train(state) {
  const { train: digits } = syntheticDigits({ train: SAMPLES, test: 1 });
  const layers = [dense(512, { activation: 'relu' }), dense(512, { activation: 'relu' }), dense(10)];
  for (;;) {
    const fit = new Network({ inputs: 784, layers }).fit(digits, { epochs: 20 });
    for await (const { loss } of fit) {
      if (!Number.isFinite(loss)) throw new Error(`The fit came to a loss of ${loss}`);
      state.trainedSamples += SAMPLES;
    }
  }
}
