import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toDigit } from '../../lib/cli/image.js';
import { decodePng } from '../../lib/data/png.js';
import { dense, meanSquaredError, Network, syntheticDigits, type Dataset } from '../../lib/index.js';
import { runCli, writeDigits } from '../support/cli.js';

let folder: string;
let model: string;
let test: Dataset;
const file = (name: string) => join(folder, name);
const digit = (index: number) => test.features.subarray(index * 784, (index + 1) * 784) as Uint8Array;

/** The digit `factor` times as large, dark on yellow paper, off the middle. */
function photograph(values: Uint8Array, factor: number): Uint8Array {
  const [width, height] = [28 * factor + 90, 28 * factor + 40];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [Math.floor((x - 80) / factor), Math.floor((y - 10) / factor)];
      const inside = column >= 0 && column < 28 && row >= 0 && row < 28;
      const ink = inside ? values[row * 28 + column] / 255 : 0;
      data.set([255 - 225 * ink, 240 - 200 * ink, 190 - 60 * ink], 3 * (y * width + x));
    }
  }
  return encode({ width, height, channels: 3, data });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-predict-'));
  model = file('model.safetensors');
  const digits = writeDigits(file('digits'), 4000, 100);
  test = syntheticDigits({ train: 1, test: 100, seed: 5 }).test;
  const { code } = await runCli([
    'train',
    digits,
    '--layers',
    '100',
    '--epochs',
    '8',
    '--batch-size',
    '64',
    '--seed',
    '1',
    '--save',
    model,
  ]);
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

it("recognizes digits of MNIST's own size, and photographs of them (60 synthetic digits)", async () => {
  const network = await Network.load(model);
  const right = async (image: (index: number) => Uint8Array) => {
    const seen = Array.from({ length: 60 }, (_, index) => Array.from(toDigit(decodePng(image(index))).values));
    const predicted = await network.classify(Uint8Array.from(seen.flat()));
    return predicted.filter((label, index) => label === test.labels![index]).length;
  };
  const small = await right((index) => encode({ width: 28, height: 28, channels: 1, data: digit(index) }));
  const large = await right((index) => photograph(digit(index), 7));
  expect(small).toBeGreaterThanOrEqual(50);
  expect(large).toBeGreaterThanOrEqual(small - 6);
});

it('draws what the network sees, and a bar for each class', async () => {
  writeFileSync(file('digit.png'), photograph(digit(0), 9));
  const { code, stdout, stderr } = await runCli(['predict', model, file('digit.png')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\n/);
  expect(stdout).toContain('@');
  expect(stdout).toContain('as the network sees it');
  for (let label = 0; label < 10; label++) expect(stdout).toMatch(new RegExp(` ${label} [█▏▎▍▌▋▊▉ ]+ +[\\d.]+ %`));
  expect(stdout).toMatch(/Prediction: \d, [\d.]+ % sure/);
});

it('prints JSON', async () => {
  writeFileSync(file('digit.png'), photograph(digit(0), 9));
  const { code, stdout } = await runCli(['predict', model, file('digit.png'), '--json']);
  const result = JSON.parse(stdout) as { prediction: number; probability: number; probabilities: number[] };
  expect(code).toBe(0);
  expect(result).toMatchObject({ image: { width: 342, height: 292, inverted: true, fitted: true } });
  expect(result.probabilities).toHaveLength(10);
  expect(result.probabilities[result.prediction]).toBe(result.probability);
  expect(result.probabilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
});

it('takes images of as many pixels as another model has inputs, and no others', async () => {
  const small = new Network({ inputs: 6, layers: [dense(2)], loss: meanSquaredError(), seed: 1 });
  await small.save(file('small.safetensors'));
  writeFileSync(file('six.png'), encode({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(255) }));
  const fits = await runCli(['predict', file('small.safetensors'), file('six.png'), '--json']);
  expect(JSON.parse(fits.stdout)).toMatchObject({ outputs: [expect.any(Number), expect.any(Number)] });
  writeFileSync(file('digit.png'), photograph(digit(0), 2));
  const other = await runCli(['predict', file('small.safetensors'), file('digit.png')]);
  expect(other).toMatchObject({ code: 3, stdout: '' });
  expect(other.stderr).toMatch(
    /^blasnet: Expected an image of 6 pixels \(the model's inputs\), received 146 x 96; .*\n$/,
  );
});

it('says plainly what is wrong with an image', async () => {
  writeFileSync(
    file('empty.png'),
    encode({ width: 40, height: 40, channels: 1, data: new Uint8Array(1600).fill(200) }),
  );
  expect((await runCli(['predict', model, file('empty.png')])).stderr).toMatch(/found nothing that stands out/);
  expect((await runCli(['predict', model, file('none.png')])).stderr).toMatch(/Expected a PNG file at .*, found none/);
  expect((await runCli(['predict', model, model])).stderr).toMatch(/this is no PNG file/);
});
