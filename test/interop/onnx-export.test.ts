import { describe, expect, it } from 'vitest';
import {
  activation,
  dense,
  dropout,
  toOnnx,
  Network,
  batchNorm,
  residual,
  softmax,
  inputNormalization,
  layerNorm,
} from '../../lib/index.js';
import type { LayerDescription } from '../../lib/layers/index.js';
import { activationRows, firstLayerRows, layerRows } from '../layers/table.js';
import { openOnnx, runOnnx, runSession } from '../support/onnxruntime.js';
import { largestDifference, randomizedNetwork, randomNumbers } from '../support/randomized.js';
import { thrownBy } from '../support/errors.js';

const INPUTS = 5;

async function expectSame(network: Network, options: { raw?: boolean } = {}): Promise<void> {
  const samples = randomNumbers(17 * network.inputs, 5);
  const wanted = await network.predict(samples, options);
  expect(new Set(wanted).size).toBeGreaterThan(1);
  const actual = await runOnnx(toOnnx(network, options), samples, network.inputs);
  expect(largestDifference(actual, wanted)).toBeLessThan(1e-5);
}

type Case = [what: string, make: () => LayerDescription[]];
const innerCases = Object.entries(layerRows).flatMap(([type, rows]) =>
  rows.map(([what, make]): Case => [`${type} ${what}`, () => [dense(6), ...make()]]),
);
const layerCases = [...innerCases, ...firstLayerRows.map(([type, what, make]): Case => [`${type} ${what}`, make])];

describe('onnxruntime predicts the same', () => {
  it.each(layerCases)('layer %s', async (_, make) => {
    const layers = [...make(), dense(3)];
    await expectSame(randomizedNetwork({ inputs: INPUTS, layers, loss: 'meanSquaredError' }));
  });

  it.each(activationRows)('activation %s', async (_, kind) => {
    const layers = [dense(8, { activation: kind }), dense(8), activation(kind)];
    await expectSame(randomizedNetwork({ inputs: INPUTS, layers, loss: 'meanSquaredError' }));
  });

  it.each(['softmaxCrossEntropy', 'binaryCrossEntropy', 'meanSquaredError'] as const)(
    'the output of %s',
    async (loss) => {
      for (const raw of [false, true]) {
        await expectSame(randomizedNetwork({ inputs: INPUTS, layers: [dense(4)], loss }), { raw });
      }
    },
  );

  it('a whole network that was trained', async () => {
    const layers = [
      inputNormalization(),
      dense(32, { bias: false }),
      batchNorm(),
      activation('gelu'),
      dropout(0.2),
      residual([layerNorm(), dense(32, { activation: 'relu' }), dense(32)]),
      residual([dense(16, { activation: 'mish' })]),
      dense(3),
      softmax(),
    ];
    const network = new Network({ inputs: INPUTS, layers, seed: 4 });
    const features = randomNumbers(300 * INPUTS, 1, 3);
    const labels = Array.from({ length: 300 }, (_, i) =>
      features[i * INPUTS] > 1 ? 2 : features[i * INPUTS + 1] > 0 ? 1 : 0,
    );
    await network.fit({ features, labels }, { epochs: 5, batchSize: 32 });
    await expectSame(network);
    await expectSame(network.fuse());
  });

  it('a network without any layer that computes', async () => {
    await expectSame(randomizedNetwork({ inputs: INPUTS, layers: [dropout(0.5)], loss: 'meanSquaredError' }));
  });
});

it('the batch is free and the names are stated', async () => {
  const network = randomizedNetwork({ inputs: INPUTS, layers: [dense(2)] });
  const session = await openOnnx(toOnnx(network));
  expect(session.inputNames).toEqual(['input']);
  expect(session.outputNames).toEqual(['output']);
  for (const rows of [1, 2, 100]) {
    expect((await runSession(session, randomNumbers(rows * INPUTS, rows), INPUTS)).dims).toEqual([rows, 2]);
  }
});

it('refuses what is no network', () => {
  expect(thrownBy(() => toOnnx({} as Network)).message).toBe(
    'Expected a Network for network of toOnnx, received an object',
  );
  const network = new Network({ inputs: 1, layers: [dense(1)] });
  expect(thrownBy(() => toOnnx(network, { logits: true } as never)).message).toContain(
    'Unknown option logits for toOnnx',
  );
  expect(thrownBy(() => toOnnx(network, { raw: 1 } as never)).message).toBe(
    'Expected true or false for raw, received 1',
  );
});
