// @ts-check
/** From trials to rows: one a workload and contender, flat enough to be collected over months. */
import { median, spread } from './statistics.mjs';
import { netName, trainingFlopsPerSample } from './workloads.mjs';

/** @typedef {import('./contenders.mjs').Variant} Variant */
/** @typedef {import('./training.mjs').Trials} Trials */
/** @typedef {import('./trial.mjs').TrialResult} TrialResult */

/**
 * @typedef {object} Row
 * @property {string} workload
 * @property {string} contender
 * @property {string} mode such as `compile`
 * @property {number} threads
 * @property {number | null} samplesPerSecond median of the trials; null when all failed
 * @property {number | null} samplesPerCoreSecond by the time that cores worked, which other programs disturb less
 * @property {number | null} gflops
 * @property {number | null} shareOfPeak of the multiply-add peak on as many threads, measured in the same run
 * @property {number | null} ratio of ours to theirs, in the trials beside each other; null for ours
 * @property {number | null} coreRatio the same by samplesPerCoreSecond
 * @property {number | null} goal for a peer the least ratio, for ours the least share of the peak
 * @property {string} configuration such as `fused Adam`
 * @property {string | undefined} version of the peer
 * @property {number[]} trials samples per second
 * @property {number | null} spread of the trials
 * @property {number} coresBusyElsewhere the most that a trial saw
 * @property {string} net
 * @property {number} batchSize
 * @property {string} data
 * @property {string[]} notes
 * @property {Row[]} [variants] for peers: all that were tried, of which the row is the fastest
 */

/**
 * Ours first, then each peer at its best.
 *
 * @param {Trials} trials
 * @returns {Row[]}
 */
export function rowsOf(trials) {
  const { contender, variant, ours, pairings, workload } = trials;
  const goals = variant.mode === 'reference' ? workload.goals.reference : workload.goals.native;
  const share = variant.mode === 'reference' ? undefined : workload.goals.shareOfPeak;
  const first = rowOf(trials, contender.name, variant, ours, { ratio: null, coreRatio: null }, share);
  const rivals = [...new Set(pairings.map(({ peer }) => peer))].map((peer) => {
    const variants = pairings
      .filter((pairing) => pairing.peer === peer)
      .map((pairing) => {
        const ratios = {
          ratio: medianOf(pairing.ours, 'samplesPerSecond') / medianOf(pairing.theirs, 'samplesPerSecond'),
          coreRatio: medianOf(pairing.ours, 'samplesPerCoreSecond') / medianOf(pairing.theirs, 'samplesPerCoreSecond'),
        };
        return rowOf(trials, peer.name, pairing.variant, pairing.theirs, ratios, goals[peer.name]);
      });
    return bestOf(variants);
  });
  return [first, ...rivals];
}

/**
 * The fastest variant, with the notes of all: a failed compilation is said even when another variant won.
 *
 * @param {Row[]} variants
 * @returns {Row}
 */
function bestOf(variants) {
  const best = variants.reduce((a, b) => ((b.samplesPerSecond ?? 0) > (a.samplesPerSecond ?? 0) ? b : a));
  const notes = variants.flatMap((row) => row.notes.map((note) => `${row.mode}, threads ${row.threads}: ${note}`));
  return { ...best, notes, variants };
}

/**
 * @param {Trials} trials
 * @param {string} contender
 * @param {Variant} variant
 * @param {TrialResult[]} results
 * @param {{ ratio: number | null, coreRatio: number | null }} ratios
 * @param {number | undefined} goal
 * @returns {Row}
 */
function rowOf({ workload, data, peaks }, contender, { mode, threads }, results, ratios, goal) {
  const samplesPerSecond = medianOf(results, 'samplesPerSecond');
  const gflops = (samplesPerSecond * trainingFlopsPerSample(workload.sizes)) / 1e9;
  const peak = peaks.get(threads);
  const speeds = finite(results, 'samplesPerSecond');
  return {
    workload: workload.name,
    contender,
    mode,
    threads,
    samplesPerSecond: orNull(samplesPerSecond),
    samplesPerCoreSecond: orNull(medianOf(results, 'samplesPerCoreSecond')),
    gflops: orNull(gflops),
    shareOfPeak: peak === undefined ? null : orNull(gflops / peak),
    ratio: orNull(ratios.ratio),
    coreRatio: orNull(ratios.coreRatio),
    goal: goal ?? null,
    configuration: [...new Set(results.map(({ configuration }) => configuration))].filter(Boolean).join(' or '),
    version: results.find(({ version }) => version !== undefined)?.version,
    trials: speeds,
    spread: speeds.length === 0 ? null : spread(speeds),
    coresBusyElsewhere: Math.max(...results.map((result) => result.coresBusyElsewhere)),
    net: netName(workload.sizes),
    batchSize: workload.batchSize,
    data,
    notes: [...new Set(results.flatMap(({ notes }) => notes))],
  };
}

/** @typedef {'samplesPerSecond' | 'samplesPerCoreSecond'} Speed */

/** @param {TrialResult[]} results @param {Speed} speed */
function finite(results, speed) {
  return results.map((result) => result[speed]).filter(Number.isFinite);
}

/** @param {TrialResult[]} results @param {Speed} speed */
function medianOf(results, speed) {
  const speeds = finite(results, speed);
  return speeds.length === 0 ? NaN : median(speeds);
}

/** JSON has no NaN. @param {number | null} value */
function orNull(value) {
  return value !== null && Number.isFinite(value) ? value : null;
}
