import { dataset, dense, Rbm, stack, type RbmEpoch } from '../index.js';
import { lines, type Gallery } from '../report/index.js';
import { accuracyBars, fewLabels, fineTune, fromScratch, imagesOf, scaled, type Scored } from './few-labels.js';
import type { Lab } from './lab.js';
import { percent, short } from './support.js';

const UNITS = [256, 128];
const FILTERS = 48;

export const lab: Lab = {
  name: 'rbm-pretraining',
  title: 'Learning from digits without labels: Boltzmann machines',
  lookAt: [
    'Each filter is what one hidden unit of the lower machine looks for: strokes and their places.',
    'The machines are stacked and fine-tuned with 500 labels; the same sigmoid net from random weights does worse.',
  ],
  original: 'Hinton, Osindero and Teh 2006: greedy machines, then fine-tuning; contrastive divergence with one step',
  async run(context) {
    const data = await fewLabels(context, 20_000, 4000);
    const { seed, engine, threads, signal } = context;
    const machines: Rbm[] = [];
    const epochsOf: RbmEpoch[][] = [];
    let below = dataset({ features: scaled(data.unlabelled), width: 784 });
    for (const [i, hidden] of UNITS.entries()) {
      const rbm = new Rbm({ visible: below.width, hidden, seed: seed + i, engine, threads });
      const epochs = await rbm.fit(below, {
        epochs: context.size(15, 8),
        batchSize: 50,
        learningRate: 0.1,
        momentum: 0.5,
        signal,
        onEpoch: ({ epoch }) => context.say(`machine ${i + 1}, epoch ${epoch}`),
      });
      machines.push(rbm);
      epochsOf.push(epochs);
      below = dataset({ features: await rbm.hiddenProbabilities(below), width: hidden });
    }
    context.say('with 500 labels');
    const stacked = stack(machines, [dense(10)], { seed, engine, threads });
    const results: Scored[] = [
      { name: 'from scratch', accuracy: await fineTune(context, fromScratch(context, UNITS, 'sigmoid'), data) },
      { name: 'from stacked machines', accuracy: await fineTune(context, stacked, data) },
    ];
    const shown = data.test.take(10);
    const restored = await machines[0].reconstruct(shown);
    const weights = machines[0].weights;
    const filters: Gallery = {
      name: 'filters',
      title: 'What hidden units look for',
      subtitle: `weights of ${FILTERS} of ${UNITS[0]} units of the lower machine; orange speaks for, blue against`,
      columns: 12,
      values: 'signed',
      images: Array.from({ length: FILTERS }, (_, unit) => ({
        values: Float32Array.from({ length: 784 }, (__, pixel) => weights[pixel * UNITS[0] + unit]),
        rows: 28,
        columns: 28,
      })),
    };
    const first = epochsOf[0];
    const [scratch, pretrained] = results.map(({ accuracy }) => accuracy);
    return {
      figures: [
        accuracyBars('Test accuracy with 500 labels', '784-256-128-10, sigmoid', results),
        filters,
        {
          name: 'reconstructions',
          title: 'Ten test digits, and what the lower machine makes of them',
          columns: 10,
          images: [...imagesOf(scaled(shown)), ...imagesOf(restored)],
        },
        lines({
          name: 'error',
          title: 'Reconstruction error while the machines learn',
          x: { title: 'epoch' },
          y: { title: 'mean squared difference' },
          series: epochsOf.map((epochs, i) => ({
            name: `machine ${i + 1}`,
            points: epochs.map(({ epoch, reconstructionError }) => [epoch, reconstructionError]),
          })),
          height: 220,
        }),
      ],
      table: {
        columns: ['first weights', 'test accuracy'],
        rows: results.map(({ name, accuracy }) => [name, percent(accuracy)]),
      },
      ours:
        results.map(({ name, accuracy }) => `${name} ${percent(accuracy)}`).join(', ') +
        `; reconstruction error ${short(first[0].reconstructionError)} → ${short(first.at(-1)!.reconstructionError)}`,
      conclusions: [
        {
          claim: 'stacked machines beat the net from scratch',
          holds: pretrained > scratch,
        },
        {
          claim: 'the reconstruction error falls by a third or more',
          holds: first.at(-1)!.reconstructionError < 0.67 * first[0].reconstructionError,
        },
      ],
      values: { results, epochs: epochsOf },
    };
  },
};
