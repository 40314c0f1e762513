import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Network, syntheticDigits } from '../lib/index.js';
import { root, writeDigits } from './support/cli.js';

const examples = join(root, 'examples');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-examples-'));
  writeDigits(join(folder, 'mnist'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs an example as the comment on its first line says, with a few synthetic digits in place of MNIST. */
async function run(name: string): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, BLASNET_DATA: folder } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(examples, name)], options);
  expect(stderr).toBe('');
  return stdout;
}

/** What each example must print. Speeds and what depends on them are left open. */
const outputs: Record<string, RegExp> = {
  'abort.mjs': /^stopped by TimeoutError after \d+ steps\ntest accuracy [\d.]+ %\nwent on to \d+ steps/,
  'adversarial.mjs': /made: mean (3\.[5-9]|4\.[0-4])\d, deviation 0\.[1-9]\d\n$/,
  'epochs.mjs': /^(epoch \d+: loss [\d.]+, test [\d.]+ %, [\d,]+ samples\/s\n)+90 % reached\n$/,
  'augmentation.mjs':
    /^80 images in augmented\.png\nplain: [\d.]+ % of the training images, [\d.]+ % of the test images\naugmented: [\d.]+ %/,
  'csv.mjs': /^classes cat, horse, mouse; test accuracy (0\.9\d|1\.00)\n\[ 'mouse', 'cat', 'horse' \]\n$/,
  'quick-start.mjs': /600 images from .*mnist\n[^]*669,706 trainable parameters[^]*test accuracy [\d.]+ %\n$/,
  'regression.mjs': /^mean squared error 0\.00[2-9]\d, [^]*f\(0\.8\) = (0\.9|1\.[01])\d, /,
  'save-and-load.mjs': /^before: (\{.*\})\nafter: {2}\1\nloading another file: FormatError, ERR_FORMAT\n$/,
  'shards.mjs':
    /^10000 samples in 3 files, 2048 in memory\nepoch 1: [\d.]+ %\nepoch 2: [\d.]+ %\nepoch 3: [89]\d\.\d %\n$/,
  'xor.mjs': /^0 xor 0 = 0\n0 xor 1 = 1\n1 xor 0 = 1\n1 xor 1 = 0\n$/,
};

it('are all here, and short', () => {
  const names = readdirSync(examples).filter((name) => name.endsWith('.mjs'));
  expect(names.sort()).toEqual([...Object.keys(outputs), 'server.mjs'].sort());
  for (const name of names) {
    const lines = readFileSync(join(examples, name), 'utf8').split('\n');
    expect(lines.length, name).toBeLessThan(60);
    expect(lines[0]).toContain(`Run it with: node examples/${name}`);
  }
});

describe('example', () => {
  it.each(Object.entries(outputs))('%s', async (name, output) => {
    expect(await run(name)).toMatch(output);
  });

  it('quick-start.mjs leaves a model', async () => {
    await run('quick-start.mjs');
    expect((await Network.load(join(folder, 'model.safetensors'))).inputs).toBe(784);
  });

  it('server.mjs answers while it trains and after, and refuses what is no image', async () => {
    const server = spawn(process.execPath, [join(examples, 'server.mjs')], { env: { ...process.env, PORT: '0' } });
    try {
      server.stdout.setEncoding('utf8');
      const said = (form: RegExp) =>
        new Promise<string>((done, fail) => {
          server.on('exit', () => fail(new Error('The server ended')));
          server.stdout.on('data', (text: string) => {
            const found = form.exec(text);
            if (found !== null) done(found[0]);
          });
        });
      const trained = said(/trained: \d+ steps/);
      const url = await said(/http:\S+/);
      const ask = (body: Uint8Array<ArrayBuffer> | string) => fetch(url, { method: 'POST', body });
      expect((await ask(new Uint8Array(784))).status).toBe(200);
      expect((await ask('too short')).status).toBe(400);
      expect((await ask(new Uint8Array(100_000))).status).toBe(400);
      await trained;
      const { test } = syntheticDigits({ train: 1, test: 20 });
      let right = 0;
      for (let index = 0; index < 20; index++) {
        const image = Uint8Array.from(test.features.subarray(index * 784, (index + 1) * 784));
        const { digit } = (await (await ask(image)).json()) as { digit: number };
        if (digit === test.labels![index]) right++;
      }
      expect(right).toBeGreaterThan(14);
    } finally {
      server.kill();
    }
  });
});
