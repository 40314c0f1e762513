import { adam, dense, type Dataset } from '../index.js';
import {
  accuracyBars,
  fewLabels,
  fineTune,
  fromScratch,
  imagesOf,
  relabelled,
  scaled,
  type Scored,
} from './few-labels.js';
import type { Lab } from './lab.js';
import { percent } from './support.js';

const UNITS = [256, 128];

/** Every image four times, turned by 0, 90, 180 and 270 degrees; the turn is the label. */
function rotations(data: Dataset): Dataset {
  const features = new Uint8Array(data.length * 4 * 784);
  const labels = new Int32Array(data.length * 4);
  for (let i = 0; i < data.length; i++) {
    for (let turn = 0; turn < 4; turn++) {
      const to = (i * 4 + turn) * 784;
      labels[i * 4 + turn] = turn;
      for (let row = 0; row < 28; row++) {
        for (let column = 0; column < 28; column++) {
          const [r, c] = [
            [row, column],
            [column, 27 - row],
            [27 - row, 27 - column],
            [27 - column, row],
          ][turn];
          features[to + row * 28 + column] = data.features[i * 784 + r * 28 + c];
        }
      }
    }
  }
  return relabelled(data, features, labels, 4);
}

export const lab: Lab = {
  name: 'auxiliary-task',
  title: 'Which way up? A task that needs no labels',
  lookAt: [
    'A net that must tell how far a digit was turned has to know strokes and shapes; nobody had to label anything.',
    'Its lower layers are a better start for 500 labelled digits than random weights.',
  ],
  original: 'Gidaris, Singh and Komodakis 2018: predicting rotations as a task to learn features',
  async run(context) {
    const data = await fewLabels(context, 20_000, 4000);
    const turned = rotations(data.unlabelled);
    context.say('telling rotations');
    const source = context.network({
      inputs: 784,
      layers: [...UNITS.map((count) => dense(count, { activation: 'relu' })), dense(4)],
    });
    const history = await source.fit(turned, { optimizer: adam(), epochs: context.size(5, 4), signal: context.signal });
    const rotationAccuracy = history.epochs.at(-1)?.accuracy ?? NaN;
    const results: Scored[] = [];
    context.say('with 500 labels');
    results.push({ name: 'from scratch', accuracy: await fineTune(context, fromScratch(context, UNITS), data) });
    const network = source.replaceHead([dense(10)], { seed: context.seed + 1 });
    results.push({ name: 'from telling rotations', accuracy: await fineTune(context, network, data) });
    const [scratch, transferred] = results.map(({ accuracy }) => accuracy);
    return {
      figures: [
        accuracyBars(
          'Test accuracy with 500 labels',
          `784-256-128-10; ${data.unlabelled.length.toLocaleString('en')} digits without labels, each in four positions`,
          results,
        ),
        {
          name: 'rotations',
          title: 'The task: by how much was it turned?',
          columns: 8,
          images: imagesOf(scaled(turned.take(8)), (i) => `${(i % 4) * 90}°`),
        },
      ],
      table: {
        columns: ['first weights', 'test accuracy'],
        rows: results.map(({ name, accuracy }) => [name, percent(accuracy)]),
      },
      ours: `${results.map(({ name, accuracy }) => `${name} ${percent(accuracy)}`).join(', ')}; rotations told rightly ${percent(rotationAccuracy)}`,
      conclusions: [
        { claim: 'rotations can be told: more than 85 % right', holds: rotationAccuracy > 0.85 },
        { claim: 'the pretrained net beats the one from scratch', holds: transferred > scratch },
      ],
      values: { results, rotationAccuracy },
    };
  },
};
