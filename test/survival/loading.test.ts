import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hard, onNative, resultOf, runChild, withoutAddon } from './child.js';

interface Report {
  engine: string;
  reason: string;
  attempts: { path: string; error?: string }[];
  thrown?: { name: string; code: string; message: string };
}

const built = fileURLToPath(new URL('../../build/Release/blasnet.node', import.meta.url));
const flips = hard ? 1000 : 100;
const truncations = hard ? 400 : 40;

function manifestFor(bytes: Uint8Array): string {
  return JSON.stringify({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
}

/** The addon with one text in it replaced by another of the same length. */
function patched(from: string, to: string): Buffer {
  const bytes = readFileSync(built);
  expect(to.length).toBe(from.length);
  const at = bytes.indexOf(from);
  expect(at, `${from} in the addon`).toBeGreaterThan(0);
  bytes.write(to, at, 'latin1');
  return bytes;
}

describe.skipIf(withoutAddon)(`an addon that is damaged, foreign or missing${onNative}`, { timeout: 600_000 }, () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'blasnet-loading-'));
    // For those who are somebody else.
    chmodSync(folder, 0o755);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes addons into a folder of their own and loads each. */
  async function loadAll(name: string, files: Record<string, [addon: Uint8Array, manifest: string | Uint8Array]>) {
    const place = join(folder, name);
    mkdirSync(place);
    for (const [file, [addon, manifest]] of Object.entries(files)) {
      writeFileSync(join(place, `${file}.node`), addon);
      writeFileSync(join(place, `${file}.node.json`), manifest);
    }
    const ended = await runChild('loading.mjs', { args: ['many', place], limit: 240 });
    rmSync(place, { recursive: true });
    const outcomes = Object.values(resultOf<Record<string, string>>(ended));
    expect(outcomes).toHaveLength(Object.keys(files).length);
    return outcomes;
  }

  const times = (count: number) => Array.from({ length: count }, (_, i) => i);
  const flip = (bytes: Uint8Array) => {
    const copy = bytes.slice();
    copy[Math.floor(Math.random() * copy.length)] ^= 1 << Math.floor(Math.random() * 8);
    return copy;
  };

  it(`${truncations} truncations of the file: none is loaded, none does harm`, async () => {
    const addon = readFileSync(built);
    const manifest = manifestFor(addon);
    const cut = (i: number) => addon.subarray(0, Math.floor((addon.length * i) / truncations));
    const files = Object.fromEntries(
      times(truncations).map((i) => [`cut${i}`, [cut(i), manifest] as [Buffer, string]]),
    );
    for (const outcome of await loadAll('truncations', files)) expect(outcome).toContain('The addon is damaged');
  });

  it(`${flips} bits of the file flipped: none is loaded, none does harm`, async () => {
    const addon = readFileSync(built);
    const manifest = manifestFor(addon);
    const files = Object.fromEntries(
      times(flips).map((i) => [`flip${i}`, [flip(addon), manifest] as [Uint8Array, string]]),
    );
    for (const outcome of await loadAll('flips', files)) expect(outcome).toContain('The addon is damaged');
  });

  it('the manifest truncated and flipped: a whole addon or none', async () => {
    const addon = readFileSync(built);
    const manifest = Buffer.from(manifestFor(addon));
    const cuts = times(manifest.length).map((i) => [
      `cut${i}`,
      [addon, manifest.subarray(0, i)] as [Buffer, Uint8Array],
    ]);
    const bits = times(60).map((i) => [`flip${i}`, [addon, flip(manifest)] as [Buffer, Uint8Array]]);
    const others = ['null', '[]', '7', '"x"', '{"size":null}', '{}', '{"__proto__":{"size":1}}'].map((text, i) => {
      return [`other${i}`, [addon, text] as [Buffer, string]];
    });
    const outcomes = await loadAll('manifests', Object.fromEntries([...cuts, ...bits, ...others]));
    for (const outcome of outcomes) expect(outcome).not.toBe('');
    expect(outcomes.filter((outcome) => outcome !== 'loaded').length).toBeGreaterThan(manifest.length);
  });

  const cases: Record<string, { says: RegExp; make: (path: string) => void }> = {
    'a missing file': { says: /does not exist/, make: () => undefined },
    'a missing manifest': { says: /There is no .*json/, make: (path) => copyFileSync(built, path) },
    'an empty file': {
      says: /./,
      make(path) {
        writeFileSync(path, '');
        writeFileSync(`${path}.json`, manifestFor(new Uint8Array(0)));
      },
    },
    'a text file': {
      says: /./,
      make(path) {
        writeFileSync(path, 'not an addon at all\n');
        writeFileSync(`${path}.json`, manifestFor(readFileSync(path)));
      },
    },
    'a wrong SHA-256': {
      says: /SHA-256 differs/,
      make(path) {
        copyFileSync(built, path);
        writeFileSync(`${path}.json`, manifestFor(readFileSync(built)).replace(/[0-9a-f]{8}"/, '00000000"'));
      },
    },
    'another architecture': {
      says: /cannot open shared object file|ELF|architecture/,
      make(path) {
        const bytes = readFileSync(built);
        // The machine in the header of an ELF file: that of arm64, or of x64 where this is arm64.
        bytes.writeUInt16LE(process.arch === 'x64' ? 183 : 62, 18);
        writeFileSync(path, bytes);
        writeFileSync(`${path}.json`, manifestFor(bytes));
      },
    },
    'another operating system': {
      says: /invalid ELF header/,
      make(path) {
        // How a Mach-O file of macOS begins.
        const bytes = Buffer.concat([Buffer.from('cffaedfe0c000001', 'hex'), readFileSync(built).subarray(8)]);
        writeFileSync(path, bytes);
        writeFileSync(`${path}.json`, manifestFor(bytes));
      },
    },
    'a missing BLAS library': {
      says: /cannot open shared object file|no such file/i,
      make(path) {
        writeFileSync(path, patched('libopenblas.so.0', 'libopenblas.so.9'));
        writeFileSync(`${path}.json`, manifestFor(readFileSync(path)));
      },
    },
    'a missing symbol': {
      says: /undefined symbol|symbol/i,
      make(path) {
        writeFileSync(path, patched('openblas_get_corename', 'openblas_get_corenome'));
        writeFileSync(`${path}.json`, manifestFor(readFileSync(path)));
      },
    },
    'another kernel contract': {
      says: /another version of blasnet/,
      make(path) {
        writeFileSync(path, patched('-> features[rows,inputs]', '-> fixtures[rows,inputs]'));
        writeFileSync(`${path}.json`, manifestFor(readFileSync(path)));
      },
    },
    'a folder': { says: /./, make: (path) => mkdirSync(path) },
  };

  for (const [name, { says, make }] of Object.entries(cases)) {
    it.skipIf(process.platform !== 'linux')(`${name}: says so once and trains on, or throws when told to`, async () => {
      const path = join(folder, `${name.replaceAll(' ', '-')}.node`);
      make(path);
      const env = { BLASNET_NATIVE_PATH: path };
      const [free, told] = await Promise.all(
        ['', 'native'].map((engine) =>
          runChild('loading.mjs', { args: ['one'], env: { ...env, BLASNET_ENGINE: engine } }),
        ),
      );
      expectFallback(free, says);
      const { thrown } = resultOf<Report>(told);
      expect(thrown?.code).toBe('ERR_ENGINE_UNAVAILABLE');
      expect(thrown?.message).toMatch(says);
      expect(told.stderr).toBe('');
    });
  }

  it('nothing is said where the reference engine was asked for', async () => {
    const env = { BLASNET_NATIVE_PATH: join(folder, 'nowhere.node'), BLASNET_ENGINE: 'reference' };
    const quiet = await runChild('loading.mjs', { args: ['one'], env });
    expect(resultOf<Report>(quiet)).toMatchObject({ engine: 'reference', reason: 'BLASNET_ENGINE asks for it' });
    expect(quiet.stderr).toBe('');
  });

  it.skipIf(process.getuid?.() !== 0)('a file that may not be read (as root, who can become nobody)', async () => {
    const path = join(folder, 'unreadable.node');
    copyFileSync(built, path);
    chmodSync(path, 0);
    writeFileSync(`${path}.json`, manifestFor(readFileSync(built)));
    const env = { BLASNET_NATIVE_PATH: path, BLASNET_ENGINE: '' };
    expectFallback(await runChild('loading.mjs', { args: ['one'], env, uid: 65534 }), /EACCES|permission/);
  });

  function expectFallback(ended: Awaited<ReturnType<typeof runChild>>, says: RegExp) {
    const { engine, reason, attempts, thrown } = resultOf<Report>(ended);
    expect(thrown).toBeUndefined();
    expect(engine).toBe('reference');
    expect(reason).toMatch(says);
    expect(attempts.map(({ error }) => error).join()).toMatch(says);
    const notices = ended.stderr.split('\n').filter((line) => line.includes('BLASNET_REFERENCE'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(says);
    expect(notices[0]).toContain('npx blasnet build-native');
  }
});
