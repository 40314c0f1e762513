import type { Augmentation, Network, Optimizer } from '../index.js';
import { Trainer } from '../index.js';
import { lines } from '../report/index.js';
import type { LabContext, LabOutcome } from './lab.js';
import { percent } from './support.js';

/** One net of a published result. */
export interface PublishedRun {
  readonly name: string;
  readonly build: () => Network;
  readonly optimizer: (steps: number) => Optimizer;
  readonly augmentation?: readonly Augmentation[];
  readonly epochs: number;
}

export interface PublishedResult {
  readonly name: string;
  readonly errors: [epoch: number, error: number][];
  readonly trainLoss: [epoch: number, loss: number][];
  readonly final: number;
  readonly seconds: number;
}

export const BATCH = 128;

/** Trains on the whole training set, as the publication did, and looks at the test error a few times on the way. */
export async function runPublished(
  context: LabContext,
  runs: readonly PublishedRun[],
  images: number,
): Promise<PublishedResult[]> {
  const { train, test } = await context.digitsOf(images, 10_000);
  const results: PublishedResult[] = [];
  for (const { name, build, optimizer, augmentation, epochs } of runs) {
    const network = build();
    const steps = epochs * Math.ceil(train.length / BATCH);
    const trainer = new Trainer(network, { optimizer: optimizer(steps) });
    const every = Math.max(1, Math.ceil(epochs / 40));
    const [errors, trainLoss]: [number, number][][] = [[], []];
    let seconds = 0;
    for (let epoch = 0; epoch < epochs;) {
      const count = Math.min(every, epochs - epoch);
      const history = await trainer.fit(train, {
        epochs: count,
        batchSize: BATCH,
        signal: context.signal,
        ...(augmentation !== undefined && { augmentation }),
      });
      epoch += count;
      seconds += history.seconds;
      errors.push([epoch, 1 - ((await network.evaluate(test)).accuracy ?? NaN)]);
      trainLoss.push([epoch, history.epochs.at(-1)!.dataLoss]);
      context.say(
        `${name}: epoch ${epoch} of ${epochs}, test error ${percent(errors.at(-1)![1], 2)}, ${(seconds / 60).toFixed(1)} min`,
      );
    }
    results.push({ name, errors, trainLoss, final: errors.at(-1)![1], seconds });
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
  const last = Math.max(...results.map(({ errors }) => errors.at(-1)![0]));
  return {
    figures: [
      lines({
        name: 'error',
        title: text.title,
        subtitle: text.subtitle,
        x: { title: 'epoch' },
        y: { title: 'test error', scale: 'log', format: '.1%' },
        series: [
          ...results.map(({ name, errors }) => ({ name, points: errors })),
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
      rows: results.map(({ name, errors, final, seconds }) => [
        name,
        errors.at(-1)![0],
        percent(final, 2),
        (seconds / 60).toFixed(1),
      ]),
    },
    ours: results
      .map(
        ({ name, final, errors, seconds }) =>
          `${name} ${percent(final, 2)} after ${errors.at(-1)![0]} epochs, ${(seconds / 60).toFixed(1)} min`,
      )
      .join('; '),
    conclusions: text.conclusions,
    values: { results },
  };
}
