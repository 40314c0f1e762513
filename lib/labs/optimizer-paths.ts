import {
  adaGrad,
  adam,
  adaMax,
  dataset,
  dense,
  momentum,
  nadam,
  nesterov,
  rmsProp,
  sgd,
  Trainer,
  type Optimizer,
} from '../index.js';
import { ellipse, paths } from '../report/index.js';
import type { Lab, LabContext } from './lab.js';
import { short } from './support.js';

const START = [-7, 2] as const;
const STEPS = 30;

const runs: readonly [string, Optimizer][] = [
  ['SGD 0.95', sgd({ learningRate: 0.95 })],
  ['Momentum 0.1', momentum({ learningRate: 0.1 })],
  ['Nesterov 0.1', nesterov({ learningRate: 0.1 })],
  ['AdaGrad 1.5', adaGrad({ learningRate: 1.5 })],
  ['RMSProp 0.3', rmsProp({ learningRate: 0.3 })],
  ['Adam 0.3', adam({ learningRate: 0.3 })],
  ['Nadam 0.3', nadam({ learningRate: 0.3 })],
  ['AdaMax 0.5', adaMax({ learningRate: 0.5 })],
];

/**
 * f(x, y) = x²/20 + y² as the loss of a network: a kernel (x, y) without bias, two samples, targets 0. The mean of the two
 * squares is (a²x² + b²y²)/2, so a² = 1/10 and b² = 2.
 */
const valley = dataset({
  features: [
    [Math.sqrt(0.1), 0],
    [0, Math.sqrt(2)],
  ],
  targets: [[0], [0]],
});

async function pathOf(context: LabContext, optimizer: Optimizer): Promise<[number, number][]> {
  const network = context.network({ inputs: 2, layers: [dense(1, { bias: false })], loss: 'meanSquaredError' });
  network.writeParameter('dense1.kernel', START);
  const trainer = new Trainer(network, { optimizer });
  const points: [number, number][] = [[...START]];
  for (let step = 0; step < STEPS; step++) {
    await trainer.fit(valley, { epochs: 1, batchSize: 2, shuffle: false });
    const [x, y] = network.readParameter('dense1.kernel');
    points.push([x, y]);
  }
  return points;
}

const lengthOf = (points: readonly (readonly [number, number])[]) =>
  points.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - points[i][0], y - points[i][1]), 0);
const crossings = (points: readonly (readonly [number, number])[]) =>
  points.slice(1).filter(([, y], i) => y * points[i][1] < -1e-4).length;

export const lab: Lab = {
  name: 'optimizer-paths',
  title: 'Eight optimizers in a narrow valley',
  lookAt: [
    'The slope is steep across the valley and shallow along it. SGD jumps from side to side at every step.',
    'Momentum and Nesterov swing smoothly past the goal; Nesterov turns sooner.',
    'AdaGrad, RMSProp, Adam and their relatives scale each direction by its own gradient and go nearly straight.',
  ],
  original:
    'f = x²/20 + y² from (-7, 2), 30 steps, learning rates SGD 0.95, Momentum 0.1, AdaGrad 1.5, Adam 0.3: SGD zigzags, ' +
    'Momentum overshoots smoothly, AdaGrad and Adam go nearly straight',
  async run(context) {
    const all = [];
    for (const [name, optimizer] of runs) all.push({ name, points: await pathOf(context, optimizer) });
    const rows = all.map(({ name, points }) => {
      const [x, y] = points.at(-1)!;
      return { name, crossings: crossings(points), length: lengthOf(points), final: x ** 2 / 20 + y ** 2 };
    });
    const of = (name: string) => rows.find((row) => row.name.startsWith(name))!;
    return {
      figures: [
        paths({
          name: 'paths',
          title: 'Paths of eight optimizers in the valley f(x, y) = x²/20 + y²',
          subtitle: '30 steps from (-7, 2) with the learning rate named; the cross marks the minimum',
          x: { title: 'x', domain: [-8, 8] },
          y: { title: 'y', domain: [-3, 3] },
          contours: [0.1, 0.4, 1, 2, 4, 7].map((level) => ellipse(Math.sqrt(20 * level), Math.sqrt(level))),
          paths: all,
          goal: [0, 0],
          columns: 4,
          width: 190,
          height: 140,
        }),
      ],
      table: {
        columns: ['optimizer', 'crossings of the valley', 'length of the path', 'f at the end'],
        rows: rows.map((row) => [row.name, row.crossings, Number(row.length.toFixed(1)), short(row.final)]),
      },
      ours: `SGD crosses the valley ${of('SGD').crossings} times in 30 steps, Momentum ${of('Momentum').crossings}, AdaGrad ${of('AdaGrad').crossings}, Adam ${of('Adam').crossings}`,
      conclusions: [
        { claim: 'SGD crosses the valley at every step', holds: of('SGD').crossings >= 28 },
        {
          claim: 'Momentum overshoots, a few times',
          holds: of('Momentum').crossings >= 2 && of('Momentum').crossings <= 10,
        },
        {
          claim: 'AdaGrad goes nearly straight: the shortest path to the end',
          holds: of('AdaGrad').crossings <= 2 && of('AdaGrad').length < 9,
        },
        { claim: 'Adam needs less than half the way of SGD', holds: of('Adam').length < of('SGD').length / 2 },
      ],
      values: { runs: rows, paths: all },
    };
  },
};
