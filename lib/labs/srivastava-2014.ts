import { adam, cosineSchedule, dense, dropout, maxNorm, momentum, type LayerDescription } from '../index.js';
import type { Lab } from './lab.js';
import { publishedOutcome, runPublished } from './published.js';

/** Three hidden layers with dropout 0.2 on the input and 0.5 behind each, as in table 2 of the paper. */
function layersOf(units: number, options: { dropped: boolean; limit?: number }): LayerDescription[] {
  const constraint = options.limit === undefined ? undefined : maxNorm(options.limit);
  const hidden = [1, 2, 3].flatMap(() => [
    dense(units, { activation: 'relu', constraint }),
    ...(options.dropped ? [dropout(0.5)] : []),
  ]);
  return [...(options.dropped ? [dropout(0.2)] : []), ...hidden, dense(10, { constraint })];
}

const falling = (initial: number) => (steps: number) =>
  momentum({ learningRate: cosineSchedule({ initial, steps }), momentum: 0.95 });

export const lab: Lab = {
  name: 'srivastava-2014',
  title: 'Dropout and max-norm on three wide layers',
  lookAt: [
    'Without dropout the wide net stops improving after a few epochs.',
    'With dropout and max-norm it learns more slowly and ends lower.',
  ],
  original:
    'Srivastava et al. 2014, table 2: 3 layers of 1024 ReLU units, dropout 1.25 %, with max-norm 1.06 %; standard net 1.60 %',
  async run(context) {
    const units = context.size(1024, 512);
    const images = context.size(60_000, 3000);
    const results = await runPublished(
      context,
      [
        {
          name: 'no dropout',
          build: () => context.network({ inputs: 784, layers: layersOf(units, { dropped: false }) }),
          optimizer: falling(0.02),
          epochs: context.size(10, 12),
        },
        {
          name: 'dropout and max-norm',
          build: () => context.network({ inputs: 784, layers: layersOf(units, { dropped: true, limit: 2 }) }),
          optimizer: (steps) => adam({ learningRate: cosineSchedule({ initial: 0.001, steps }) }),
          batchSize: 256,
          epochs: context.epochs(100, 35),
        },
      ],
      images,
    );
    const [plain, dropped] = results.map(({ final }) => final);
    return publishedOutcome(results, {
      title: `Test error of 784-${units}×3-10`,
      subtitle:
        'ReLU; dropout 0.2 on the input and 0.5 on hidden units, weights of each unit no longer than 2; Adam with a cosine',
      published: context.quick ? [] : [['published, dropout and max-norm', 0.0106]],
      conclusions: [
        { claim: 'dropout with max-norm has the lower error', holds: dropped < plain },
        ...(context.quick ? [] : [{ claim: 'with them the error is at most 1.15 %', holds: dropped <= 0.0115 }]),
      ],
    });
  },
};
