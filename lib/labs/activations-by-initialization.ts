import {
  activationStatistics,
  dataset,
  dense,
  heNormal,
  lecunNormal,
  normal,
  type ActivationName,
  type ActivationStatistics,
  type Initializer,
} from '../index.js';
import { histogramGrid } from '../report/index.js';
import type { Lab } from './lab.js';
import { normalNumbers, percent, properName, short } from './support.js';

const initializers: readonly [string, Initializer][] = [
  ['std 1', normal({ standardDeviation: 1 })],
  ['std 0.01', normal({ standardDeviation: 0.01 })],
  ['Xavier', lecunNormal()],
  ['He', heNormal()],
];
const activations: readonly ActivationName[] = ['sigmoid', 'tanh', 'relu'];
const ranges: Partial<Record<ActivationName, readonly [number, number]>> = { sigmoid: [0, 1], tanh: [-1, 1] };

interface Row extends ActivationStatistics {
  readonly activation: ActivationName;
  readonly initialization: string;
  /** From 1. */
  readonly place: number;
}

export const lab: Lab = {
  name: 'activations-by-initialization',
  title: 'What the first weights do to activations',
  lookAt: [
    'Standard deviation 1: sigmoid and tanh pile up at their ends, where gradients vanish.',
    'Standard deviation 0.01: all units say the same from the second layer on; with ReLU nothing is left.',
    'Xavier (1/√n) keeps tanh spread over five layers; ReLU needs He (√2/√n), or its values shrink layer by layer.',
  ],
  original: '1000 samples of 100 standard normal numbers, 5 layers of 100 units: as described above',
  async run(context) {
    const samples = dataset({ features: normalNumbers(1000, 100, context.seed), width: 100 });
    const results: Row[] = [];
    for (const activation of activations) {
      for (const [initialization, initializer] of initializers) {
        const layers = Array.from({ length: 5 }, () => dense(100, { activation, initializer, bias: false }));
        const network = context.network({ inputs: 100, layers, loss: 'meanSquaredError' });
        const statistics = await activationStatistics(network, samples, { bins: 30 });
        results.push(...statistics.map((layer, i) => ({ activation, initialization, place: i + 1, ...layer })));
      }
    }
    const at = (activation: string, initialization: string, place: number) =>
      results.find(
        (row) => row.activation === activation && row.initialization === initialization && row.place === place,
      )!;
    const deviation = (activation: string, initialization: string, place: number) =>
      at(activation, initialization, place).standardDeviation;
    const figureOf = (activation: ActivationName) =>
      histogramGrid({
        name: activation,
        title: `Activations of five hidden layers with ${properName(activation)}`,
        subtitle:
          '1000 samples, 100 units a layer; each histogram is scaled to its largest bin' +
          (ranges[activation] === undefined ? ' and has an axis of its own' : ''),
        x: { title: 'activation', domain: ranges[activation] },
        ownAxes: ranges[activation] === undefined,
        panels: results
          .filter((row) => row.activation === activation)
          .map(({ initialization, place, histogram }) => ({
            row: initialization,
            column: `layer ${place}`,
            ...histogram,
          })),
      });
    return {
      figures: activations.map(figureOf),
      table: {
        columns: ['activation', 'initialization', 'std of layer 1', 'std of layer 5', 'saturated in layer 5'],
        rows: activations.flatMap((activation) =>
          initializers.map(([name]) => [
            properName(activation),
            name,
            short(deviation(activation, name, 1)),
            short(deviation(activation, name, 5)),
            percent(at(activation, name, 5).saturated ?? 0),
          ]),
        ),
      },
      ours: `std of layer 5: tanh with Xavier ${short(deviation('tanh', 'Xavier', 5))}, ReLU with He ${short(deviation('relu', 'He', 5))}, with Xavier ${short(deviation('relu', 'Xavier', 5))}, with std 0.01 ${short(deviation('relu', 'std 0.01', 5))}`,
      conclusions: [
        { claim: 'with std 1 most of sigmoid is saturated', holds: (at('sigmoid', 'std 1', 5).saturated ?? 0) > 0.5 },
        { claim: 'with std 0.01 sigmoid hardly varies', holds: deviation('sigmoid', 'std 0.01', 5) < 0.06 },
        { claim: 'with std 0.01 nothing is left of ReLU', holds: deviation('relu', 'std 0.01', 5) < 1e-3 },
        {
          claim: 'He keeps the spread of ReLU over five layers',
          holds: deviation('relu', 'He', 5) > 0.5 * deviation('relu', 'He', 1),
        },
        {
          claim: 'Xavier lets it shrink to less than half',
          holds: deviation('relu', 'Xavier', 5) < 0.5 * deviation('relu', 'Xavier', 1),
        },
      ],
      values: { layers: results.map(({ histogram: _, ...numbers }) => numbers) },
    };
  },
};
