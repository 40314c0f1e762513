// @ts-check
/** The classic net and its samples, for suites that measure one thing about its training. */
import { readFileSync } from 'node:fs';
import { dataset, dense, dropout, Network } from '../dist/index.js';
import { prepareSamples } from './data.mjs';

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'engine' | 'data'>} options */
export async function classic({ threads, engine, data }) {
  const files = await prepareSamples(data);
  const samples = dataset({
    features: Uint8Array.from(readFileSync(files.features)),
    labels: readFileSync(files.labels),
    width: files.width,
    classes: files.classes,
    imageShape: [28, 28],
  });
  const hidden = () => [dense(512, { activation: 'relu' }), dropout(0.2)];
  const network = new Network({
    inputs: files.width,
    layers: [...hidden(), ...hidden(), dense(10)],
    seed: 1,
    threads,
    engine,
  });
  return { network, samples };
}
