import {
  activationStatistics,
  glorotNormal,
  heNormal,
  lecunNormal,
  type ActivationName,
  type Initializer,
} from '../index.js';
import { lineGrid } from '../report/index.js';
import type { Lab } from './lab.js';
import { digitLayers, properName, short } from './support.js';

const DEPTH = 20;
const kinds: readonly [ActivationName, () => Initializer][] = [
  ['sigmoid', glorotNormal],
  ['tanh', glorotNormal],
  ['relu', heNormal],
  ['selu', lecunNormal],
];

interface Norms {
  readonly activation: ActivationName;
  readonly batchNorm: boolean;
  readonly points: [layer: number, norm: number][];
  /** Of the first layer over the last hidden one. */
  readonly ratio: number;
}

export const lab: Lab = {
  name: 'vanishing-gradients',
  title: 'Where gradients vanish in twenty layers',
  lookAt: [
    'With sigmoid each layer back multiplies the gradient by less than a quarter: the first layers learn nothing.',
    'ReLU with He and SELU with LeCun initialization keep it level; tanh loses a little.',
    'BatchNorm keeps the gradient of sigmoid alive, too.',
  ],
  original:
    'Glorot and Bengio 2010 for sigmoid and tanh; Klambauer et al. 2017 for SELU; Ioffe and Szegedy 2015 for BatchNorm',
  async run(context) {
    const { train } = await context.digitsOf(512);
    const results: Norms[] = [];
    for (const batchNorm of [false, true]) {
      for (const [activation, initializer] of kinds) {
        const layers = digitLayers(Array(DEPTH).fill(100), { activation, initializer: initializer(), batchNorm });
        const network = context.network({ inputs: 784, layers });
        const statistics = await activationStatistics(network, train, { samples: 256 });
        const dense = statistics.filter(({ type }) => type === 'dense').slice(0, DEPTH);
        const points = dense.map(({ gradientNorm = NaN }, i): [number, number] => [i + 1, gradientNorm]);
        results.push({ activation, batchNorm, points, ratio: points[0][1] / points.at(-1)![1] });
      }
    }
    const ratio = (activation: ActivationName, batchNorm: boolean) =>
      results.find((row) => row.activation === activation && row.batchNorm === batchNorm)!.ratio;
    return {
      figures: [
        lineGrid({
          name: 'norms',
          title: 'Length of the gradient, layer by layer, before training',
          subtitle: '20 hidden layers of 100 units, 256 digits; layer 1 is next to the image',
          x: { title: 'layer', domain: [1, DEPTH] },
          y: { title: 'length of the gradient', scale: 'log' },
          panels: [false, true].map((batchNorm) => ({
            title: batchNorm ? 'with BatchNorm' : 'without BatchNorm',
            series: results
              .filter((row) => row.batchNorm === batchNorm)
              .map(({ activation, points }) => ({ name: properName(activation), points })),
          })),
          columns: 2,
          width: 320,
          height: 280,
        }),
      ],
      table: {
        columns: ['activation', 'first layer over last, without', 'with BatchNorm'],
        rows: kinds.map(([name]) => [properName(name), short(ratio(name, false)), short(ratio(name, true))]),
      },
      ours: `gradient of the first layer over that of the last: sigmoid ${short(ratio('sigmoid', false))}, tanh ${short(ratio('tanh', false))}, ReLU ${short(ratio('relu', false))}, SELU ${short(ratio('selu', false))}; sigmoid with BatchNorm ${short(ratio('sigmoid', true))}`,
      conclusions: [
        { claim: 'sigmoid loses more than a million times', holds: ratio('sigmoid', false) < 1e-6 },
        {
          claim: 'ReLU with He keeps it within a factor of 30',
          holds: ratio('relu', false) > 1 / 30 && ratio('relu', false) < 30,
        },
        {
          claim: 'SELU keeps it within a factor of 30',
          holds: ratio('selu', false) > 1 / 30 && ratio('selu', false) < 30,
        },
        {
          claim: 'BatchNorm gives sigmoid a thousand times as much',
          holds: ratio('sigmoid', true) > 1000 * ratio('sigmoid', false),
        },
      ],
      values: { runs: results },
    };
  },
};
