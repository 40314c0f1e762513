import { heNormal, lecunNormal, normal, sgd, type Initializer } from '../index.js';
import { lines } from '../report/index.js';
import { trainOnDrawnBatches } from './drawn-batches.js';
import type { Lab } from './lab.js';
import { digitLayers, mean, short, smoothedLoss } from './support.js';

const initializers: readonly [string, Initializer][] = [
  ['std 0.01', normal({ standardDeviation: 0.01 })],
  ['Xavier', lecunNormal()],
  ['He', heNormal()],
];

export const lab: Lab = {
  name: 'weight-initialization',
  title: 'Three initial weights for the same net',
  lookAt: [
    'With standard deviation 0.01 the loss stays at ln 10 = 2.303, that of guessing: gradients of five layers multiply to nothing.',
    'He, made for ReLU, learns sooner than Xavier.',
  ],
  original:
    '784-100×4-10 ReLU, SGD 0.01, batch 128, 2000 steps; mean loss of the first and last 100: std 0.01 2.302 → 2.301, ' +
    'Xavier 2.27 → 0.28 to 0.31, He 1.95 → 0.20',
  async run(context) {
    const { train } = await context.digits();
    const epochs = context.epochs(5, 2);
    const steps = Math.min(2000, epochs * Math.floor(train.length / 128));
    const results = [];
    for (const [name, initializer] of initializers) {
      context.say(name);
      const network = context.network({ inputs: 784, layers: digitLayers([100, 100, 100, 100], { initializer }) });
      const { after: losses } = await trainOnDrawnBatches(context, network, train, {
        optimizer: sgd({ learningRate: 0.01 }),
        steps,
        batchSize: 128,
      });
      results.push({
        name,
        first: mean(losses, 0, 100),
        last: mean(losses, steps - 100, steps),
        line: smoothedLoss(name, losses, steps),
      });
    }
    const [small, xavier, he] = results;
    return {
      figures: [
        lines({
          name: 'loss',
          title: 'Training loss by initial weights',
          subtitle: 'MNIST, 784-100×4-10, ReLU, SGD 0.01, batch 128; mean of 25 steps',
          x: { title: 'step' },
          y: { title: 'cross-entropy (nats)', domain: [0, 2.5] },
          series: results.map(({ line }) => line),
        }),
      ],
      table: {
        columns: ['initialization', 'mean loss of steps 1 to 100', `of the last 100 of ${steps}`],
        rows: results.map(({ name, first, last }) => [name, first.toFixed(3), last.toFixed(3)]),
      },
      ours:
        results.map(({ name, first, last }) => `${name} ${short(first)} → ${short(last)}`).join(', ') +
        ` in ${steps} steps`,
      conclusions: [
        { claim: 'std 0.01 does not learn', holds: small.last > 2.28 },
        { claim: 'Xavier learns', holds: xavier.last < 1 },
        { claim: 'He is ahead of Xavier', holds: he.last < 0.9 * xavier.last },
      ],
      values: { steps, runs: results.map(({ line: _, ...numbers }) => numbers) },
    };
  },
};
