// @ts-check
/** What the training suite prints. */
import { number, percent, table, times } from './format.mjs';
import { forcedBy, machineName } from './machine.mjs';
import { nameOf } from './training.mjs';
import { describeWorkload, trainingFlopsPerSample, workloads } from './workloads.mjs';

/** @typedef {import('./rows.mjs').Row} Row */

/** Above this, a trial was not alone on the machine. */
const BUSY_CORES = 0.25;
const WIDE_SPREAD = 0.15;

/**
 * What stands above every table.
 *
 * @param {import('./machine.mjs').Machine} machine
 * @param {string[]} removed variables that --clean-environment took away
 */
export function heading(machine, removed) {
  const lines = [`${machineName(machine)}, ${new Date().toISOString().slice(0, 10)}`];
  const forced = forcedBy(process.env);
  if (forced.length > 0) {
    lines.push(
      `WARNING: ${forced.join(' ')} in the environment can force BLAS or a peer to narrower kernels or fewer threads.`,
      'These are not this machine’s best numbers; --clean-environment measures without.',
    );
  }
  if (removed.length > 0) lines.push(`Measured without ${removed.join(' ')} of the environment.`);
  return lines.join('\n');
}

/** @param {Row[]} rows of one workload, ours first */
export function workloadReport(rows) {
  const workload = workloads.find(({ name }) => name === rows[0].workload);
  const title = workload === undefined ? rows[0].workload : `${workload.name}: ${describeWorkload(workload)}`;
  const flops = workload === undefined ? '' : `, ${number(trainingFlopsPerSample(workload.sizes))} FLOPs a sample`;
  const columns = [
    '<contender',
    '<ran as',
    'samples/s',
    'spread',
    'GFLOP/s',
    'of peak',
    'ours is',
    'goal',
    '<',
    'samples/core·s',
    'ours is',
  ];
  const noise = noiseOf(rows);
  const lines = rows.flatMap((row) => [
    cellsOf(row, row.contender, noise.length > 0),
    // The variants that were not the best, below the one that was.
    ...(row.variants ?? [])
      .filter((one) => nameOf(one) !== nameOf(row))
      .map((one) => cellsOf({ ...one, goal: null }, '', false)),
  ]);
  const notes = rows.flatMap((row) => row.notes.map((note) => `  note: ${row.contender}, ${note}`));
  return [`\n${title}, ${rows[0].data}${flops}`, table(columns, lines), ...notes, ...noise].join('\n');
}

/** @param {Row} row @param {string} name @param {boolean} noisy whether a verdict is in doubt */
function cellsOf(row, name, noisy) {
  const ours = row.ratio === null && row.variants === undefined && name !== '';
  const reached = ours ? row.shareOfPeak : row.ratio;
  const goal = row.goal === null ? '' : `≥ ${ours ? percent(row.goal) : `${row.goal}×`}`;
  const verdict =
    row.goal === null || reached === null ? '' : `${reached >= row.goal ? 'met' : 'not met'}${noisy ? '?' : ''}`;
  const configuration = row.configuration === '' || row.configuration === row.mode ? '' : `, ${row.configuration}`;
  return [
    name,
    `${nameOf(row)}${configuration}`,
    number(row.samplesPerSecond ?? NaN),
    percent(row.spread ?? undefined),
    number(row.gflops ?? NaN),
    percent(row.shareOfPeak ?? undefined),
    times(row.ratio ?? undefined),
    goal,
    verdict,
    number(row.samplesPerCoreSecond ?? NaN),
    times(row.coreRatio ?? undefined),
  ];
}

/** @param {Row[]} rows */
function noiseOf(rows) {
  const all = rows.flatMap((row) => row.variants ?? [row]);
  const busy = Math.max(...all.map((row) => row.coresBusyElsewhere));
  const widest = Math.max(...all.map((row) => row.spread ?? 0));
  const lines = [];
  if (busy > BUSY_CORES) lines.push(`  NOISY: other programs kept up to ${busy.toFixed(1)} cores busy during a trial.`);
  if (widest > WIDE_SPREAD) lines.push(`  NOISY: trials of one contender were up to ${percent(widest)} apart.`);
  return lines;
}
