import { adam, dense, diagnose, dropout, type Dataset, type LayerDescription } from '../index.js';
import { bars } from '../report/index.js';
import { relabelled } from './few-labels.js';
import type { Lab, LabContext } from './lab.js';
import { digitLayers, percent } from './support.js';

const HUMAN = 0.002;

interface Case {
  readonly name: string;
  readonly planted: 'bias' | 'variance' | 'mismatch' | 'none';
  readonly layers: readonly LayerDescription[];
  readonly images: number;
  readonly epochs: number;
  /** What happens to the images that it is tested on. */
  readonly spoil?: (data: Dataset) => Dataset;
}

/** White on black turned to black on white: other data than was trained on. */
function inverted(data: Dataset): Dataset {
  return relabelled(
    data,
    Uint8Array.from(data.features, (value) => 255 - value),
    data.labels!,
    10,
  );
}

function cases(context: LabContext): Case[] {
  return [
    {
      name: 'two hidden units',
      planted: 'bias',
      layers: [dense(2, { activation: 'relu' }), dense(10)],
      images: 5000,
      epochs: 10,
    },
    {
      name: '300 images, seven layers',
      planted: 'variance',
      layers: digitLayers([100, 100, 100, 100, 100, 100]),
      images: 300,
      epochs: 60,
    },
    {
      name: 'tested on inverted images',
      planted: 'mismatch',
      layers: digitLayers([256]),
      images: context.size(55_000, 20_000),
      epochs: 3,
      spoil: inverted,
    },
    {
      name: 'all images, dropout',
      planted: 'none',
      layers: [
        dense(context.size(1024, 512), { activation: 'relu' }),
        dropout(0.3),
        dense(context.size(1024, 512), { activation: 'relu' }),
        dropout(0.3),
        dense(10),
      ],
      images: 55_000,
      epochs: context.size(15, 4),
    },
  ];
}

export const lab: Lab = {
  name: 'bias-and-variance',
  title: 'Four sick nets and what the diagnosis says',
  lookAt: [
    'Each net has another weakness, planted on purpose; the diagnosis knows the errors only.',
    'High error on the training images is bias; more on unseen ones of the same kind is variance; more again on the images it is meant for is mismatch.',
  ],
  original: 'Ng 2018, “Machine learning yearning”: the basic recipe; human error on MNIST about 0.2 %',
  async run(context) {
    const { train } = await context.digits();
    const held = Math.min(5000, Math.floor(train.length / 4));
    const [pool, unseen] = [train.slice(0, train.length - held), train.slice(train.length - held)];
    const results = [];
    for (const { name, planted, layers, images, epochs, spoil } of cases(context)) {
      context.say(name);
      const network = context.network({ inputs: 784, layers });
      const learned = pool.take(Math.min(images, pool.length));
      await network.fit(learned, {
        optimizer: adam(),
        epochs,
        batchSize: Math.min(128, learned.length),
        signal: context.signal,
      });
      const error = async (data: Dataset) => 1 - ((await network.evaluate(data)).accuracy ?? NaN);
      const dev = spoil === undefined ? unseen : spoil(unseen);
      const errors = { train: await error(learned), trainDev: await error(unseen), dev: await error(dev) };
      const diagnosis = diagnose(
        { train: errors.train, dev: errors.dev },
        { humanError: HUMAN, trainDevError: errors.trainDev, tolerance: 0.025 },
      );
      results.push({ name, planted, errors, diagnosis });
    }
    return {
      figures: [
        bars({
          name: 'errors',
          title: 'Errors of four nets',
          category: '',
          value: { title: 'error', format: '%', domain: [0, 1] },
          format: '.1%',
          bars: results.flatMap(({ name, errors }) => [
            { category: name, group: 'training images', value: errors.train },
            { category: name, group: 'unseen images of the same kind', value: errors.trainDev },
            { category: name, group: 'images it is meant for', value: errors.dev },
          ]),
        }),
      ],
      table: {
        columns: ['net', 'planted', 'diagnosed', 'in words', 'first thing to try'],
        rows: results.map(({ name, planted, diagnosis }) => [
          name,
          planted,
          diagnosis.main,
          diagnosis.text,
          diagnosis.nextSteps[0],
        ]),
      },
      ours: results
        .map(
          ({ name, errors, diagnosis }) =>
            `${name}: train ${percent(errors.train)}, unseen ${percent(errors.trainDev)}, dev ${percent(errors.dev)} → ${diagnosis.main}`,
        )
        .join('; '),
      conclusions: results.map(({ name, planted, diagnosis }) => ({
        claim: `${name}: the diagnosis is ${planted}`,
        holds: diagnosis.main === planted,
      })),
      values: { results },
    };
  },
};
