// @ts-check
/** One trial of blasnet, through what every user calls: `network.fit` with a progress callback. */
import { readFileSync } from 'node:fs';
import { adam, dataset, Network } from '../../dist/index.js';
import { layersOf } from '../programs.mjs';
import { Stopwatch } from './stopwatch.mjs';

/** @typedef {import('../trial.mjs').TrialRequest} TrialRequest */

/** @type {TrialRequest} */
const request = JSON.parse(process.argv[2]);
const { workload, data } = request;

const network = new Network({
  inputs: data.width,
  layers: layersOf(workload),
  seed: request.seed,
  engine: request.variant.mode === 'reference' ? 'reference' : 'native',
  threads: request.variant.threads,
});
const samples = dataset({
  features: Uint8Array.from(readFileSync(data.features)),
  labels: readFileSync(data.labels),
  width: data.width,
  classes: data.classes,
});

const stopwatch = new Stopwatch(request);
const controller = new AbortController();
const over = new Error('The trial is over');
const used = data.samples - (data.samples % workload.batchSize);
let loss = NaN;
try {
  await network.fit(samples, {
    epochs: 1_000_000,
    batchSize: workload.batchSize,
    partialBatch: 'drop',
    optimizer: adam({ learningRate: request.learningRate }),
    signal: controller.signal,
    onProgress: (progress) => {
      loss = progress.loss;
      if (stopwatch.tick((progress.epoch - 1) * used + progress.samples)) controller.abort(over);
    },
  });
} catch (error) {
  if (error !== over) throw error;
}

stopwatch.answer({ loss, configuration: network.engine.name });
