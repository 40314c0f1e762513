import { dataset, dense, normal, sgd, type ClippingOptions } from '../index.js';
import { bars, lines } from '../report/index.js';
import type { Lab, LabContext } from './lab.js';
import { digitLayers, fitOrDiverge, percent, short, smoothedLoss } from './support.js';

const DEPTH = 20;

/** The update of one step of descent on the net of two weights whose gradient is (3, 0.4). */
async function updateWith(context: LabContext, clipping: ClippingOptions): Promise<[number, number]> {
  const network = context.network({ inputs: 2, layers: [dense(1, { bias: false })], loss: 'meanSquaredError' });
  network.writeParameter('dense1.kernel', [0, 0]);
  // With weights 0 the gradient of the squared error is -2 · target · features.
  const data = dataset({ features: [[3, 0.4]], targets: [[-0.5]] });
  await network.fit(data, { optimizer: sgd({ learningRate: 1, ...clipping }), epochs: 1, batchSize: 1 });
  const [x, y] = network.readParameter('dense1.kernel');
  return [-x, -y];
}

const angleOf = ([x, y]: readonly [number, number]) => (Math.atan2(y, x) * 180) / Math.PI;

export const lab: Lab = {
  name: 'gradient-clipping',
  title: 'Clipping keeps a wild net on the ground',
  lookAt: [
    'Twenty layers with weights that are too large: the first gradient is hundreds of times too long, and the loss is no number any more after a few steps.',
    'With the gradient cut to length 1 the same net trains.',
    'Clipping by norm keeps the direction of the gradient; clipping by value turns it towards the diagonal.',
  ],
  original: 'Pascanu, Mikolov and Bengio 2013: rescale the gradient where its norm exceeds a threshold',
  async run(context) {
    const updates = {
      none: await updateWith(context, {}),
      norm: await updateWith(context, { clipNorm: 1 }),
      value: await updateWith(context, { clipValue: 1 }),
    };
    const angles = { none: angleOf(updates.none), norm: angleOf(updates.norm), value: angleOf(updates.value) };
    const { train } = await context.digitsOf(context.size(10_000, 3000));
    const options = (clipping: ClippingOptions) => ({
      optimizer: sgd({ learningRate: 0.3, ...clipping }),
      batchSize: 100,
      epochs: context.epochs(10, 10),
      signal: context.signal,
    });
    const wild = () => {
      const layers = digitLayers(Array(DEPTH).fill(100), { initializer: normal({ standardDeviation: 0.16 }) });
      return context.network({ inputs: 784, layers });
    };
    context.say('without clipping');
    const free = await fitOrDiverge(wild(), train, options({}));
    context.say('with clipping');
    const clipped = await fitOrDiverge(wild(), train, options({ clipNorm: 1 }));
    const accuracy = clipped?.epochs.at(-1)?.accuracy ?? 0;
    const norms = [...(clipped?.stepGradientNorm ?? [])];
    return {
      figures: [
        lines({
          name: 'norm',
          title: 'Length of the gradient before it is cut to 1',
          subtitle: `784-100×${DEPTH}-10, ReLU, weights of standard deviation 0.16 (He: 0.14), SGD 0.3`,
          x: { title: 'step' },
          y: { title: 'length of the gradient', scale: 'log' },
          series: [
            { name: 'gradient', points: norms.map((norm, i) => [i + 1, norm]) },
            { name: 'what is left of it', points: norms.map((norm, i) => [i + 1, Math.min(1, norm)]), dashed: true },
          ],
          points: false,
        }),
        lines({
          name: 'loss',
          title: 'Training loss with clipping',
          subtitle: 'without it there is none after the first steps; mean of 25 steps',
          x: { title: 'step' },
          y: { title: 'cross-entropy (nats)', scale: 'log' },
          series: [smoothedLoss('clipped to length 1', clipped?.stepDataLoss ?? [], clipped?.steps ?? 0)],
          points: false,
        }),
        bars({
          name: 'direction',
          title: 'Direction of the step for a gradient of (3, 0.4)',
          subtitle: 'clipping by norm keeps it; by value turns it towards the diagonal at 45 degrees',
          category: '',
          value: { title: 'angle to the first axis (degrees)', domain: [0, 45] },
          format: '.1f',
          bars: [
            { category: 'not clipped', value: angles.none },
            { category: 'by norm, to 1', value: angles.norm },
            { category: 'by value, to ±1', value: angles.value },
          ],
        }),
      ],
      table: {
        columns: ['clipping', 'step', 'angle (degrees)'],
        rows: (['none', 'norm', 'value'] as const).map((key) => [
          key,
          updates[key].map(short).join(', '),
          angles[key].toFixed(1),
        ]),
      },
      ours: `without clipping the loss ${free === undefined ? 'is no number after a few steps' : 'stays a number'}; with it the net reaches ${percent(accuracy)} on its training images. First gradient: ${short(norms[0] ?? NaN)}`,
      conclusions: [
        {
          claim: 'without clipping training diverges',
          holds: free === undefined || !((free.epochs.at(-1)?.accuracy ?? 0) > 0.3),
        },
        { claim: 'with clipping by norm it trains', holds: accuracy > 0.6 },
        { claim: 'clipping by norm keeps the direction', holds: Math.abs(angles.norm - angles.none) < 0.01 },
        { claim: 'clipping by value turns it by more than 10 degrees', holds: angles.value - angles.none > 10 },
      ],
      values: { updates, angles, accuracy, norms, diverged: free === undefined },
    };
  },
};
