import { adam, elasticDistortion, preview, rotation, scale, shift, type Augmentation } from '../index.js';
import { lines, type Series } from '../report/index.js';
import type { Lab } from './lab.js';
import { digitLayers, percent, trainAndWatch } from './support.js';

const kinds: readonly [string, readonly Augmentation[]][] = [
  ['none', []],
  ['shift', [shift(2)]],
  ['shift, rotation, scale', [shift(2), rotation(12), scale(0.1)]],
  ['the same and elastic', [shift(2), rotation(12), scale(0.1), elasticDistortion({ sigma: 5, alpha: 50 })]],
];

export const lab: Lab = {
  name: 'augmentation',
  title: 'A thousand digits, made into many',
  lookAt: [
    'Every step sees each digit shifted, turned, stretched or bent anew; a person still reads them all.',
    'Each kind of distortion adds points on test images, more than any penalty did in the labs on overfitting.',
  ],
  original:
    'Simard et al. 2003: error of the same net from 1.6 % to 1.1 % with affine and to 0.7 % with elastic distortions',
  async run(context) {
    const data = await context.digitsOf(1000, 10_000);
    const results = [];
    for (const [name, augmentation] of kinds) {
      context.say(name);
      const network = context.network({ inputs: 784, layers: digitLayers([256, 256]) });
      const watched = await trainAndWatch(context, network, data, {
        optimizer: adam(),
        batchSize: 50,
        epochs: context.epochs(120, 40),
        augmentation,
        looks: context.size(24, 10),
      });
      results.push({ name, ...watched });
    }
    const [none, shifted, affine, elastic] = results.map(({ finalTest }) => finalTest);
    const samples = await preview(data.train.take(6), kinds[3][1], { variants: 8, seed: context.seed });
    const images = Array.from({ length: samples.length }, (_, i) => ({
      values: samples.sample(i),
      rows: 28,
      columns: 28,
    }));
    return {
      figures: [
        lines({
          name: 'accuracy',
          title: 'Test accuracy from 1000 training images',
          subtitle: '784-256-256-10, Adam; distorted anew in every epoch',
          x: { title: 'epoch' },
          y: { title: 'test accuracy', format: '%' },
          series: results.map(({ name, test }): Series => ({ name, points: test })),
          points: false,
        }),
        {
          name: 'samples',
          title: 'What the net sees of six digits',
          subtitle: 'eight distortions of each',
          columns: 8,
          images,
        },
      ],
      table: {
        columns: ['augmentation', 'train accuracy', 'test accuracy'],
        rows: results.map((run) => [run.name, percent(run.finalTrain), percent(run.finalTest)]),
      },
      ours: results.map((run) => `${run.name} ${percent(run.finalTest)}`).join(', '),
      conclusions: [
        { claim: 'shifts alone gain at least one point', holds: shifted > none + 0.01 },
        { claim: 'affine distortions gain at least three points over none', holds: affine > none + 0.03 },
        { claim: 'elastic distortion gains at least three points over none', holds: elastic > none + 0.03 },
      ],
      values: { runs: results },
    };
  },
};
