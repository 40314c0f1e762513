import type { Run, ReferenceKernel, DataSource } from './call.js';

export function dataOf(run: Run): DataSource {
  if (run.data === undefined) throw new TypeError('A program that gathers samples was run without data');
  return run.data;
}

/** Which sample stands at `row` of the batch at hand. */
export function sampleAt(run: Run, row: number): number {
  const place = run.firstSample + row;
  return run.indices === undefined ? place : run.indices[place];
}

/** features[row, :] = data[sample, :] · scale */
export const gatherFeatures: ReferenceKernel = ({ operands, dimensions }, start, end, run) => {
  const [features] = operands;
  const [inputs] = dimensions;
  const data = dataOf(run);
  const { scale } = data;
  const source = data.features;
  for (let row = start; row < end; row++) {
    const from = sampleAt(run, row) * inputs;
    const to = row * inputs;
    for (let j = 0; j < inputs; j++) features[to + j] = source[from + j] * scale;
  }
  return 0;
};

export const gatherLabels: ReferenceKernel = ({ operands }, start, end, run) => {
  const [labels] = operands;
  const source = dataOf(run).labels;
  if (source === undefined) throw new TypeError('A program that gathers labels was run on data without labels');
  for (let row = start; row < end; row++) labels[row] = source[sampleAt(run, row)];
  return 0;
};

export const gatherTargets: ReferenceKernel = ({ operands, dimensions }, start, end, run) => {
  const [targets] = operands;
  const [outputs] = dimensions;
  const source = dataOf(run).targets;
  if (source === undefined) throw new TypeError('A program that gathers targets was run on data without targets');
  for (let row = start; row < end; row++) {
    const from = sampleAt(run, row) * outputs;
    for (let j = 0; j < outputs; j++) targets[row * outputs + j] = source[from + j];
  }
  return 0;
};

/** Hands rows out of the program: to the place of their sample in the run's output. */
export const emit: ReferenceKernel = ({ operands, dimensions }, start, end, run) => {
  const [values] = operands;
  const [columns] = dimensions;
  run.output?.set(values.subarray(start * columns, end * columns), (run.firstSample + start) * columns);
  return 0;
};
