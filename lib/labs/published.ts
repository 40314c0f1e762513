import type { Augmentation, Callback, Network, Optimizer } from '../index.js';
import { lines } from '../report/index.js';
import type { LabContext, LabOutcome } from './lab.js';
import { percent } from './support.js';

/** One net of a published result. */
export interface PublishedRun {
  readonly name: string;
  readonly build: () => Network;
  /** Told how many steps there will be, for a schedule that ends with them. */
  readonly optimizer: (steps: number) => Optimizer;
  readonly augmentation?: readonly Augmentation[];
  readonly epochs: number;
  /** Default 128. */
  readonly batchSize?: number;
}

export interface PublishedResult {
  readonly name: string;
  readonly epochs: number;
  /** Of every epoch. */
  readonly errors: [epoch: number, error: number][];
  readonly trainLoss: [epoch: number, loss: number][];
  /** After the last epoch, whichever was the best on the way. */
  readonly final: number;
  /** Spent training, without looking at the test error. */
  readonly seconds: number;
}

/** Points of a curve: more of them only show the noise of ten thousand images. */
const LOOKS = 60;

/**
 * Trains on the whole training set, as the publications did. The test error of every epoch is for the curve alone: nothing
 * is chosen by it, and the last one counts. A run that was broken off goes on from its checkpoint.
 */
export async function runPublished(
  context: LabContext,
  runs: readonly PublishedRun[],
  images: number,
): Promise<PublishedResult[]> {
  const { train, test } = await context.digitsOf(images, 10_000);
  const results: PublishedResult[] = [];
  for (const { name, build, optimizer, augmentation, epochs, batchSize = 128 } of runs) {
    const watch: Callback = {
      name: 'watch',
      onEpochEnd({ epoch, seconds, valAccuracy = NaN }) {
        const left = `${(((epochs - epoch) * seconds) / 60).toFixed(1)} min left`;
        context.say(`${name}: epoch ${epoch} of ${epochs}, test error ${percent(1 - valAccuracy, 2)}, ${left}`);
      },
    };
    const { callbacks = [], ...resume } = context.checkpoints(`${name} ${epochs} epochs`);
    const history = await build().fit(train, {
      optimizer: optimizer(epochs * Math.ceil(train.length / batchSize)),
      epochs,
      batchSize: Math.min(batchSize, train.length),
      validation: test,
      signal: context.signal,
      callbacks: [watch, ...callbacks],
      ...resume,
      ...(augmentation !== undefined && { augmentation }),
    });
    const errors = history.epochs.map(({ epoch, valAccuracy = NaN }): [number, number] => [epoch, 1 - valAccuracy]);
    results.push({
      name,
      epochs,
      errors,
      trainLoss: history.epochs.map(({ epoch, dataLoss }) => [epoch, dataLoss]),
      final: errors.at(-1)![1],
      seconds: history.seconds,
    });
  }
  return results;
}

/** The figures and numbers that all these labs show. */
export function publishedOutcome(
  results: readonly PublishedResult[],
  text: {
    title: string;
    subtitle: string;
    published: readonly (readonly [string, number])[];
    conclusions: LabOutcome['conclusions'];
  },
): LabOutcome {
  const last = Math.max(...results.map(({ epochs }) => epochs));
  return {
    figures: [
      lines({
        name: 'error',
        title: text.title,
        subtitle: text.subtitle,
        x: { title: 'epoch' },
        y: { title: 'test error', scale: 'log', format: '~%' },
        series: [
          ...results.map(({ name, errors }) => ({ name, points: thinned(errors) })),
          ...text.published.map(([name, error]) => ({
            name,
            points: [
              [0, error],
              [last, error],
            ] as [number, number][],
            dashed: true,
          })),
        ],
        points: false,
      }),
    ],
    table: {
      columns: ['net', 'epochs', 'test error', 'training time (min)'],
      rows: results.map(({ name, epochs, final, seconds }) => [
        name,
        epochs,
        percent(final, 2),
        (seconds / 60).toFixed(1),
      ]),
    },
    ours: results
      .map(
        ({ name, final, epochs, seconds }) =>
          `${name} ${percent(final, 2)} after ${epochs} epochs, ${(seconds / 60).toFixed(1)} min`,
      )
      .join('; '),
    conclusions: text.conclusions,
    values: { results },
  };
}

/** The first, the last, and those in equal steps before the last. */
function thinned(points: readonly [number, number][]): [number, number][] {
  const stride = Math.ceil(points.length / LOOKS);
  return points.filter((_, i) => i === 0 || (points.length - 1 - i) % stride === 0);
}
