import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { activation, adam, batchNorm, dense, dropout, elu, l2, Network } from '../../lib/index.js';
import { encodeSafetensors, decodeSafetensors, type SafetensorsTensor } from '../../lib/core/safetensors.js';
import { decodeModel, encodeModel } from '../../lib/network/index.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const folder = mkdtempSync(join(tmpdir(), 'blasnet-save-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const fileOf = (name: string) => join(folder, name);

const data = blobs(200, 6, 3);
const trained = async (engine?: 'native' | 'reference') => {
  const layers = [
    dropout(0.1),
    dense(12, { bias: false, regularizer: l2(1e-3) }),
    batchNorm({ momentum: 0.8 }),
    activation(elu({ alpha: 0.7 })),
    dense(3, { name: 'head' }),
  ];
  const network = new Network({ inputs: 6, layers, seed: 5, engine });
  await network.fit(data, { epochs: 2, batchSize: 50 });
  return network;
};

describe('a saved network', () => {
  it('predicts the same to the bit, and is the same in every other way', async () => {
    const network = await trained();
    await network.save(fileOf('same'));
    const loaded = await Network.load(fileOf('same'));
    expectSameBits(await loaded.predict(data), await network.predict(data));
    expect(loaded.parameterNames).toEqual(network.parameterNames);
    expect([loaded.seed, loaded.step, loaded.summary()]).toEqual([network.seed, network.step, network.summary()]);
    expect(await loaded.evaluate(data)).toEqual(await network.evaluate(data));
  });

  it('goes on training as the one that was never saved', async () => {
    const [network, other] = [await trained(), await trained()];
    await network.save(fileOf('on'));
    const loaded = await Network.load(fileOf('on'));
    const options = { epochs: 2, batchSize: 64, optimizer: adam() };
    // Dropout goes on from the step, the order of samples from the fit's seed.
    const [a, b] = [await loaded.fit(data, options), await other.fit(data, options)];
    expect(Array.from(a.stepLoss)).toEqual(Array.from(b.stepLoss));
    expectSameBits(await loaded.predict(data), await other.predict(data));
  });

  it('moves between the engines', async () => {
    const network = await trained('reference');
    await network.save(fileOf('moves'));
    const loaded = await Network.load(fileOf('moves'), { engine: 'reference' });
    expectSameBits(await loaded.predict(data), await network.predict(data));
    const here = await Network.load(fileOf('moves'));
    const wanted = await network.predict(data);
    (await here.predict(data)).forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThan(1e-5));
  });

  it('is a safetensors file with named F32 tensors, and bytes that depend on nothing else', async () => {
    const network = await trained();
    const bytes = encodeModel(network);
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect([...tensors.keys()].sort()).toEqual([...network.parameterNames].sort());
    expect(tensors.get('head.kernel')).toMatchObject({ dtype: 'F32', shape: [12, 3] });
    expect([metadata.get('format'), metadata.get('version')]).toEqual(['blasnet', '1']);
    expect(Buffer.from(encodeModel(await trained())).equals(Buffer.from(bytes))).toBe(true);
  });

  it('replaces a file only when it is whole', async () => {
    const network = await trained();
    const error = await rejectionOf(network.save(join(folder, 'no', 'such', 'folder')));
    expect(error.name).toBe('FileError');
    expect(thrownBy(() => decodeModel(new Uint8Array(3))).code).toBe('ERR_FORMAT');
  });
});

/** A good file taken apart, for the hostile ones. */
interface Parts {
  tensors: Record<string, SafetensorsTensor>;
  metadata: Record<string, string>;
  network: Record<string, any>;
  /** The network as it stands in the file, where that is not the JSON of `network`. */
  text?: string;
}

const good = (): Parts => {
  const network = new Network({
    inputs: 2,
    layers: [dense(3, { activation: 'relu' }), batchNorm(), dense(2)],
    seed: 1,
  });
  const { tensors, metadata } = decodeSafetensors(encodeModel(network));
  const text = metadata.get('network')!;
  return { tensors: Object.fromEntries(tensors), metadata: Object.fromEntries(metadata), network: JSON.parse(text) };
};

/** Blocks inside blocks, as their configuration says it. */
function nested(depth: number): Record<string, unknown>[] {
  let layers: Record<string, unknown>[] = [{ type: 'dropout', rate: 0.5 }];
  for (let i = 0; i < depth; i++) layers = [{ type: 'residual', layers }];
  return layers;
}

/** The same where JSON.stringify would run out of stack itself. */
const nestedText = (depth: number) => `${'[{"type":"residual","layers":'.repeat(depth)}[]${'}]'.repeat(depth)}`;

const hostile: [what: string, change: (parts: Parts) => void, says: RegExp][] = [
  ['no format', ({ metadata }) => delete metadata['format'], /no blasnet model/],
  ['a foreign format', ({ metadata }) => (metadata['format'] = 'pt'), /no blasnet model/],
  ['a newer version', ({ metadata }) => (metadata['version'] = '2'), /version 1, received version 2/],
  ['no version', ({ metadata }) => delete metadata['version'], /received version none/],
  ['no network', (parts) => (parts.network = {}), /no list of layers/],
  ['an unknown entry', ({ network }) => (network['code'] = 'x'), /unknown entry "code"/],
  ['a missing tensor', ({ tensors }) => delete tensors['dense2.bias'], /lacks the tensor dense2.bias/],
  ['an extra tensor', ({ tensors }) => (tensors['evil'] = tensors['dense2.bias']), /evil/],
  [
    'a tensor of another shape',
    ({ tensors }) => (tensors['dense2.bias'] = tensors['dense1.bias']),
    /shape \[2\].*\[3\]/,
  ],
  [
    'a transposed kernel',
    ({ tensors }) => (tensors['dense1.kernel'] = { ...tensors['dense1.kernel'], shape: [3, 2] }),
    /shape \[2, 3\].*\[3, 2\]/,
  ],
  [
    'a tensor of another type',
    ({ tensors }) => (tensors['dense2.bias'] = { dtype: 'U8', shape: [2], data: Uint8Array.of(1, 2) }),
    /Expected F32/,
  ],
  [
    'a NaN among the weights',
    ({ tensors }) => (tensors['dense2.bias'] = { dtype: 'F32', shape: [2], data: Float32Array.of(1, NaN) }),
    /dense2.bias.*NaN/,
  ],
  ['layers that are none', ({ network }) => (network['layers'] = 'dense'), /no list of layers/],
  ['no layers', ({ network }) => (network['layers'] = []), /at least one layer/],
  [
    'too many layers',
    ({ network }) => (network['layers'] = new Array(10_001).fill(network['layers'][0])),
    /at most 10000 layers/,
  ],
  [
    'more blocks inside each other than any network',
    ({ network }) => (network['layers'] = nested(100)),
    /at most 32 blocks inside each other/,
  ],
  [
    'blocks inside each other until the stack ends',
    (parts) => (parts.text = JSON.stringify({ ...parts.network, layers: [] }).replace('[]', nestedText(9000))),
    /blocks inside each other/,
  ],
  [
    'too many layers, in blocks',
    ({ network }) => {
      const layer = { type: 'dropout', rate: 0.5 };
      network['layers'] = new Array(200).fill({ type: 'residual', layers: new Array(200).fill(layer) });
    },
    /at most 10000 layers/,
  ],
  ['a block without layers', ({ network }) => (network['layers'][0] = { type: 'residual' }), /layers/],
  ['a block of something else', ({ network }) => (network['layers'][0] = { type: 'residual', layers: 'x' }), /layers/],
  [
    'layers in a layer that holds none',
    ({ network }) => (network['layers'][0].layers = [network['layers'][1]]),
    /layers/,
  ],
  ['a layer that is null', ({ network }) => (network['layers'][0] = null), /layer configuration/],
  ['an unknown layer', ({ network }) => (network['layers'][0].type = 'conv2d'), /"conv2d"/],
  ['a layer of type constructor', ({ network }) => (network['layers'][0].type = 'constructor'), /"constructor"/],
  ['a layer of type __proto__', ({ network }) => (network['layers'][0].type = '__proto__'), /"__proto__"/],
  ['an option that no layer has', ({ network }) => (network['layers'][0].run = 'x'), /Unknown option run/],
  [
    'an activation by the name of a method',
    ({ network }) => (network['layers'][0].activation = { name: 'toString' }),
    /"toString"/,
  ],
  ['an activation that is a function', ({ network }) => (network['layers'][0].activation = 'relu'), /activation/],
  [
    'an initializer that is not there',
    ({ network }) => (network['layers'][0].initializer = { name: 'eval' }),
    /"eval"/,
  ],
  [
    'a regularizer that is not there',
    ({ network }) => (network['layers'][0].regularizers = [{ name: 'x', lambda: 1 }]),
    /"x"/,
  ],
  ['a negative penalty', ({ network }) => (network['layers'][0].regularizers = [{ name: 'l2', lambda: -1 }]), /lambda/],
  ['no units', ({ network }) => (network['layers'][0].units = 0), /units/],
  ['half a unit', ({ network }) => (network['layers'][0].units = 1.5), /units/],
  ['units as text', ({ network }) => (network['layers'][0].units = '3'), /units/],
  ['more units than any layer', ({ network }) => (network['layers'][0].units = 2 ** 25), /units/],
  [
    'widths whose product no memory holds',
    ({ network }) => {
      network['inputs'] = 2 ** 24;
      network['layers'][0].units = 2 ** 24;
    },
    /parameters/,
  ],
  ['a width for which there are no numbers', ({ network }) => (network['layers'][0].units = 2 ** 24), /shape/],
  ['no inputs', ({ network }) => (network['inputs'] = 0), /inputs/],
  ['too many inputs', ({ network }) => (network['inputs'] = 2 ** 40), /inputs/],
  ['a seed that is none', ({ network }) => (network['seed'] = -1), /"seed"/],
  ['a step that is none', ({ network }) => (network['step'] = 1e300), /"step"/],
  ['no loss', ({ network }) => delete network['loss'], /loss/],
  ['an unknown loss', ({ network }) => (network['loss'] = { name: 'valueOf' }), /"valueOf"/],
  ['a loss that is a list', ({ network }) => (network['loss'] = []), /loss/],
  ['two layers of one name', ({ network }) => (network['layers'][0].name = network['layers'][2].name = 'a'), /twice/],
  ['a name that is a path', ({ network }) => (network['layers'][0].name = '../x'), /name of layers\[0\]/],
  ['a name that is a number', ({ network }) => (network['layers'][0].name = 5), /name/],
];

describe('a model file that is', () => {
  it('whole is read', () => {
    const { tensors, metadata, network } = good();
    const bytes = encodeSafetensors(tensors, { ...metadata, network: JSON.stringify(network) });
    expect(decodeModel(bytes).architecture.parameters).toHaveLength(8);
  });

  it.each(hostile)('hostile is a FormatError: %s', async (what, change, says) => {
    const parts = good();
    change(parts);
    const text = parts.text ?? JSON.stringify(parts.network);
    const bytes = encodeSafetensors(parts.tensors, { ...parts.metadata, network: text });
    const memory = process.memoryUsage().arrayBuffers;
    const error = thrownBy(() => decodeModel(bytes));
    expect(error.code).toBe('ERR_FORMAT');
    expect(error.message).toMatch(says);
    expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(2 ** 20);
    const path = fileOf(`hostile ${what}`.replace(/\W/g, '-'));
    writeFileSync(path, bytes);
    const rejection = await rejectionOf(Network.load(path));
    expect(rejection.code).toBe('ERR_FORMAT');
    expect(rejection.message).toContain(path);
  });

  it.each(['', '{', 'null', '[]', '5', '"text"', '{"__proto__":{"polluted":1},"layers":[]}'])(
    'described as %s is a FormatError, and touches no prototype',
    (network) => {
      const { tensors, metadata } = good();
      const bytes = encodeSafetensors(tensors, { ...metadata, network });
      expect(thrownBy(() => decodeModel(bytes)).code).toBe('ERR_FORMAT');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('missing, a folder or no file at all is a typed error', async () => {
    expect((await rejectionOf(Network.load(fileOf('nothing')))).code).toBe('ERR_FILE_READ');
    expect((await rejectionOf(Network.load(folder))).code).toBe('ERR_FILE_READ');
    expect((await rejectionOf(Network.load(''))).code).toBe('ERR_OPTION_TYPE');
    expect((await rejectionOf(Network.load(fileOf('x'), { engine: 'gpu' as never }))).code).toBe('ERR_OPTION_CHOICE');
  });
});
