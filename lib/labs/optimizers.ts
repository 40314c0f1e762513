import { adaGrad, adam, adaMax, heNormal, momentum, nadam, nesterov, rmsProp, sgd, type Optimizer } from '../index.js';
import { lines, type Series } from '../report/index.js';
import { trainOnDrawnBatches } from './drawn-batches.js';
import type { Lab } from './lab.js';
import { digitLayers, mean, percent, short, smoothedLoss } from './support.js';

const runs: readonly [string, () => Optimizer][] = [
  ['SGD 0.01', () => sgd({ learningRate: 0.01 })],
  ['Momentum 0.01', () => momentum({ learningRate: 0.01 })],
  ['Nesterov 0.01', () => nesterov({ learningRate: 0.01 })],
  ['AdaGrad 0.01', () => adaGrad({ learningRate: 0.01 })],
  ['RMSProp 0.001', () => rmsProp({ learningRate: 0.001 })],
  ['Adam 0.001', () => adam({ learningRate: 0.001 })],
  ['Nadam 0.001', () => nadam({ learningRate: 0.001 })],
  ['AdaMax 0.002', () => adaMax({ learningRate: 0.002 })],
];

interface Run {
  readonly name: string;
  /** Mean losses of the first and the last hundred steps, each after the update with its batch. */
  readonly first: number;
  readonly last: number;
  /** Of the last hundred before their updates. */
  readonly lastBefore: number;
  readonly accuracy: number;
  readonly line: Series;
}

export const lab: Lab = {
  name: 'optimizers',
  title: 'Eight optimizers on MNIST',
  lookAt: [
    'All optimizers start from the same weights. SGD is far behind from the first hundred steps on.',
    'AdaGrad and Adam fall faster than Momentum, Momentum faster than SGD.',
    'A loss is taken right after the update with its batch, which flatters RMSProp and Nadam: their steps follow the last gradient most. On test images they are hardly ahead.',
  ],
  original:
    '784-100×4-10 ReLU, He, batch 128, 2000 steps; mean loss of the last 100, each after the update with its batch: SGD 0.199 to 0.206, Momentum 0.062 to 0.066, AdaGrad 0.029 to 0.032, Adam 0.038 to 0.042',
  async run(context) {
    const { train, test } = await context.digits();
    const epochs = context.epochs(5, 1);
    const steps = Math.min(2000, epochs * Math.floor(train.length / 128));
    const results: Run[] = [];
    for (const [name, optimizer] of runs) {
      context.say(name);
      const network = context.network({
        inputs: 784,
        layers: digitLayers([100, 100, 100, 100], { initializer: heNormal() }),
      });
      const { before, after: losses } = await trainOnDrawnBatches(context, network, train, {
        optimizer: optimizer(),
        steps,
        batchSize: 128,
      });
      const { accuracy = NaN } = await network.evaluate(test);
      results.push({
        name,
        first: mean(losses, 0, 100),
        last: mean(losses, steps - 100, steps),
        lastBefore: mean(before, steps - 100, steps),
        accuracy,
        line: smoothedLoss(name, losses, steps, 50),
      });
    }
    const last = (name: string) => results.find((run) => run.name.startsWith(name))!.last;
    return {
      figures: [
        lines({
          name: 'loss',
          title: 'Training loss of eight optimizers',
          subtitle:
            '784-100×4-10, ReLU, He, batch 128; loss after the update, mean of 50 steps; the number is the learning rate',
          x: { title: 'step' },
          y: { title: 'cross-entropy (nats)', scale: 'log' },
          series: results.map(({ line }) => line),
        }),
      ],
      table: {
        columns: [
          'optimizer, learning rate',
          'mean loss of steps 1 to 100',
          `of the last 100 of ${steps}`,
          'of these before their updates',
          'test accuracy',
        ],
        rows: results.map((run) => [
          run.name,
          short(run.first),
          short(run.last),
          short(run.lastBefore),
          percent(run.accuracy, 2),
        ]),
      },
      ours:
        `mean loss of the last 100 of ${steps} steps: ` +
        ['SGD', 'Momentum', 'AdaGrad', 'Adam'].map((name) => `${name} ${short(last(name))}`).join(', '),
      conclusions: [
        {
          claim: 'every other optimizer ends well below the loss of SGD',
          holds: results.slice(1).every((run) => run.last < 0.6 * last('SGD')),
        },
        { claim: 'AdaGrad ends below Momentum', holds: last('AdaGrad') < last('Momentum') },
      ],
      values: { steps, runs: results.map(({ line: _, ...numbers }) => numbers) },
    };
  },
};
