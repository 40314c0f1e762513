import { normal, sgd } from '../index.js';
import { lineGrid } from '../report/index.js';
import type { Lab, LabContext } from './lab.js';
import { digitLayers, fitOrDiverge, logSteps, short } from './support.js';

const scales = logSteps(0, -4, 16);
const GUESSING = 0.2;

interface Run {
  readonly scale: number;
  readonly batchNorm: boolean;
  /** Training accuracy after each epoch, with the epoch's last weights. */
  readonly accuracies: readonly number[];
  readonly final: number;
}

async function runAt(context: LabContext, scale: number, withNorm: boolean): Promise<Run> {
  const { train } = await context.digitsOf(1000);
  const layers = digitLayers([100, 100, 100, 100, 100], {
    initializer: normal({ standardDeviation: scale }),
    // The courses' epsilon: with the usual 1e-5 the smallest weights, whose sums have a variance of 1e-6, stay damped.
    batchNorm: withNorm && { epsilon: 1e-6 },
  });
  const network = context.network({ inputs: 784, layers });
  const epochs = context.epochs(20, 20);
  const history = await fitOrDiverge(network, train, {
    optimizer: sgd({ learningRate: 0.01 }),
    batchSize: 100,
    epochs,
  });
  // A loss that is no number any more leaves a net that guesses.
  const accuracies = history === undefined ? [0.1] : history.epochs.map(({ accuracy = NaN }) => accuracy);
  return { scale, batchNorm: withNorm, accuracies, final: accuracies.at(-1)! };
}

export const lab: Lab = {
  name: 'batch-normalization',
  title: 'BatchNorm at sixteen weight scales',
  lookAt: [
    'Each panel starts from normal weights of another standard deviation, from 1 to 0.0001.',
    'Without BatchNorm the net learns at two or three of sixteen scales; with it, at all, and mostly sooner.',
  ],
  original:
    'first 1000 images, 784-100×5-10 ReLU, SGD 0.01, batch 100, 20 epochs: without BatchNorm it learns at 2 of 16 scales, with it at all (0.45 to 1.00)',
  async run(context) {
    const runs: Run[] = [];
    for (const scale of scales) {
      context.say(`standard deviation ${short(scale)}`);
      for (const withNorm of [false, true]) runs.push(await runAt(context, scale, withNorm));
    }
    const learned = (withNorm: boolean) =>
      runs.filter((run) => run.batchNorm === withNorm && run.final > GUESSING).length;
    const [plain, normalized] = [learned(false), learned(true)];
    return {
      figures: [
        lineGrid({
          name: 'grid',
          title: 'Training accuracy with and without BatchNorm',
          subtitle:
            '784-100×5-10, SGD 0.01; over each panel the standard deviation of the first weights; no line: the loss was no number',
          x: { title: 'epoch' },
          y: { title: 'accuracy', domain: [0, 1], format: '%' },
          panels: scales.map((scale) => ({
            title: short(scale),
            series: runs
              .filter((run) => run.scale === scale)
              .map(({ batchNorm, accuracies }) => ({
                name: batchNorm ? 'with BatchNorm' : 'without',
                points: accuracies.map((accuracy, i) => [i + 1, accuracy] as const),
              })),
          })),
          columns: 4,
        }),
      ],
      table: {
        columns: ['standard deviation', 'without', 'with BatchNorm'],
        rows: scales.map((scale) => [
          short(scale),
          ...runs.filter((run) => run.scale === scale).map(({ final }) => final.toFixed(2)),
        ]),
      },
      ours: `without BatchNorm it learns at ${plain} of 16 scales, with it at ${normalized}`,
      conclusions: [
        { claim: 'without BatchNorm it learns at four scales at most', holds: plain >= 1 && plain <= 4 },
        { claim: 'with it at all of them', holds: normalized === scales.length },
      ],
      values: { runs },
    };
  },
};
