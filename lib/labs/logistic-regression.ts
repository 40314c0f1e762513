import { dense, l1, l2, momentum, type RegularizerLike } from '../index.js';
import type { Gallery } from '../report/index.js';
import type { Lab } from './lab.js';
import { percent } from './support.js';

const NEAR_ZERO = 1e-3;
const variants: readonly [string, RegularizerLike][] = [
  ['no penalty', []],
  ['L2, λ = 0.01', l2(0.01)],
  ['L1, λ = 0.001', l1(0.001)],
];

/** What each output looks for: its column of the kernel as an image. */
function templates(name: string, title: string, kernel: Float32Array): Gallery {
  return {
    name,
    title: `What one layer looks for: ${title}`,
    subtitle: 'weights of each digit; orange speaks for it, blue against it',
    columns: 10,
    values: 'signed',
    images: Array.from({ length: 10 }, (_, digit) => ({
      values: Float32Array.from({ length: 784 }, (_, pixel) => kernel[pixel * 10 + digit]),
      rows: 28,
      columns: 28,
      caption: String(digit),
    })),
  };
}

export const lab: Lab = {
  name: 'logistic-regression',
  title: 'One layer, and what penalties make of it',
  lookAt: [
    'Without a penalty the weights are noise that happens to separate the training images.',
    'L2 makes them smooth: pictures of what speaks for a digit and against it. L1 keeps a few pixels and empties the others.',
    'With few images both penalties gain on new ones.',
  ],
  original: 'softmax regression on MNIST: about 92 % with all images; with few, penalties gain some points',
  async run(context) {
    const { train, test } = await context.digitsOf(500, 10_000);
    const results = [];
    for (const [name, regularizer] of variants) {
      context.say(name);
      const network = context.network({ inputs: 784, layers: [dense(10, { regularizer })] });
      await network.fit(train, {
        optimizer: momentum({ learningRate: 0.02 }),
        batchSize: 100,
        epochs: context.epochs(400, 300),
      });
      const kernel = network.readParameter('dense1.kernel');
      const zeros = kernel.filter((weight) => Math.abs(weight) < NEAR_ZERO).length / kernel.length;
      const [onTrain, onTest] = [await network.evaluate(train), await network.evaluate(test)];
      results.push({ name, kernel, zeros, train: onTrain.accuracy!, test: onTest.accuracy! });
    }
    const [plain, ridge, lasso] = results;
    return {
      figures: results.map(({ name, kernel }, i) => templates(['none', 'l2', 'l1'][i], name, kernel)),
      table: {
        columns: ['penalty', 'train accuracy', 'test accuracy', 'weights below 0.001'],
        rows: results.map((run) => [run.name, percent(run.train), percent(run.test), percent(run.zeros)]),
      },
      ours: results
        .map((run) => `${run.name}: test ${percent(run.test)}, ${percent(run.zeros, 0)} of the weights near 0`)
        .join('; '),
      conclusions: [
        { claim: 'without a penalty the training images are separated', holds: plain.train > 0.99 },
        { claim: 'L2 gains on the test images', holds: ridge.test > plain.test },
        {
          claim: 'L1 empties at least twice as many weights as L2',
          holds: lasso.zeros > 2 * ridge.zeros && lasso.zeros > 0.4,
        },
      ],
      values: { runs: results.map(({ kernel: _, ...numbers }) => numbers) },
    };
  },
};
