import { describe, expect, it } from 'vitest';
import { OptionError } from '../../lib/core/errors.js';
import { dense } from '../../lib/layers/index.js';
import {
  adam,
  constantSchedule,
  cosineRestartsSchedule,
  cosineSchedule,
  exponentialSchedule,
  inverseTimeSchedule,
  oneCycleSchedule,
  piecewiseSchedule,
  polynomialSchedule,
  sgd,
  stepSchedule,
  warmUp,
  type DescribedSchedule,
} from '../../lib/optimizers/index.js';
import { Network, Trainer } from '../../lib/training/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { blobs } from '../support/networks.js';

/** Values worked out by hand from the formulas, by step. */
const rows: readonly [name: string, schedule: DescribedSchedule, values: Readonly<Record<number, number>>][] = [
  ['constant', constantSchedule(0.3), { 0: 0.3, 7: 0.3, 1e9: 0.3 }],
  ['step', stepSchedule({ initial: 1, every: 10 }), { 0: 1, 9: 1, 10: 0.1, 29: 0.01 }],
  [
    'piecewise',
    piecewiseSchedule({ boundaries: [10, 20], rates: [1, 0.5, 0] }),
    { 0: 1, 9: 1, 10: 0.5, 19: 0.5, 20: 0, 1e9: 0 },
  ],
  ['exponential', exponentialSchedule({ initial: 2, factor: 0.5, every: 10 }), { 0: 2, 5: Math.SQRT2, 10: 1, 20: 0.5 }],
  ['inverseTime', inverseTimeSchedule({ initial: 1, decay: 1, every: 10 }), { 0: 1, 10: 1 / 2, 20: 1 / 3, 90: 0.1 }],
  ['polynomial', polynomialSchedule({ initial: 1, steps: 10, final: 0.5 }), { 0: 1, 5: 0.75, 10: 0.5, 11: 0.5 }],
  ['polynomial', polynomialSchedule({ initial: 1, steps: 10, power: 2 }), { 0: 1, 5: 0.25, 10: 0, 1e9: 0 }],
  ['cosine', cosineSchedule({ initial: 1, steps: 10, final: 0.5 }), { 0: 1, 5: 0.75, 10: 0.5, 15: 0.5, 1e9: 0.5 }],
  ['cosine', cosineSchedule({ initial: 1, steps: 10, after: 'rise' }), { 0: 1, 5: 0.5, 10: 0, 15: 0.5, 20: 1 }],
  ['cosineRestarts', cosineRestartsSchedule({ initial: 1, steps: 10 }), { 0: 1, 5: 0.5, 10: 1, 15: 0.5, 1000: 1 }],
  [
    'cosineRestarts',
    cosineRestartsSchedule({ initial: 1, steps: 10, lengthFactor: 2, peakFactor: 0.5 }),
    { 0: 1, 5: 0.5, 10: 0.5, 20: 0.25, 30: 0.25, 50: 0.125 },
  ],
  [
    'oneCycle',
    oneCycleSchedule({ peak: 1, steps: 11, risingShare: 6 / 11, initial: 0.2, final: 0 }),
    { 0: 0.2, 5: 1, 10: 0, 11: 0, 1e9: 0 },
  ],
  ['oneCycle', oneCycleSchedule({ peak: 1, steps: 2 }), { 0: 1, 1: 1 / 25 / 1e4 }],
  ['warmUp', warmUp(10, 0.5, { startFactor: 0 }), { 0: 0, 5: 0.25, 10: 0.5, 11: 0.5 }],
  [
    'warmUp',
    warmUp(10, stepSchedule({ initial: 1, every: 5, factor: 0.5 })),
    { 0: 0.1, 5: 0.55, 10: 1, 14: 1, 15: 0.5, 20: 0.25 },
  ],
];

describe.each(rows)('%s', (name, schedule, values) => {
  it('has the values of its formula', () => {
    const steps = Object.keys(values).map(Number);
    expectClose(steps.map(schedule), Object.values(values), tolerances.float64);
  });

  it('depends on nothing but the step', () => {
    const steps = [7, 0, 31, 7, 1000, 0];
    expect(steps.map(schedule)).toEqual(steps.map((step) => schedule(step)));
    expect(schedule(7)).toBe(schedule(7));
  });

  it('says what it is', () => {
    expect(schedule.config.name).toBe(name);
    expect(JSON.parse(JSON.stringify(schedule.config))).toEqual(schedule.config);
  });
});

describe('hostile options', () => {
  const attempts: readonly [string, () => unknown, RegExp][] = [
    ['constant', () => constantSchedule(-1), /for rate, received -1/],
    ['no options', () => stepSchedule(undefined as never), /for initial, received undefined/],
    ['initial', () => stepSchedule({ initial: 0, every: 5 }), /above 0 for initial, received 0/],
    ['every', () => stepSchedule({ initial: 1, every: 0.5 }), /at least 1 for every, received 0.5/],
    [
      'factor',
      () => stepSchedule({ initial: 1, every: 5, factor: 1.1 }),
      /above 0|at most 1 .*for factor, received 1.1/,
    ],
    ['factor', () => exponentialSchedule({ initial: 1, factor: NaN }), /for factor, received NaN/],
    ['misspelt', () => exponentialSchedule({ initial: 1, gamma: 1 } as never), /Unknown option gamma/],
    ['decay', () => inverseTimeSchedule({ initial: 1, decay: -1 }), /for decay, received -1/],
    ['no boundaries', () => piecewiseSchedule({ boundaries: [], rates: [1] }), /at least one boundary/],
    ['too few rates', () => piecewiseSchedule({ boundaries: [1], rates: [1] }), /1 boundaries and 1 rates/],
    ['falling', () => piecewiseSchedule({ boundaries: [5, 5], rates: [1, 1, 1] }), /boundaries\[1\], received 5/],
    ['rates', () => piecewiseSchedule({ boundaries: [5], rates: [1, -1] }), /rates\[1\], received -1/],
    [
      'not a list',
      () => piecewiseSchedule({ boundaries: 5, rates: [1] } as never),
      /an array of numbers for boundaries/,
    ],
    ['steps', () => polynomialSchedule({ initial: 1, steps: 0 }), /for steps, received 0/],
    ['power', () => polynomialSchedule({ initial: 1, steps: 5, power: 0 }), /for power, received 0/],
    ['final', () => cosineSchedule({ initial: 1, steps: 5, final: -1 }), /for final, received -1/],
    ['after', () => cosineSchedule({ initial: 1, steps: 5, after: 'fall' as never }), /for after, received "fall"/],
    ['lengthFactor', () => cosineRestartsSchedule({ initial: 1, steps: 5, lengthFactor: 0.5 }), /for lengthFactor/],
    ['peakFactor', () => cosineRestartsSchedule({ initial: 1, steps: 5, peakFactor: 0 }), /for peakFactor/],
    ['peak', () => oneCycleSchedule({ peak: Infinity, steps: 5 }), /for peak, received Infinity/],
    ['share', () => oneCycleSchedule({ peak: 1, steps: 5, risingShare: 1 }), /for risingShare, received 1/],
    ['warm-up steps', () => warmUp(0, 0.1), /for steps, received 0/],
    ['warm-up of nothing', () => warmUp(5, 'fast' as never), /a number or a schedule for next, received "fast"/],
    ['startFactor', () => warmUp(5, 0.1, { startFactor: 2 }), /for startFactor, received 2/],
    ['a rate that is none', () => adam({ learningRate: '0.1' as never }), /a number or a schedule for learningRate/],
  ];
  it.each(attempts)('%s', (_what, attempt, message) => {
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(message);
  });
});

describe('in training', () => {
  const data = blobs(60, 4, 3);
  const make = () => new Network({ inputs: 4, layers: [dense(3)], seed: 1 });
  const options = { batchSize: 20, epochs: 2, shuffle: false };

  it('the history has the rate of each last step, and what the schedule was', async () => {
    const learningRate = stepSchedule({ initial: 0.1, every: 2, factor: 0.5 });
    const history = await make().fit(data, { ...options, optimizer: sgd({ learningRate }) });
    expect(history.epochs.map((epoch) => epoch.learningRate)).toEqual([0.05, 0.025]);
    expect(history.optimizer['learningRate']).toEqual({ name: 'step', initial: 0.1, every: 2, factor: 0.5 });
  });

  it('one may be given beside the name of an optimizer, and be a function of your own', async () => {
    const learningRate = (step: number) => 0.1 / (1 + step);
    const history = await make().fit(data, { ...options, optimizer: 'sgd', learningRate });
    expect(history.epochs.map((epoch) => epoch.learningRate)).toEqual([0.1 / 3, 0.1 / 6]);
    expect(history.optimizer['learningRate']).toEqual({ name: 'custom' });
  });

  it('goes on where a trainer left off', async () => {
    const optimizer = sgd({ learningRate: (step) => 0.1 / (1 + step) });
    const trainer = new Trainer(make(), { optimizer });
    await trainer.fit(data, options);
    const { epochs } = await trainer.fit(data, { ...options, epochs: 1 });
    expect(epochs[0].learningRate).toBe(0.1 / 9);
  });

  it('a rate of 0 changes nothing', async () => {
    const network = make();
    const before = network.readParameter('dense1.kernel');
    await network.fit(data, { ...options, optimizer: sgd({ learningRate: constantSchedule(0) }) });
    expect(network.readParameter('dense1.kernel')).toEqual(before);
  });

  it.each([NaN, -0.1, Infinity, undefined])('%s is an error that names the step', async (value) => {
    const learningRate = (step: number) => (step < 4 ? 0.1 : (value as number));
    const fit = make().fit(data, { ...options, optimizer: sgd({ learningRate }) });
    await expect(fit).rejects.toThrow(
      `Expected a finite number of at least 0 from the schedule at step 4 for learningRate, received ${value}`,
    );
    await expect(fit).rejects.toBeInstanceOf(OptionError);
  });

  it('is found at once where it is wrong from the start', () => {
    expect(() => make().fit(data, { ...options, optimizer: sgd({ learningRate: () => NaN }) })).toThrow(/at step 0/);
    expect(() => make().fit(data, { ...options, optimizer: sgd({ learningRate: warmUp(5, () => NaN) }) })).toThrow(
      /at step 0/,
    );
  });
});
