import { expect, it } from 'vitest';
import {
  cosineRestartsSchedule,
  cosineSchedule,
  exponentialSchedule,
  oneCycleSchedule,
  polynomialSchedule,
  stepSchedule,
  warmUp,
  type Schedule,
} from '../../lib/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { readGolden } from './files.js';

const { cases } = readGolden('schedules');

/** The file holds no options: these are the ones that its rates were made with. */
const schedules: Readonly<Record<string, Schedule>> = {
  step: stepSchedule({ initial: 0.1, every: 5, factor: 0.5 }),
  exponential: exponentialSchedule({ initial: 0.1, factor: 0.9 }),
  cosine: cosineSchedule({ initial: 0.1, steps: 20, final: 0.001, after: 'rise' }),
  'one-cycle': oneCycleSchedule({ peak: 0.5, steps: 30 }),
  'cosine-restarts': cosineRestartsSchedule({ initial: 0.1, steps: 6, final: 0.001, lengthFactor: 2 }),
  polynomial: polynomialSchedule({ initial: 0.1, steps: 20, power: 2 }),
  'linear-warmup': warmUp(10, 0.1, { startFactor: 0.1 }),
};

it('has a schedule for every case', () => {
  expect(Object.keys(schedules).sort()).toEqual(Object.keys(cases).sort());
});

it.each(Object.keys(cases))('%s', (name) => {
  const rates = cases[name].map((_, step) => schedules[name](step));
  expectClose(rates, cases[name], tolerances.float64, name);
});
