import { adam, heNormal } from '../index.js';
import { bars } from '../report/index.js';
import type { Lab } from './lab.js';
import { digitLayers, percent, short } from './support.js';

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

export const lab: Lab = {
  name: 'fuse-batch-normalization',
  title: 'BatchNorm for free at inference',
  lookAt: [
    'Once trained, BatchNorm is a product and a sum for each unit, and both go into the weights of the layer before it.',
    'The outputs are the same up to rounding; a pass takes less time, since half of the layers are gone.',
  ],
  original: 'common practice since Ioffe and Szegedy 2015; no original figure',
  async run(context) {
    const { train, test } = await context.digitsOf(context.size(60_000, 6000), 10_000);
    const layers = digitLayers([100, 100, 100, 100, 100, 100], { initializer: heNormal(), batchNorm: true });
    const network = context.network({ inputs: 784, layers });
    context.say('training');
    await network.fit(train, { optimizer: adam(), epochs: context.epochs(3, 2), signal: context.signal });
    const fused = network.fuse();
    const [before, after] = [await network.predict(test, { raw: true }), await fused.predict(test, { raw: true })];
    let difference = 0;
    let size = 0;
    before.forEach((value, i) => {
      difference = Math.max(difference, Math.abs(value - after[i]));
      size = Math.max(size, Math.abs(value));
    });
    // In turns, so that what else the machine does meets both alike.
    const times = { before: [] as number[], after: [] as number[] };
    const time = async (which: typeof network) => {
      const began = performance.now();
      await which.predict(test);
      return performance.now() - began;
    };
    for (let round = 0; round < context.size(41, 15); round++) {
      times.before.push(await time(network));
      times.after.push(await time(fused));
    }
    const [slow, fast] = [median(times.before), median(times.after)];
    const accuracies = [await network.evaluate(test), await fused.evaluate(test)].map(({ accuracy = NaN }) => accuracy);
    return {
      figures: [
        bars({
          name: 'time',
          title: `Time to predict ${test.length.toLocaleString('en')} images`,
          subtitle: '784-100×6-10 with BatchNorm, as it was trained and fused; median of alternated rounds',
          category: '',
          value: { title: 'time (ms)' },
          bars: [
            { category: `as trained, ${network.layers.length} layers`, value: slow },
            { category: `fused, ${fused.layers.length} layers`, value: fast },
          ],
        }),
      ],
      table: {
        columns: ['', 'layers', 'time (ms)', 'test accuracy'],
        rows: [
          ['as trained', network.layers.length, slow.toFixed(1), percent(accuracies[0], 2)],
          ['fused', fused.layers.length, fast.toFixed(1), percent(accuracies[1], 2)],
        ],
      },
      ours: `largest difference of an output ${short(difference)} (outputs up to ${short(size)}); ${slow.toFixed(1)} ms before, ${fast.toFixed(1)} ms after`,
      conclusions: [
        { claim: 'no output differs by more than 1e-5 of the largest', holds: difference <= 1e-5 * size },
        { claim: 'the same accuracy', holds: Math.abs(accuracies[0] - accuracies[1]) < 2 / test.length },
        { claim: 'less than half of the layers are left', holds: fused.layers.length * 2 < network.layers.length },
      ],
      values: { difference, size, milliseconds: { before: slow, after: fast }, accuracies },
    };
  },
};
