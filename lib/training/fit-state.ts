import { CheckpointError, FormatError } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';
import type { Safetensors, SafetensorsTensor } from '../core/safetensors.js';
import { ShardedDataset } from '../data/index.js';
import { engineInfo } from '../engine/select.js';
import { describeArchitecture, parameterValues, type Architecture } from '../network/index.js';
import type { Callback, CallbackState } from './callbacks/callback.js';
import type { CheckpointContent } from './checkpoint-format.js';
import type { ReadCheckpoint } from './checkpoint-files.js';
import type { FitRun } from './fit-run.js';
import type { Network } from './network.js';
import {
  checkSavedFit,
  conditionNames,
  orCorrupt,
  savedConditions,
  type Conditions,
  type SavedFit,
} from './saved-fit.js';

/** Everything that a fit needs to go on elsewhere, besides the model. */
export function captureFit(run: FitRun): CheckpointContent {
  const { network, trainer, settings, position, records, stepSums, sums } = run;
  const { architecture, store } = network;
  const tensors = new Map<string, SafetensorsTensor>();
  for (let slot = 0; slot < trainer.optimizer.slots; slot++) {
    const data = Float32Array.from(store.read('slots', 0, architecture.arenaSize, slot));
    if (data.length > 0) tensors.set(`slot${slot}`, { dtype: 'F32', shape: [data.length], data });
  }
  if (stepSums.length > 0) {
    tensors.set('steps', { dtype: 'F64', shape: [stepSums.length], data: Float64Array.from(stepSums) });
  }
  const callbacks: Record<string, CallbackState['values']> = {};
  for (const [key, callback] of keyed(settings.callbacks)) {
    const state = callback.state?.();
    if (state === undefined) continue;
    callbacks[key] = state.values;
    for (const [name, data] of Object.entries(state.arrays ?? {})) {
      tensors.set(`${key}/${name}`, { dtype: 'F32', shape: [data.length], data });
    }
  }
  const { epoch, first, step, learningRate, learningRateFactor, stopped = null } = run;
  const fit: SavedFit = {
    conditions: conditionsOf(run),
    machine: machineOf(network),
    seed: settings.seed,
    networkSeed: network.seed,
    networkStep: network.step,
    position: { ...position },
    ...{ epoch, first, step, learningRate, learningRateFactor, stopped },
    sums: sums.state(),
    records,
    callbacks,
  };
  return { fit, tensors };
}

/**
 * Puts a fit where the checkpoint was made. Nothing is touched before everything is known to fit.
 *
 * @returns what the callbacks knew, for `restoreCallbacks`
 * @throws CheckpointError `ERR_CHECKPOINT_FOREIGN` for one of another network, optimizer, data or seed,
 *   `ERR_CHECKPOINT_CORRUPT` for one that does not hold what it must
 */
export function restoreFit(run: FitRun, { path, file, content }: ReadCheckpoint): SavedFit['callbacks'] {
  const { network, trainer, settings } = run;
  const { architecture, store } = network;
  const { slots: count } = trainer.optimizer;
  const { arenaSize } = architecture;
  const wanted = { path, totals: run.totals.length, samples: settings.samples, slots: count, arenaSize };
  checkConditions(run, content.fit, path);
  const { fit: saved, slots, stepSums } = checkSavedFit(content, wanted);
  const parameters = parametersIn(architecture, file, path);
  if (saved.machine !== machineOf(network)) {
    process.emitWarning(
      `The checkpoint ${path} was made by ${saved.machine}, and training goes on with ${machineOf(network)}: the last bits may differ ` +
        'from those of an uninterrupted run.',
      { code: 'BLASNET_CHECKPOINT_MACHINE' },
    );
  }
  network.adopt({ parameters, seed: saved.networkSeed, step: saved.networkStep });
  for (const [slot, values] of slots.entries()) store.write('slots', 0, values, slot);
  Object.assign(run.position, saved.position);
  const { epoch, first, step, learningRate, learningRateFactor, stopped } = saved;
  Object.assign(run, { epoch, first, step, learningRate, learningRateFactor, stopped: stopped ?? undefined });
  run.settings = { ...settings, seed: saved.seed };
  run.sums.restore(saved.sums);
  run.records.push(...saved.records);
  for (const sum of stepSums) run.stepSums.push(sum);
  return saved.callbacks;
}

function parametersIn(architecture: Architecture, file: Safetensors, path: string): Float32Array {
  const parameters = new Float32Array(architecture.arenaSize);
  return orCorrupt(path, () => {
    const values = parameterValues(architecture, file);
    for (const { name, offset } of architecture.parameters) {
      const found = values.get(name)!;
      const bad = firstNonFinite(found);
      if (bad >= 0) throw new FormatError(`Expected finite numbers in ${name}, received ${found[bad]} at index ${bad}`);
      parameters.set(found, offset);
    }
    return parameters;
  });
}

/** Gives callbacks what they knew; one that was not there before begins anew. */
export function restoreCallbacks(
  callbacks: readonly Callback[],
  states: SavedFit['callbacks'],
  { content }: ReadCheckpoint,
): void {
  for (const [key, callback] of keyed(callbacks)) {
    if (!Object.hasOwn(states, key)) continue;
    const arrays: [string, Float32Array][] = [];
    for (const [name, { data }] of content.tensors) {
      if (name.startsWith(`${key}/`) && data instanceof Float32Array) arrays.push([name.slice(key.length + 1), data]);
    }
    callback.restore?.({ values: states[key], arrays: Object.fromEntries(arrays) });
  }
}

/** Callbacks by name, and by number where a name comes again. */
function keyed(callbacks: readonly Callback[]): [string, Callback][] {
  const counts = new Map<string, number>();
  return callbacks.map((callback) => {
    const { name = 'callback' } = callback;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return [count === 1 ? name : `${name}${count}`, callback];
  });
}

function conditionsOf({ network, trainer, settings, fingerprint }: FitRun): Conditions {
  const { batchSize, shuffle, samples, train, augmentation } = settings;
  const window = train instanceof ShardedDataset ? train.window : 0;
  return {
    network: describeArchitecture(network.architecture),
    optimizer: trainer.optimizer.config,
    batchSize,
    shuffle,
    data: [train.length, samples, train.width, window],
    augmentation,
    contents: fingerprint,
  };
}

/** First of all: what is not this fit's has no reason to hold what this fit's would. */
function checkConditions(run: FitRun, fit: unknown, path: string): void {
  const own = conditionsOf(run);
  const saved = savedConditions(fit, path);
  const foreign = (what: string) =>
    new CheckpointError('ERR_CHECKPOINT_FOREIGN', `The checkpoint ${path} was made with ${what}`);
  for (const name of conditionNames) {
    if (name === 'contents' && run.settings.allowOtherData) continue;
    const [here, there] = [JSON.stringify(own[name]), JSON.stringify(saved[name]) as string | undefined];
    // What is not there at all is no other condition, but a damage that is found later.
    if (there === undefined || here === there) continue;
    if (name === 'contents') {
      throw foreign('other data of the same size; give it the data of that fit, or allowOtherData: true');
    }
    const what = name === 'data' ? 'data (samples, samples used, width, window)' : name;
    throw foreign(`another ${what}: expected ${short(here)}, received ${short(there)}`);
  }
  if (run.settings.seedGiven && run.settings.seed !== saved.seed) {
    throw foreign(`another seed: expected ${run.settings.seed}, received ${saved.seed}`);
  }
}

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}…` : text;
}

/** What decides about the last bit besides the seed. */
function machineOf({ engine }: Network): string {
  if (engine.name !== 'native') return 'the reference engine';
  const { blas, blasCore, simd } = engineInfo();
  return `the native engine (${blas}, ${blasCore}, ${simd})`;
}
