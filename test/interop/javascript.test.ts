import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import { activation, dense, toJavaScript, type LayerDescription, type Network } from '../../lib/index.js';
import { activationRows, firstLayerRows, layerRows } from '../layers/table.js';
import { thrownBy } from '../support/errors.js';
import { largestDifference, randomizedNetwork, randomNumbers } from '../support/randomized.js';

interface Module {
  predict(samples: ArrayLike<number>): Float32Array;
  inputs: number;
  outputs: number;
}

const folder = mkdtempSync(join(tmpdir(), 'blasnet-javascript-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The module in a world that has nothing of Node.js: no require, no Buffer, no process. */
function load(network: Network, raw = false): Module {
  const module = { exports: {} };
  runInNewContext(toJavaScript(network, { module: 'commonjs', raw }), { module, atob });
  return module.exports as Module;
}

async function expectSame(network: Network, raw = false): Promise<void> {
  const samples = randomNumbers(9 * network.inputs, 6, 4);
  const { predict, inputs, outputs } = load(network, raw);
  expect([inputs, outputs]).toEqual([network.inputs, network.outputs]);
  expect(largestDifference(predict(samples), await network.predict(samples, { raw }))).toBeLessThan(1e-5);
}

describe('predicts what the network does', () => {
  const rows = Object.entries(layerRows).flatMap(([type, list]) =>
    list.map(([what, make]) => [`${type} ${what}`, () => [dense(6), ...make()]] as [string, () => LayerDescription[]]),
  );
  const first = firstLayerRows.map(
    ([type, what, make]) => [`${type} ${what}`, make] as [string, () => LayerDescription[]],
  );
  it.each([...rows, ...first])('layer %s', (_, make) =>
    expectSame(randomizedNetwork({ inputs: 5, layers: [...make(), dense(3)], loss: 'meanSquaredError' })),
  );

  it.each(activationRows)('activation %s', (_, kind) =>
    expectSame(
      randomizedNetwork({ inputs: 5, layers: [dense(8, { activation: kind }), activation(kind)], loss: 'huber' }),
    ),
  );

  it.each(['softmaxCrossEntropy', 'binaryCrossEntropy'] as const)(
    'the predictions of %s, and its logits',
    async (loss) => {
      const network = randomizedNetwork({ inputs: 4, layers: [dense(5, { activation: 'relu' }), dense(3)], loss });
      await expectSame(network);
      await expectSame(network, true);
    },
  );
});

it('is a module for import and one for require, in a Node.js of its own', () => {
  const network = randomizedNetwork({ inputs: 2, layers: [dense(2)] });
  const wanted = JSON.stringify(Array.from(network.predictSync(Float32Array.of(1, 2))));
  writeFileSync(join(folder, 'model.mjs'), toJavaScript(network));
  const program = `import { predict } from './model.mjs'; console.log(JSON.stringify(Array.from(predict([1, 2]))))`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(largestDifference(JSON.parse(said) as number[], JSON.parse(wanted) as number[])).toBeLessThan(1e-6);
  writeFileSync(join(folder, 'model.cjs'), toJavaScript(network, { module: 'commonjs' }));
  const required = createRequire(import.meta.url)(join(folder, 'model.cjs')) as Module;
  expect(Array.from(required.predict([1, 2]))).toEqual(JSON.parse(said));
});

it('says what it cannot take', () => {
  const network = randomizedNetwork({ inputs: 2, layers: [dense(2)] });
  const { predict } = load(network);
  expect(() => predict([1, 2, 3])).toThrow('Expected a multiple of 2 numbers, received 3');
  expect(() => predict([1, 2, 3, NaN])).toThrow('Expected finite numbers in row 1');
  expect(() => predict([1, '2' as never, [] as never, {} as never])).toThrow('Expected finite numbers in row 1');
  expect(predict([]).length).toBe(0);
  expect(thrownBy(() => toJavaScript(network, { module: 'amd' as never })).message).toContain(
    'Expected one of "esm", "commonjs"',
  );
  expect(thrownBy(() => toJavaScript({} as never)).message).toContain('Expected a Network');
});
