import { heNormal, sgd } from '../index.js';
import { lines } from '../report/index.js';
import type { Lab } from './lab.js';
import { digitLayers, fitOrDiverge, logSteps, short } from './support.js';

const TRAINS = 0.8;

export const lab: Lab = {
  name: 'learning-rate-with-batch-normalization',
  title: 'BatchNorm allows larger learning rates',
  lookAt: [
    'Each point is a net after a few epochs. Beyond some learning rate training breaks down to guessing, 10 %.',
    'With BatchNorm that happens at a rate many times larger.',
  ],
  original: 'Ioffe and Szegedy 2015: 5 to 30 times larger learning rates',
  async run(context) {
    const { train } = await context.digitsOf(2000);
    const rates = logSteps(-2, 1.5, context.size(15, 15));
    const results = new Map<boolean, [number, number][]>();
    for (const batchNorm of [false, true]) {
      const points: [number, number][] = [];
      for (const rate of rates) {
        context.say(`learning rate ${short(rate)}${batchNorm ? ' with BatchNorm' : ''}`);
        const layers = digitLayers([100, 100, 100, 100, 100], { initializer: heNormal(), batchNorm });
        const network = context.network({ inputs: 784, layers });
        const history = await fitOrDiverge(network, train, {
          optimizer: sgd({ learningRate: rate }),
          batchSize: 100,
          epochs: context.epochs(10, 5),
        });
        points.push([rate, history?.epochs.at(-1)?.accuracy ?? 0.1]);
      }
      results.set(batchNorm, points);
    }
    const largest = (batchNorm: boolean) =>
      Math.max(
        0,
        ...results
          .get(batchNorm)!
          .filter(([, accuracy]) => accuracy > TRAINS)
          .map(([rate]) => rate),
      );
    const [plain, normalized] = [largest(false), largest(true)];
    return {
      figures: [
        lines({
          name: 'rates',
          title: 'Training accuracy by learning rate',
          subtitle: `2000 images, 784-100×5-10, ReLU, He, SGD, batch 100, ${context.epochs(10, 5)} epochs`,
          x: { title: 'learning rate', scale: 'log' },
          y: { title: 'training accuracy', domain: [0, 1], format: '%' },
          series: [false, true].map((batchNorm) => ({
            name: batchNorm ? 'with BatchNorm' : 'without',
            points: results.get(batchNorm)!,
          })),
        }),
      ],
      table: {
        columns: ['learning rate', 'without', 'with BatchNorm'],
        rows: rates.map((rate, i) => [short(rate), ...[false, true].map((key) => results.get(key)![i][1].toFixed(2))]),
      },
      ours: `largest rate that trains above 80 %: ${short(plain)} without, ${short(normalized)} with BatchNorm, ${(normalized / plain).toFixed(0)} times as much`,
      conclusions: [
        {
          claim: 'with BatchNorm the largest rate that trains is at least three times as large',
          holds: normalized >= 3 * plain && plain > 0,
        },
      ],
      values: { without: results.get(false), withBatchNorm: results.get(true) },
    };
  },
};
