import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, dataset, dense, FormatError, imageFolder, Network, type Sample } from '../../lib/index.js';
import { decodeModel, encodeModel } from '../../lib/network/save.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'blasnet-sources-'))));
afterAll(() => rm(folder, { recursive: true }));

async function images(name: string, files: Record<string, readonly [width: number, height: number, grey: number]>) {
  for (const [path, [width, height, grey]] of Object.entries(files)) {
    const full = join(folder, name, path);
    await mkdir(join(full, '..'), { recursive: true });
    await writeFile(
      full,
      encode({ width, height, channels: 1, depth: 8, data: new Uint8Array(width * height).fill(grey) }),
    );
  }
  return join(folder, name);
}

describe('imageFolder', () => {
  it('reads classes by the names of their folders', async () => {
    const path = await images('pets', {
      'dog/b.png': [3, 2, 9],
      'dog/a.PNG': [3, 2, 8],
      'cat/1.png': [3, 2, 7],
      '.hidden/1.png': [1, 1, 1],
    });
    await writeFile(join(path, 'dog', 'notes.txt'), 'no image');
    const pets = await imageFolder(path);
    expect([pets.length, pets.imageShape, pets.classNames, pets.name]).toEqual([3, [2, 3], ['cat', 'dog'], 'pets']);
    expect([Array.from(pets.labels ?? []), pets.features[0], pets.features[6], pets.features[12]]).toEqual([
      [0, 1, 1],
      7,
      8,
      9,
    ]);
    expect((await imageFolder(path, { classNames: ['dog'] })).length).toBe(2);
    await expect(imageFolder(path, { classNames: ['eel'] })).rejects.toMatchObject({ code: 'ERR_FILE_MISSING' });
  });
  it('refuses what is not as it should be', async () => {
    await expect(imageFolder(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ERR_FILE_MISSING' });
    await mkdir(join(folder, 'empty', 'cat'), { recursive: true });
    await expect(imageFolder(join(folder, 'empty'))).rejects.toMatchObject({ code: 'ERR_DATA_CLASS' });
    await expect(imageFolder(join(folder, 'empty', 'cat'))).rejects.toThrow(/folder for each class/);
    const sizes = await images('sizes', { 'a/1.png': [3, 2, 1], 'a/2.png': [2, 3, 1] });
    await expect(imageFolder(sizes)).rejects.toThrow(/3 x 2 pixels, as in .*1\.png, in .*2\.png, received 2 x 3/);
    await writeFile(join(sizes, 'a', '1.png'), 'no png');
    await expect(imageFolder(sizes)).rejects.toThrow(/1\.png: this is no PNG/);
  });
});

describe('collect', () => {
  it('takes samples from generators and object streams', async () => {
    async function* rows(): AsyncGenerator<Sample> {
      for (let i = 0; i < 4; i++)
        yield await Promise.resolve({ features: [i, -i], label: i % 2 === 0 ? 'even' : 'odd', weight: 2 });
    }
    const data = await collect(rows(), { name: 'numbers' });
    expect([data.length, data.classNames, data.name, data.weights?.[3]]).toEqual([4, ['even', 'odd'], 'numbers', 2]);
    const bytes = await collect(
      Readable.from([{ features: Uint8Array.of(255, 0) }, { features: Uint8Array.of(0, 51) }]),
    );
    expect([bytes.features, bytes.sample(1)[1]]).toEqual([
      Uint8Array.of(255, 0, 0, 51),
      Math.fround(51 * Math.fround(1 / 255)),
    ]);
    const targets = await collect([{ features: [1], targets: [2, 3] }]);
    expect(targets.targets).toEqual(Float32Array.of(2, 3));
  });
  it('closes the source at its limit', async () => {
    let closed = false;
    function* endless(): Generator<Sample> {
      try {
        for (;;) yield { features: [1] };
      } finally {
        closed = true;
      }
    }
    expect((await collect(endless(), { limit: 3 })).length).toBe(3);
    expect(closed).toBe(true);
  });
  it.each<[string, () => unknown, RegExp]>([
    ['no iterable', () => collect(3 as never), /iterable/],
    ['no samples', () => collect([]), /at least one sample/],
    ['what is no sample', () => collect([{ features: [1] }, 5] as never), /sample 1, received 5/],
    [
      'labels of some',
      () => collect([{ features: [1], label: 0 }, { features: [1] }]),
      /labels of every sample.*sample 1/,
    ],
    ['ragged rows', () => collect([{ features: [1] }, { features: [1, 2] }]), /features\[1\], received 2/],
    ['a limit of 0', () => collect([], { limit: 0 }), /limit/],
    [
      'a source that throws',
      () =>
        collect(
          (function* (): Generator<Sample> {
            yield { features: [1] };
            throw new Error('broken');
          })(),
        ),
      /broken/,
    ],
  ])('refuses %s', async (_name, make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});

describe('class names', () => {
  const animals = dataset({ features: [[0], [1], [0.1], [0.9]], labels: ['cat', 'dog', 'cat', 'dog'] });
  const network = () => new Network({ inputs: 1, layers: [dense(2)], seed: 1 });

  it('are learned by fit, saved and loaded with the model, and give predictions their names', async () => {
    const trained = network();
    await expect(trained.classifyByName([[0]])).rejects.toMatchObject({ code: 'ERR_STATE' });
    await trained.fit(animals, { epochs: 200, batchSize: 4, learningRate: 0.1, optimizer: 'adam' });
    expect(await trained.classifyByName([[0], [1]])).toEqual(['cat', 'dog']);
    const path = join(folder, 'animals.safetensors');
    await trained.save(path);
    const loaded = await Network.load(path);
    expect(loaded.classNames).toEqual(['cat', 'dog']);
    expect(await loaded.classifyByName([[0], [1]])).toEqual(['cat', 'dog']);
    expect(loaded.fuse().classNames).toEqual(['cat', 'dog']);
    expect(loaded.replaceHead([dense(3)]).classNames).toBeUndefined();
  });

  it('must be the same in all data of a network', async () => {
    const trained = network();
    await trained.fit(animals, { epochs: 1 });
    const other = dataset({ features: [[0], [1]], labels: ['dog', 'eel'] });
    expect(() => trained.fit(other)).toThrow(/class 0 is "cat" to the network and "dog" in the data/);
    await expect(trained.evaluate(other)).rejects.toMatchObject({ code: 'ERR_DATA_CLASS' });
    await trained.evaluate(dataset({ features: [[0]], labels: ['dog'], classNames: ['cat', 'dog'] }));
    await trained.evaluate({ features: [[0]], labels: [1] });
  });

  it.each([[['cat', 'cat']], [['cat', 3]], ['cat'], [[]], [['a', 'b', 'c']], [['a', '']]])(
    '%j in a file are refused',
    (names) => {
      const one = network();
      one.classNames = names as never;
      expect(() => decodeModel(encodeModel(one))).toThrow(FormatError);
    },
  );
});
