import { dataset, dense, inputNormalization, sgd, Trainer } from '../index.js';
import { ellipse, lines, paths } from '../report/index.js';
import type { Lab, LabContext } from './lab.js';
import { short } from './support.js';

const STEPS = 40;
const deviations = [5, 0.5];
const truth = [0.6, 2];

/** Two features that do not correlate, one ten times as wide as the other; the target is a weighted sum of them. */
function samples() {
  const count = 64;
  const features = Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return [Math.SQRT2 * deviations[0] * Math.cos(angle), Math.SQRT2 * deviations[1] * Math.sin(angle)];
  });
  return dataset({ features, targets: features.map(([a, b]) => [truth[0] * a + truth[1] * b]) });
}

interface Run {
  readonly name: string;
  readonly goal: readonly [number, number];
  readonly points: readonly [number, number][];
  readonly costs: readonly [number, number][];
}

/** Gradient descent on all samples, at eight tenths of the largest rate that does not diverge. */
async function descend(context: LabContext, normalized: boolean): Promise<Run> {
  const data = samples();
  const layers = [...(normalized ? [inputNormalization()] : []), dense(1, { bias: false })];
  const network = context.network({ inputs: 2, layers, loss: 'meanSquaredError' });
  const goal: [number, number] = normalized
    ? [truth[0] * deviations[0], truth[1] * deviations[1]]
    : [truth[0], truth[1]];
  const start: [number, number] = [goal[0] - 2.4, goal[1] + 2.4];
  network.writeParameter('dense1.kernel', start);
  const largest = 1 / (normalized ? 1 : Math.max(...deviations) ** 2);
  const trainer = new Trainer(network, { optimizer: sgd({ learningRate: 0.8 * largest }) });
  const points: [number, number][] = [start];
  const costs: [number, number][] = [];
  for (let step = 0; step < STEPS; step++) {
    const { epochs } = await trainer.fit(data, { epochs: 1, batchSize: data.length, shuffle: false });
    const [x, y] = network.readParameter('dense1.kernel');
    points.push([x, y]);
    costs.push([step, Math.max(epochs[0].loss, 1e-12)]);
  }
  return { name: normalized ? 'normalized inputs' : 'inputs as they are', goal, points, costs };
}

export const lab: Lab = {
  name: 'input-normalization',
  title: 'Round valleys are easy to walk down',
  lookAt: [
    'One input is ten times as wide as the other: the cost is a ditch, steep one way and a hundred times flatter the other.',
    'The learning rate must be small enough for the steep way, so the flat one takes for ever.',
    'Normalized inputs make the valley round: the way leads straight to the goal, and the cost falls by the same factor at each step.',
  ],
  original: 'LeCun et al. 1998, “Efficient BackProp”: inputs of mean 0 and equal variance; contours as in the courses',
  async run(context) {
    const runs = [await descend(context, false), await descend(context, true)];
    const contours = [0.02, 0.2, 1, 3, 8, 18, 40, 90];
    const ends = runs.map(({ costs }) => costs.at(-1)![1]);
    const stepsTo = (costs: Run['costs'], share: number) => costs.findIndex(([, cost]) => cost < share * costs[0][1]);
    const steps = runs.map(({ costs }) => stepsTo(costs, 0.001));
    const inWords = (count: number) => (count < 0 ? `more than ${STEPS}` : String(count));
    return {
      figures: [
        paths({
          name: 'paths',
          title: 'The way down the cost, with and without normalization',
          subtitle:
            'weights of two inputs with standard deviations 5 and 0.5, as differences from the best; at 0.8 of the largest stable rate',
          x: { title: 'weight 1 (difference from the best)', domain: [-3, 3] },
          y: { title: 'weight 2 (difference from the best)', domain: [-3, 3] },
          contours: [],
          paths: runs.map(({ name, goal, points }, i) => ({
            name,
            points: points.map(([x, y]): [number, number] => [x - goal[0], y - goal[1]]),
            contours: contours.map((level) =>
              i === 0
                ? ellipse(Math.sqrt(level) / deviations[0], Math.sqrt(level) / deviations[1])
                : ellipse(Math.sqrt(level), Math.sqrt(level)),
            ),
          })),
          goal: [0, 0],
          columns: 2,
          width: 320,
          height: 320,
        }),
        lines({
          name: 'cost',
          title: 'Cost by step',
          subtitle: 'of the same two descents; at 1e-12 float32 has no digits left',
          x: { title: 'step' },
          y: { title: 'mean squared error', scale: 'log' },
          series: runs.map(({ name, costs }) => ({ name, points: costs })),
          points: false,
        }),
      ],
      table: {
        columns: ['inputs', `cost after ${STEPS} steps`, 'steps to a thousandth'],
        rows: runs.map(({ name }, i) => [name, short(ends[i]), inWords(steps[i])]),
      },
      ours: `steps to a thousandth of the first cost: ${inWords(steps[1])} normalized, ${inWords(steps[0])} as they are`,
      conclusions: [
        {
          claim: 'normalized inputs need at most twenty steps to a thousandth',
          holds: steps[1] >= 0 && steps[1] <= 20,
        },
        { claim: 'as they are, at least twice as many', holds: steps[0] < 0 || steps[0] >= 2 * steps[1] },
      ],
      values: { runs },
    };
  },
};
