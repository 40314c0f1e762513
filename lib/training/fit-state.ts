import { CheckpointError } from '../core/errors.js';
import type { SafetensorsTensor } from '../core/safetensors.js';
import { ShardedDataset } from '../data/index.js';
import { engineInfo } from '../engine/select.js';
import { describeArchitecture, parameterValues } from '../network/index.js';
import type { Callback, CallbackState } from './callbacks/callback.js';
import type { CheckpointContent } from './checkpoint-format.js';
import type { ReadCheckpoint } from './checkpoint-files.js';
import type { FitRun } from './fit-run.js';
import type { EpochRecord, EpochSumsState } from './history.js';
import type { Network } from './network.js';

/** What must be the same for a resumed fit to end as one that was never interrupted. */
interface Conditions {
  readonly network: object;
  readonly optimizer: object;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Samples of the data, those of them that an epoch uses, numbers in each, and the window of shards. */
  readonly data: readonly number[];
  readonly augmentation: readonly object[];
}

interface FitState {
  readonly conditions: Conditions;
  /** What else decides about the last bit. */
  readonly machine: string;
  readonly seed: number;
  readonly networkSeed: number;
  readonly networkStep: number;
  readonly position: { readonly updates: number; readonly epochs: number };
  readonly epoch: number;
  readonly first: number;
  readonly step: number;
  readonly learningRate: number;
  readonly learningRateFactor: number;
  readonly stopped: string | null;
  readonly sums: EpochSumsState;
  readonly records: readonly EpochRecord[];
  readonly callbacks: Readonly<Record<string, CallbackState['values']>>;
}

const conditionNames: readonly (keyof Conditions)[] = [
  'network',
  'optimizer',
  'batchSize',
  'shuffle',
  'data',
  'augmentation',
];

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
  const fit: FitState = {
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
 * @throws CheckpointError `ERR_CHECKPOINT_FOREIGN` for one of another network, optimizer, data or seed
 */
export function restoreFit(run: FitRun, { path, file, content }: ReadCheckpoint): void {
  const { network, trainer, settings } = run;
  const saved = content.fit as FitState;
  checkConditions(run, saved, path);
  const { architecture, store } = network;
  const values = parameterValues(architecture, file);
  const parameters = new Float32Array(architecture.arenaSize);
  for (const { name, offset } of architecture.parameters) parameters.set(values.get(name)!, offset);
  if (saved.machine !== machineOf(network)) {
    process.emitWarning(
      `The checkpoint ${path} was made by ${saved.machine}, and training goes on with ${machineOf(network)}: the last bits may differ ` +
        'from those of an uninterrupted run.',
      { code: 'BLASNET_CHECKPOINT_MACHINE' },
    );
  }
  network.adopt({ parameters, seed: saved.networkSeed, step: saved.networkStep });
  for (let slot = 0; slot < trainer.optimizer.slots; slot++) {
    const tensor = content.tensors.get(`slot${slot}`);
    if (tensor !== undefined) store.write('slots', 0, tensor.data as Float32Array, slot);
  }
  Object.assign(run.position, saved.position);
  const { epoch, first, step, learningRate, learningRateFactor, stopped } = saved;
  Object.assign(run, { epoch, first, step, learningRate, learningRateFactor, stopped: stopped ?? undefined });
  run.settings = { ...settings, seed: saved.seed };
  run.sums.restore(saved.sums);
  run.records.push(...saved.records);
  for (const sum of (content.tensors.get('steps')?.data ?? []) as Iterable<number>) run.stepSums.push(sum);
}

/** Gives callbacks what they knew; one that was not there before begins anew. */
export function restoreCallbacks(callbacks: readonly Callback[], { content }: ReadCheckpoint): void {
  const states = (content.fit as FitState).callbacks;
  for (const [key, callback] of keyed(callbacks)) {
    if (!Object.hasOwn(states, key)) continue;
    const own = [...content.tensors].filter(([name]) => name.startsWith(`${key}/`));
    const arrays = own.map(([name, { data }]) => [name.slice(key.length + 1), data as Float32Array]);
    callback.restore?.({ values: states[key], arrays: Object.fromEntries(arrays) as Record<string, Float32Array> });
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

function conditionsOf({ network, trainer, settings }: FitRun): Conditions {
  const { batchSize, shuffle, samples, train, augmentation } = settings;
  const window = train instanceof ShardedDataset ? train.window : 0;
  return {
    network: describeArchitecture(network.architecture),
    optimizer: trainer.optimizer.config,
    batchSize,
    shuffle,
    data: [train.length, samples, train.width, window],
    augmentation,
  };
}

function checkConditions(run: FitRun, saved: FitState, path: string): void {
  const own = conditionsOf(run);
  const foreign = (what: string) =>
    new CheckpointError('ERR_CHECKPOINT_FOREIGN', `The checkpoint ${path} was made with ${what}`);
  for (const name of conditionNames) {
    const [here, there] = [JSON.stringify(own[name]), JSON.stringify(saved.conditions[name])];
    const what = name === 'data' ? 'data (samples, samples used, width, window)' : name;
    if (here !== there) throw foreign(`another ${what}: expected ${short(here)}, received ${short(there)}`);
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
