// @ts-check
/**
 * The main suite: samples per second of training, ours and the peers' in alternation. Every trial of a peer follows a
 * trial of ours at once, and a ratio compares the medians of exactly those pairs: what slows the machine for minutes
 * slows both.
 */
import { blasnet, blasnetReference, otherCheckout, peers } from './contenders.mjs';
import { prepareSamples } from './data.mjs';
import { number } from './format.mjs';
import { measurePeak } from './machine.mjs';
import { rowsOf } from './rows.mjs';
import { runTrial } from './trial.mjs';
import { learningRate } from './workloads.mjs';

/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./contenders.mjs').Variant} Variant */
/** @typedef {import('./rows.mjs').Row} Row */
/** @typedef {import('./trial.mjs').TrialResult} TrialResult */
/** @typedef {import('./workloads.mjs').Workload} Workload */

/**
 * @typedef {object} TrainingOptions
 * @property {readonly Workload[]} workloads
 * @property {readonly string[]} peers
 * @property {string | undefined} against
 * @property {'native' | 'reference'} engine
 * @property {number} threads
 * @property {number} rounds
 * @property {number} seconds
 * @property {'auto' | 'mnist' | 'random'} data
 */

/**
 * All trials of one peer's variant, each with the trial of ours that ran just before it.
 *
 * @typedef {{ peer: Contender, variant: Variant, ours: TrialResult[], theirs: TrialResult[] }} Pairing
 */

/**
 * @typedef {object} Trials
 * @property {Workload} workload
 * @property {string} data
 * @property {Contender} contender ours
 * @property {Variant} variant ours
 * @property {TrialResult[]} ours all of them
 * @property {Pairing[]} pairings
 * @property {Map<number, number>} peaks GFLOP/s by threads
 */

/**
 * @param {TrainingOptions} options
 * @param {{ trial: (line: string) => void, workload: (rows: Row[]) => void }} tell
 * @returns {Promise<{ missing: Contender[] }>} peers that are not installed
 */
export async function measureTraining(options, tell) {
  const chosen = peers.filter(({ name }) => options.peers.includes(name));
  const others = options.against === undefined ? [] : [otherCheckout(options.against)];
  const present = [...others, ...chosen.filter(({ command }) => command() !== undefined)];
  const data = await prepareSamples(options.data);
  const peaks = new Map();
  for (const workload of options.workloads) {
    tell.workload(rowsOf(await measureWorkload(workload, options, { present, data, peaks }, tell.trial)));
  }
  return { missing: chosen.filter((peer) => !present.includes(peer)) };
}

/**
 * @param {Workload} workload
 * @param {TrainingOptions} options
 * @param {{ present: readonly Contender[], data: import('./data.mjs').SampleFiles, peaks: Map<number, number> }} run
 * @param {(line: string) => void} tell
 * @returns {Promise<Trials>}
 */
async function measureWorkload(workload, options, { present, data, peaks }, tell) {
  const contender = options.engine === 'reference' ? blasnetReference : blasnet;
  const [variant] = contender.variants(options.threads);
  /** @type {Pairing[]} */
  const pairings = present.flatMap((peer) =>
    peer.variants(options.threads).map((theirs) => ({ peer, variant: theirs, ours: [], theirs: [] })),
  );
  /** @type {Trials} */
  const trials = { workload, data: data.name, contender, variant, ours: [], pairings, peaks };

  const run = async (/** @type {Contender} */ who, /** @type {Variant} */ how) => {
    const result = await runTrial(who, who.command() ?? [], requestOf(workload, options, data, how));
    const speed =
      result.windows.length === 0 ? result.notes.join('; ') : `${number(result.samplesPerSecond)} samples/s`;
    tell(`${workload.name}  ${who.name} ${nameOf(how)}  ${speed}`);
    return result;
  };
  for (let round = 0; round < options.rounds; round++) {
    measurePeaks(trials, options);
    for (const pairing of pairings) {
      const result = await run(contender, variant);
      trials.ours.push(result);
      pairing.ours.push(result);
      pairing.theirs.push(await run(pairing.peer, pairing.variant));
    }
    if (pairings.length === 0) trials.ours.push(await run(contender, variant));
  }
  return trials;
}

/**
 * Keeps the most that was seen in the whole run: other programs can only lower it, and it does not depend on the
 * workload.
 *
 * @param {Trials} trials
 * @param {TrainingOptions} options
 */
function measurePeaks({ variant, pairings, peaks }, { seconds }) {
  for (const threads of new Set([variant, ...pairings.map((pairing) => pairing.variant)].map((one) => one.threads))) {
    const peak = measurePeak(Math.min(0.3, seconds / 4), threads);
    if (peak !== undefined) peaks.set(threads, Math.max(peak.gflops, peaks.get(threads) ?? 0));
  }
}

/**
 * @param {Workload} workload
 * @param {Pick<TrainingOptions, 'seconds'>} options
 * @param {import('./data.mjs').SampleFiles} data
 * @param {Variant} variant
 * @returns {import('./trial.mjs').TrialRequest}
 */
export function requestOf({ name, sizes, batchNorm, dropout, batchSize }, { seconds }, data, variant) {
  return {
    workload: { name, sizes, batchNorm, dropout, batchSize },
    data,
    variant,
    learningRate,
    seconds,
    // Processors raise their clock and engines compile what is hot: a second is enough for both.
    warmUpSeconds: Math.min(1, seconds / 3),
    windows: 7,
    seed: 1,
  };
}

/** @param {Variant} variant */
export function nameOf({ threads, mode }) {
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}, ${mode}`;
}
