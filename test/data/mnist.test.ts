import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OptionError } from '../../lib/core/errors.js';
import { mnist } from '../../lib/data/index.js';
import type { MnistOptions, TrainAndTest } from '../../lib/data/index.js';
import { rejectionOf } from '../support/errors.js';
import { serve } from '../support/file-server.js';
import { mnistFolder, mnistUsed } from '../support/mnist.js';

const real = mnistFolder();
const names = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-mnist-'));
  vi.stubEnv('BLASNET_DATA', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls mnist() and collects the warnings it gives instead of printing them. */
async function withWarnings(options: MnistOptions): Promise<{ result: TrainAndTest; warnings: unknown[][] }> {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const result = await mnist(options);
  return { result, warnings: emit.mock.calls };
}

describe(`mnist (${mnistUsed})`, { timeout: 30_000 }, () => {
  it.skipIf(!real)('loads the folder given, as published', async () => {
    const { train, test, source } = await mnist({ directory: real });
    expect(source).toBe(real);
    expect(train).toMatchObject({
      length: 60_000,
      width: 784,
      classes: 10,
      imageShape: [28, 28],
      name: 'mnist train',
      scale: 1 / 255,
    });
    expect(test).toMatchObject({ length: 10_000, width: 784, classes: 10, imageShape: [28, 28], name: 'mnist test' });
    expect([...train.labels!.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.labels!.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    let sum = 0;
    for (const value of train.features) sum += value;
    expect(sum / train.features.length / 255).toBeCloseTo(0.1307, 4);
  });

  it.skipIf(!real)('finds the folder or its parent by BLASNET_DATA', async () => {
    vi.stubEnv('BLASNET_DATA', real);
    expect((await mnist({ offline: true })).source).toBe(real);
    mkdirSync(join(folder, 'mnist'));
    for (const name of names) copyFileSync(join(real!, name), join(folder, 'mnist', name));
    vi.stubEnv('BLASNET_DATA', folder);
    expect((await mnist({ offline: true })).source).toBe(join(folder, 'mnist'));
  });

  it.skipIf(!real)('downloads what the cache lacks or holds damaged, and then needs no server', async () => {
    const server = await serve((request, response) =>
      createReadStream(join(real!, request.url!.slice(1))).pipe(response),
    );
    try {
      copyFileSync(join(real!, names[1]), join(folder, names[1]));
      writeFileSync(join(folder, names[3]), readFileSync(join(real!, names[3])).subarray(0, 4000));
      const { result, warnings } = await withWarnings({ cacheDirectory: folder, mirrors: [server.url] });
      expect(result.source).toBe(folder);
      expect(result.test.length).toBe(10_000);
      expect(warnings).toEqual([]);
      expect(server.requests.map(({ url }) => url).sort()).toEqual(
        [names[0], names[2], names[3]].map((name) => `/${name}`).sort(),
      );
      expect(readdirSync(folder).sort()).toEqual([...names].sort());
      // Unpacked by hand, the files count as well.
      writeFileSync(join(folder, names[3].slice(0, -3)), gunzipSync(readFileSync(join(folder, names[3]))));
      rmSync(join(folder, names[3]));
      expect((await mnist({ cacheDirectory: folder, offline: true })).source).toBe(folder);
    } finally {
      await server.close();
    }
  });

  it('names the files a given folder lacks, and tries nothing else', async () => {
    const error = await rejectionOf(mnist({ directory: folder }));
    expect(error.code).toBe('ERR_FILE_MISSING');
    for (const name of names) expect(error.message).toContain(name);
    expect(error.message).toContain(folder);
  });

  it('uses synthetic digits and says why, where it may not download', async () => {
    const { result, warnings } = await withWarnings({ cacheDirectory: folder, offline: true });
    expect(result.source).toBe('synthetic');
    expect(result.train).toMatchObject({ length: 20_000, width: 784, classes: 10, name: 'synthetic train' });
    expect(warnings.length).toBe(1);
    const [message, options] = warnings[0] as [string, object];
    expect(message).toMatch(/^MNIST cannot be had: .* downloading is turned off\. Using synthetic digits instead.*$/);
    expect(message).not.toContain('\n');
    expect(options).toEqual({ code: 'BLASNET_SYNTHETIC' });
  });

  it('says why when no server answers', async () => {
    const silent = await serve(() => undefined);
    try {
      vi.stubEnv('BLASNET_DATA', join(folder, 'elsewhere'));
      const mirrors = [silent.url, 'http://127.0.0.1:1'];
      const { result, warnings } = await withWarnings({ cacheDirectory: folder, mirrors, connectTimeout: 400 });
      expect(result.source).toBe('synthetic');
      expect(warnings[0][0]).toMatch(
        /BLASNET_DATA names .*elsewhere.*Could not download .*no answer within 200 ms; 127\.0\.0\.1:1: /,
      );
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      await silent.close();
    }
  });

  it('throws instead of using synthetic digits, if told so', async () => {
    const error = await rejectionOf(mnist({ cacheDirectory: folder, offline: true, fallback: false }));
    expect(error.code).toBe('ERR_FILE_MISSING');
    expect(error.message).toMatch(/downloading is turned off/);
  });

  it('goes on without a cache folder it cannot make', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { result, warnings } = await withWarnings({ cacheDirectory: join(folder, 'file', 'below') });
    expect(result.source).toBe('synthetic');
    expect(warnings[0][0]).toMatch(/Could not make the folder .*ENOTDIR/);
  });

  it('looks into the cache folder of this user', async () => {
    vi.stubEnv('XDG_CACHE_HOME', folder);
    vi.stubEnv('LOCALAPPDATA', folder);
    const { warnings } = await withWarnings({ offline: true });
    if (process.platform !== 'darwin') expect(warnings[0][0]).toContain(join(folder, 'blasnet', 'mnist'));
    expect(existsSync(join(folder, 'blasnet'))).toBe(false);
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown option', { folder: 'x' }, /Unknown option folder for mnist/],
    ['a misspelt option', { direktory: 'x' }, /did you mean directory/],
    ['an empty directory name', { directory: '' }, /non-empty string for directory/],
    ['offline as text', { offline: 'yes' }, /true or false for offline/],
    ['a mirror without https', { mirrors: ['http://example.com/'] }, /an https address for mirrors\[0\]/],
    ['a mirror that is a file', { mirrors: ['file:///tmp/'] }, /an https address/],
    ['no mirrors', { mirrors: [] }, /at least one address for mirrors/],
    ['a mirror for mirrors', { mirrors: 'https://example.com/' }, /for mirrors/],
    ['a limit of 0', { connectTimeout: 0 }, /above 0 .*for connectTimeout/],
  ])('refuses %s', async (_, options, says) => {
    const error = await rejectionOf(mnist(options as MnistOptions));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(says);
  });
});
