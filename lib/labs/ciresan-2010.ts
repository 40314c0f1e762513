import { adam, cosineSchedule, elasticDistortion, rotation, scale, shift } from '../index.js';
import type { Lab } from './lab.js';
import { publishedOutcome, runPublished } from './published.js';
import { digitLayers } from './support.js';

const distortions = [rotation(15), scale(0.15), shift(1), elasticDistortion({ sigma: 5.5, alpha: 37 })];

export const lab: Lab = {
  name: 'ciresan-2010',
  title: 'Deep, big and simple: only distortions and patience',
  lookAt: [
    'No convolution and no dropout: a large plain net, and every digit bent anew in each epoch.',
    'The error goes on falling as long as one waits; the published run took 1000 epochs.',
  ],
  original:
    'Cireşan, Meier, Gambardella and Schmidhuber 2010: 784-2500-2000-1500-1000-500-10: 0.35 % after days on a GPU; 784-1000-500-10: 0.49 %',
  async run(context) {
    const hidden = context.quick ? [250, 100] : [1000, 500];
    const results = await runPublished(
      context,
      [
        {
          name: `784-${hidden.join('-')}-10`,
          build: () => context.network({ inputs: 784, layers: digitLayers(hidden) }),
          optimizer: (steps) => adam({ learningRate: cosineSchedule({ initial: 0.001, steps }) }),
          augmentation: distortions,
          epochs: context.epochs(200, 12),
        },
      ],
      context.size(60_000, 8000),
    );
    const [{ final, errors }] = results;
    return publishedOutcome(results, {
      title: 'Test error with distortions renewed in each epoch',
      subtitle: 'ReLU, Adam with a cosine; the smaller of the published nets, since the largest takes days',
      published: context.quick ? [] : [['published, 784-1000-500-10', 0.0049]],
      conclusions: [
        { claim: 'the error falls to less than half of that after the first look', holds: final < 0.5 * errors[0][1] },
        ...(context.quick ? [] : [{ claim: 'it ends below 0.9 %', holds: final < 0.009 }]),
      ],
    });
  },
};
