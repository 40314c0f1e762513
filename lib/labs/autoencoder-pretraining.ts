import { dense, pretrainAutoencoder, stack, type Autoencoder, type AutoencoderOptions } from '../index.js';
import type { Gallery } from '../report/index.js';
import { accuracyBars, fewLabels, fineTune, fromScratch, imagesOf, scaled, type Scored } from './few-labels.js';
import type { Lab } from './lab.js';
import { percent, short } from './support.js';

const UNITS = [500, 250, 100];
const kinds: readonly [string, Partial<AutoencoderOptions>][] = [
  ['end to end', { mode: 'endToEnd' }],
  ['greedy', { mode: 'greedy' }],
  ['denoising, half of the pixels masked', { mode: 'endToEnd', noise: { kind: 'masking', amount: 0.5 } }],
];

export const lab: Lab = {
  name: 'autoencoder-pretraining',
  title: 'Learning from digits without labels: autoencoders',
  lookAt: [
    'The first row of digits went through 100 numbers and back: what comes out still reads.',
    'With 500 labels, a denoising autoencoder is the best start. The gain is small: ReLU and Adam learn well from random weights, too, unlike the nets of the originals.',
  ],
  original: 'Bengio et al. 2006, Erhan et al. 2010: unsupervised pretraining helps most where labels are few',
  async run(context) {
    const data = await fewLabels(context, 20_000, 8000);
    context.say('from scratch');
    const results: Scored[] = [
      { name: 'from scratch', accuracy: await fineTune(context, fromScratch(context, UNITS), data) },
    ];
    const machines: Autoencoder[] = [];
    for (const [name, options] of kinds) {
      context.say(name);
      const { seed, engine, threads, signal } = context;
      const autoencoder = await pretrainAutoencoder(data.unlabelled, {
        units: UNITS,
        epochs: context.size(20, 12),
        ...options,
        seed,
        engine,
        threads,
        signal,
      });
      machines.push(autoencoder);
      const network = stack(autoencoder, [dense(10)], { seed, engine, threads });
      results.push({ name, accuracy: await fineTune(context, network, data) });
    }
    const shown = data.test.take(10);
    const originals = scaled(shown);
    const restored = await Promise.all(machines.map((machine) => machine.reconstruct(shown)));
    const errors = restored.map(
      (values) => values.reduce((sum, value, i) => sum + (value - originals[i]) ** 2, 0) / values.length,
    );
    const gallery: Gallery = {
      name: 'reconstructions',
      title: 'Ten test digits, and what is left after 100 numbers',
      subtitle: `rows: as they are; restored ${kinds.map(([name]) => name).join('; ')}`,
      columns: 10,
      images: [originals, ...restored].flatMap((values) => imagesOf(values)),
    };
    const [scratch, ...pretrained] = results.map(({ accuracy }) => accuracy);
    const best = Math.max(...pretrained);
    return {
      figures: [
        accuracyBars(
          'Test accuracy with 500 labels',
          `784-500-250-100-10, ${data.unlabelled.length.toLocaleString('en')} digits without labels`,
          results,
        ),
        gallery,
      ],
      table: {
        columns: ['first weights', 'test accuracy', 'mean squared error of reconstructions'],
        rows: results.map(({ name, accuracy }, i) => [name, percent(accuracy), i === 0 ? '' : short(errors[i - 1])]),
      },
      ours: results.map(({ name, accuracy }) => `${name} ${percent(accuracy)}`).join(', '),
      conclusions: [
        {
          claim: 'denoising is the best of the three to begin with',
          holds: pretrained[2] >= best,
        },
        { claim: 'it beats the net from scratch', holds: pretrained[2] > scratch },
        { claim: 'reconstructions differ little: mean squared error below 0.04', holds: errors[0] < 0.04 },
      ],
      values: { results, errors },
    };
  },
};
