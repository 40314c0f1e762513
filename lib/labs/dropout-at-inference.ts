import { dense, dropout, momentum } from '../index.js';
import { lines } from '../report/index.js';
import type { Lab } from './lab.js';
import { percent, short } from './support.js';

const RATE = 0.5;
const checkpoints = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200];

/** Softmax of each row of ten. */
function softmaxRows(logits: Float32Array): Float64Array {
  const result = Float64Array.from(logits);
  for (let row = 0; row < logits.length; row += 10) {
    const part = result.subarray(row, row + 10);
    const most = Math.max(...part);
    let sum = 0;
    for (let j = 0; j < 10; j++) sum += part[j] = Math.exp(part[j] - most);
    for (let j = 0; j < 10; j++) part[j] /= sum;
  }
  return result;
}

function accuracyOf(scores: ArrayLike<number>, labels: Int32Array): number {
  let right = 0;
  labels.forEach((label, row) => {
    let best = 0;
    for (let j = 1; j < 10; j++) if (scores[row * 10 + j] > scores[row * 10 + best]) best = j;
    if (best === label) right++;
  });
  return right / labels.length;
}

export const lab: Lab = {
  name: 'dropout-at-inference',
  title: 'One pass without dropout stands for many with it',
  lookAt: [
    'Each pass with dropout is another thinned net; alone it is worse than the whole one.',
    'The mean of more and more passes comes up to the dashed line, the single pass without dropout, and about stays there.',
    'Survivors are scaled up while training, so that the expected input of each unit is the same with dropout and without.',
  ],
  original:
    'Srivastava et al. 2014, figure 11: about 50 sampled nets do as well as the one pass, and more hardly better',
  async run(context) {
    const { train, test } = await context.digitsOf(context.size(60_000, 6000), context.size(10_000, 2000));
    const hidden = context.size(512, 256);
    const layers = [
      dense(hidden, { activation: 'relu' }),
      dropout(RATE),
      dense(hidden, { activation: 'relu' }),
      dropout(RATE),
      dense(10),
    ];
    const network = context.network({ inputs: 784, layers });
    context.say('training');
    await network.fit(train, {
      optimizer: momentum({ learningRate: 0.05 }),
      epochs: context.epochs(5, 4),
      signal: context.signal,
    });
    const labels = test.labels!;
    const single = accuracyOf(await network.predict(test), labels);
    const expectation = await firstUnits(context.seed);

    const loop = network.loop();
    const passes = context.size(200, 50);
    const sum = new Float64Array(labels.length * 10);
    const averaged: [number, number][] = [];
    const alone: number[] = [];
    for (let pass = 1; pass <= passes; pass++) {
      context.say(`pass ${pass} of ${passes}`);
      const probabilities = softmaxRows(await loop.forward(test));
      alone.push(accuracyOf(probabilities, labels));
      probabilities.forEach((value, i) => (sum[i] += value));
      if (checkpoints.includes(pass)) averaged.push([pass, accuracyOf(sum, labels)]);
    }
    loop.dispose();
    const meanAlone = alone.reduce((total, value) => total + value, 0) / alone.length;
    const last = averaged.at(-1)![1];

    /** The mean over many masks of a layer's sums, beside those without a mask. */
    async function firstUnits(seed: number) {
      const probe = context.network({ inputs: 784, layers: [dropout(RATE), dense(10)], seed });
      const image = test.take(1);
      const whole = await probe.predict(image, { raw: true });
      const sampling = probe.loop();
      const sums = new Float64Array(10);
      const masks = 2000;
      // All masks at once: the same image a thousand times is as many samples with masks of their own.
      const outputs = await sampling.forward(image.select(new Uint32Array(masks)));
      sampling.dispose();
      outputs.forEach((value, i) => (sums[i % 10] += value / masks));
      const size = Math.sqrt(whole.reduce((total, value) => total + value ** 2, 0));
      return Math.sqrt(sums.reduce((total, value, i) => total + (value - whole[i]) ** 2, 0)) / size;
    }

    return {
      figures: [
        lines({
          name: 'averaging',
          title: 'Test accuracy of the mean of many masks',
          subtitle: `784-${hidden}-${hidden}-10 with dropout 0.5; one pass with dropout alone: ${percent(meanAlone)}`,
          x: { title: 'passes with dropout that are averaged', scale: 'log' },
          y: { title: 'test accuracy', format: '.1%' },
          series: [
            { name: 'mean of passes with dropout', points: averaged },
            {
              name: 'one pass without dropout',
              points: [
                [1, single],
                [passes, single],
              ],
              dashed: true,
            },
          ],
        }),
      ],
      table: {
        columns: ['prediction', 'test accuracy'],
        rows: [
          ['one pass with dropout', percent(meanAlone, 2)],
          [`mean of ${passes} passes`, percent(last, 2)],
          ['one pass without dropout', percent(single, 2)],
        ],
      },
      ours: `one pass without dropout ${percent(single, 2)}, mean of ${passes} masks ${percent(last, 2)}, one mask ${percent(meanAlone, 2)}; mean of 2000 masked sums differs from the sum without by ${percent(expectation)}`,
      conclusions: [
        {
          claim: 'sums keep their expectation: 2000 masks average to the pass without, within 10 %',
          holds: expectation < 0.1,
        },
        { claim: 'a single mask is worse than the pass without dropout', holds: meanAlone < single - 0.005 },
        { claim: 'the mean of many masks comes within half a point of it', holds: Math.abs(last - single) < 0.005 },
      ],
      values: { single, averaged, alone: short(meanAlone), expectation },
    };
  },
};
