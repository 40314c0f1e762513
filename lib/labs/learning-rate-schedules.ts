import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  momentum,
  oneCycleSchedule,
  stepSchedule,
  type DescribedSchedule,
} from '../index.js';
import { lines } from '../report/index.js';
import type { Lab } from './lab.js';
import { digitLayers, mean, percent, short, smoothedLoss } from './support.js';

const RATE = 0.05;

/** All schedules begin at, or rise to, the same rate and have the same number of steps. */
function schedules(steps: number): [string, DescribedSchedule][] {
  return [
    ['constant', constantSchedule(RATE)],
    ['step', stepSchedule({ initial: RATE, every: Math.ceil(steps / 3) })],
    ['exponential', exponentialSchedule({ initial: RATE, factor: 0.02, every: steps })],
    ['cosine', cosineSchedule({ initial: RATE, steps })],
    ['one cycle', oneCycleSchedule({ peak: 2 * RATE, steps })],
  ];
}

export const lab: Lab = {
  name: 'learning-rate-schedules',
  title: 'Five schedules on one budget',
  lookAt: [
    'A constant rate is fast at first and then dances around the minimum.',
    'All that fall to small rates settle at the end: the loss of the last steps is many times lower.',
  ],
  original:
    'Loshchilov and Hutter 2017 for the cosine, Smith and Topin 2018 for one cycle: falling rates end lower on the same budget',
  async run(context) {
    const { train, test } = await context.digitsOf(context.size(60_000, 12_000), 10_000);
    const epochs = context.epochs(4, 4);
    const batchSize = 32;
    const steps = epochs * Math.ceil(train.length / batchSize);
    const results = [];
    for (const [name, schedule] of schedules(steps)) {
      context.say(name);
      const network = context.network({ inputs: 784, layers: digitLayers([256, 256]) });
      const history = await network.fit(train, {
        optimizer: momentum({ learningRate: schedule }),
        batchSize,
        epochs,
        signal: context.signal,
      });
      const { accuracy = NaN, loss } = await network.evaluate(test);
      results.push({
        name,
        accuracy,
        testLoss: loss,
        last: mean(history.stepDataLoss, steps - 50, steps),
        rates: Array.from({ length: 101 }, (_, i): [number, number] => [
          Math.round((i * (steps - 1)) / 100),
          schedule(Math.round((i * (steps - 1)) / 100)),
        ]),
        line: smoothedLoss(name, history.stepDataLoss, steps, Math.ceil(steps / 25)),
      });
    }
    const [constant, ...falling] = results;
    const best = Math.max(...falling.map(({ accuracy }) => accuracy));
    return {
      figures: [
        lines({
          name: 'loss',
          title: 'Training loss under five schedules',
          subtitle: `MNIST, 784-256-256-10, ReLU, Momentum, ${grouped(train.length)} images, ${epochs} epochs; mean of a twenty-fifth of the run`,
          x: { title: 'step' },
          y: { title: 'cross-entropy (nats)', scale: 'log' },
          series: results.map(({ line }) => line),
        }),
        lines({
          name: 'rates',
          title: 'Learning rate under five schedules',
          x: { title: 'step' },
          y: { title: 'learning rate' },
          series: results.map(({ name, rates }) => ({ name, points: rates })),
          height: 220,
          points: false,
        }),
      ],
      table: {
        columns: ['schedule', 'training loss of the last 50 steps', 'test loss', 'test accuracy'],
        rows: results.map((run) => [run.name, short(run.last), short(run.testLoss), percent(run.accuracy, 2)]),
      },
      ours: results.map(({ name, accuracy }) => `${name} ${percent(accuracy, 2)}`).join(', '),
      conclusions: [
        {
          claim: 'every falling schedule ends at a lower training loss than the constant rate',
          holds: falling.every(({ last }) => last < constant.last),
        },
        { claim: 'the best of them is right more often on test images', holds: best > constant.accuracy },
      ],
      values: { steps, runs: results.map(({ line: _, rates: __, ...numbers }) => numbers) },
    };
  },
};

function grouped(value: number): string {
  return value.toLocaleString('en');
}
