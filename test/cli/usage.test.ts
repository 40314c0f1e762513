import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narrowKernel, narrowKernelWarning } from '../../lib/cli/blas-kernel.js';
import { layerWidths, number, wholeNumber } from '../../lib/cli/option-values.js';
import { runCli, writeDigits } from '../support/cli.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-usage-'));
  writeDigits(join(folder, 'digits'), 60, 20);
  writeFileSync(join(folder, 'text'), 'no model, no image, no folder');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Arguments, exit code, and what standard error says; `~` stands for the temporary folder. */
const table: readonly [args: string, code: number, message: RegExp][] = [
  ['trian', 2, /unknown command 'trian' \(Did you mean train\?\)/],
  ['--vresion', 2, /unknown option '--vresion' \(Did you mean --version\?\)/],
  ['train --epoch 3', 2, /unknown option '--epoch' \(Did you mean --epochs\?\)/],
  ['train --lr 0.1', 2, /unknown option '--lr' \(Did you mean --learning-rate\?\)/],
  ['train --epochs', 2, /argument missing/],
  ['train --epochs 0', 2, /whole number of at least 1/],
  ['train --epochs -1', 2, /whole number of at least 1/],
  ['train --epochs 1e3', 2, /whole number of at least 1/],
  ['train --seed 9007199254740993', 2, /at most 9007199254740991/],
  ['train --threads 0', 2, /whole number of at least 1/],
  ['train --threads 4000', 2, /from 1 to 1024 for threads, received 4000/],
  ['train --dropout 1', 2, /at least 0 and below 1/],
  ['train --learning-rate 0', 2, /above 0/],
  ['train --learning-rate NaN', 2, /above 0/],
  ['train --layers 10,,10', 2, /widths such as 512,512/],
  ['train --activation rleu', 2, /Allowed choices are identity, relu/],
  ['train --optimizer __proto__', 2, /Allowed choices are sgd/],
  ['train --engine gpu', 2, /Allowed choices are native, reference/],
  ['train synthetic --data ~', 2, /--data says where MNIST is/],
  ['train mnist too many', 2, /too many arguments/],
  ['train ~/digits --batch-size 61', 2, /at most 60 .* for batchSize, received 61/],
  ['train ~/nothing', 3, /a folder with four IDX files, received ".*nothing": there is nothing of that name/],
  ['train ~/text', 3, /that is no folder/],
  ['train ~', 3, /Expected train-images-idx3-ubyte\.gz, .* found none of that name/],
  ['train --data ~', 3, /Expected train-images-idx3-ubyte\.gz/],
  ['train ~/digits --save ~/none/model', 3, /Cannot save to .*: there is no folder/],
  ['train ~/digits --save ~', 3, /Cannot save to .*: it is a folder/],
  [
    'train ~/digits --epochs 9 --batch-size 10 --optimizer sgd --learning-rate 1e30',
    4,
    /The loss was not finite at step/,
  ],
  ['predict', 2, /missing required argument 'model'/],
  ['predict ~/none ~/text', 3, /Cannot read the model .*none/],
  ['predict ~/text ~/text', 3, /text: Not a safetensors file/],
  ['doctor now', 2, /too many arguments/],
];

describe('a wrong command line is one plain line and an exit code', () => {
  it.concurrent.each(table)('%s', async (line, code, message) => {
    const args = line.split(' ').map((arg) => arg.replace('~', folder));
    const result = await runCli(args);
    expect(result.code, result.stderr).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toMatch(/^blasnet: .+\n$/);
    expect(result.stderr.split('\n')).toHaveLength(2);
  });

  it('shows no control characters of its arguments', async () => {
    const { stderr } = await runCli(['train', '/none/\u001b[2J\u0007']);
    expect(stderr.trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  it('shows the stack where BLASNET_DEBUG=1 asks for it', async () => {
    const { stderr } = await runCli(['train', '/none'], { BLASNET_DEBUG: '1' });
    expect(stderr).toMatch(/\n {4}at .*loadFolder/);
  });
});

describe('the environment', () => {
  it('may ask for an engine that there is not', async () => {
    const said = await runCli(['train', 'synthetic'], { BLASNET_ENGINE: 'gpu' });
    expect(said).toMatchObject({ code: 2, stdout: '' });
    expect(said.stderr).toMatch(/Expected one of "native", "reference" for the environment variable BLASNET_ENGINE/);
  });

  it('may ask for a native engine that does not load', async () => {
    const environment = { BLASNET_ENGINE: 'native', BLASNET_NATIVE_PATH: join(folder, 'text') };
    const said = await runCli(['train', 'synthetic'], environment);
    expect(said).toMatchObject({ code: 5, stdout: '' });
    expect(said.stderr).toMatch(/^blasnet: The native engine was asked for and does not load: .*\n$/);
  });

  it('may lack the native engine: said once, in plain words', async () => {
    const environment = { BLASNET_NATIVE_PATH: join(folder, 'none.node') };
    const { code, stderr } = await runCli(['train', join(folder, 'digits'), '--epochs', '1'], environment);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^blasnet: runs on its reference engine, .* npx blasnet build-native.*\n$/);
  });
});

describe('help', () => {
  it('can be read: at most 80 columns, with examples and exit codes', async () => {
    const texts = await Promise.all(
      [['--help'], ['train', '--help'], ['predict', '--help'], ['doctor', '--help']].map((args) => runCli(args)),
    );
    for (const { code, stdout, stderr } of texts) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
    for (const part of ['train', 'predict', 'doctor', 'build-native', 'Examples:', 'Exit codes:', 'BLASNET_DATA']) {
      expect(texts[0].stdout).toContain(part);
    }
    expect(texts[1].stdout).toContain('--learning-rate');
  });

  it('comes, with exit code 2, where no command is given', async () => {
    expect(await runCli([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Commands:') });
  });

  it('knows its version', async () => {
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('values of options', () => {
  it('are taken as written or not at all', () => {
    expect(wholeNumber(0)('12')).toBe(12);
    expect(number({ above: 0 })('1e-5')).toBe(1e-5);
    expect(number({})('-.5')).toBe(-0.5);
    expect(layerWidths('512,256')).toEqual([512, 256]);
    expect(layerWidths('none')).toEqual([]);
    for (const text of ['', ' ', '1 ', '0x10', '1_000', '1.5', 'Infinity', '１'])
      expect(() => wholeNumber(0)(text)).toThrow();
    for (const text of ['', '1e', 'e5', '0x1', '1e999', '--1']) expect(() => number({})(text)).toThrow();
    for (const text of ['', '0', ',', '1.5', '-1', '99999999999', '1,'.repeat(200)]) {
      expect(() => layerWidths(text)).toThrow();
    }
  });
});

describe('a BLAS kernel narrower than the processor', () => {
  const info = (simd: string, blasCore: string) => ({ engine: 'native', simd, blasCore }) as const;

  it.each([
    ['AVX-512', 'Haswell', true],
    ['AVX-512', 'Zen', true],
    ['AVX-512', 'SkylakeX', false],
    ['AVX-512', 'Cooperlake', false],
    ['AVX2', 'Haswell', false],
    ['AVX2', 'Sandybridge', true],
    ['NEON', 'armv8', false],
    ['AVX-512', '', false],
  ])('on %s with %s: %s', (simd, core, narrow) => {
    expect(narrowKernel(info(simd, core), {}) !== undefined).toBe(narrow);
  });

  it('names the variable that forces it', () => {
    const narrow = narrowKernel(info('AVX-512', 'Haswell'), { OPENBLAS_CORETYPE: 'Haswell' })!;
    expect(narrowKernelWarning(narrow)).toMatch(/^OPENBLAS_CORETYPE=Haswell holds .* Unset it$/);
  });
});
