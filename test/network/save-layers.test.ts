import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, layerConfig, layerFromConfig, residual, type LayerDescription } from '../../lib/layers/index.js';
import { decodeModel, encodeModel, Model } from '../../lib/network/index.js';
import { Network } from '../../lib/training/index.js';
import { expectSameBits } from '../support/compare.js';
import { thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';
import { firstLayerRows, layerRows } from '../layers/table.js';

const data = blobs(60, 5, 3);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blasnet-layers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cases = [
  ...Object.entries(layerRows).flatMap(([type, rows]) => rows.map(([what, make]) => [type, what, make] as const)),
  ...firstLayerRows,
];

describe.each(cases)('%s %s', (type, what, make) => {
  it('is saved and loaded: the same layers, outputs, and next step', async () => {
    const first = firstLayerRows.some((row) => row[2] === make);
    const layers = first ? [...make(), dense(3)] : [dense(6), ...make(), dense(3)];
    const network = new Network({ inputs: 5, layers, seed: 1 });
    await network.fit(data, { epochs: 1, batchSize: 20 });
    const path = join(folder, `${type}-${what.replaceAll(/\W/g, '-')}.safetensors`);
    await network.save(path);
    const loaded = await Network.load(path);
    expect(loaded.layers).toEqual(network.layers);
    expect(loaded.architecture.config).toEqual(network.architecture.config);
    expectSameBits(await loaded.predict(data), await network.predict(data));
    await network.fit(data, { epochs: 1, batchSize: 20, optimizer: 'sgd' });
    await loaded.fit(data, { epochs: 1, batchSize: 20, optimizer: 'sgd' });
    expectSameBits(await loaded.predict(data), await network.predict(data), 'after one more epoch');
  });

  it('is made again from its config', () => {
    for (const description of make()) {
      const config = layerConfig(description);
      expect(layerConfig(layerFromConfig(JSON.parse(JSON.stringify(config))))).toEqual(
        JSON.parse(JSON.stringify(config)),
      );
    }
  });
});

it('a custom initializer does not keep a model from being loaded', async () => {
  const network = new Network({ inputs: 5, layers: [dense(3, { initializer: () => 0.25 })], seed: 1 });
  const path = join(folder, 'custom.safetensors');
  await network.save(path);
  const loaded = await Network.load(path);
  expect(new Set(loaded.readParameter('dense1.kernel'))).toEqual(new Set([0.25]));
});

/** A model file whose description of its layers was tampered with. */
function withLayers(layers: unknown): Uint8Array {
  const network = new Network({ inputs: 5, layers: [dense(3)], seed: 1, engine: 'reference' });
  const { architecture } = network;
  const forged = { ...architecture, config: { ...architecture.config, layers: layers as Record<string, unknown>[] } };
  const model = new Model(forged, network.engine, 1);
  return encodeModel(model);
}

describe('files with hostile blocks', () => {
  const nested = (depth: number): unknown => {
    let layer: unknown = layerConfig(dense(5));
    for (let i = 0; i < depth; i++) layer = { type: 'residual', layers: [layer] };
    return [layer];
  };

  it.each<[string, unknown, string]>([
    ['a hundred blocks deep', nested(100), 'at most 32 blocks'],
    // Deeper than the file format's own reader goes, or refused by us: never the end of the call stack.
    ['a block without layers', [{ type: 'residual' }], 'array of layers'],
    ['an empty block', [{ type: 'residual', layers: [] }], 'at least one layer'],
    ['a block of numbers', [{ type: 'residual', layers: [1, 2] }], 'layer configuration'],
    ['too many layers in a block', [{ type: 'residual', layers: new Array(10_001).fill({}) }], 'at most 10000 layers'],
    [
      'a projection that is no boolean',
      [{ type: 'residual', projection: 'yes', layers: [layerConfig(dense(5))] }],
      'projection',
    ],
    ['an input normalization in the middle', [layerConfig(dense(5)), { type: 'inputNormalization' }], 'first layer'],
    ['a rate of one', [{ type: 'alphaDropout', rate: 1 }], 'rate'],
    ['a negative deviation', [{ type: 'gaussianNoise', standardDeviation: -1 }], 'standardDeviation'],
    ['an unknown type', [{ type: 'residul', layers: [] }], '"residual"'],
  ])('%s: a format error', (_what, layers, text) => {
    const error = thrownBy(() => decodeModel(withLayers(layers)));
    expect(error.code).toBe('ERR_FORMAT');
    expect(error.message).toContain(text);
  });

  it('blocks nested 32 deep are fine, 33 are not', () => {
    const build = (depth: number): LayerDescription =>
      depth === 0 ? dense(3) : residual([build(depth - 1)], { projection: false });
    expect(new Network({ inputs: 3, layers: [build(32)], seed: 1 }).layers).toHaveLength(1);
    expect(thrownBy(() => build(33))).toMatchObject({ code: 'ERR_OPTION_RANGE' });
  });
});
