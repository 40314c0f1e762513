import { describe, expect, it } from 'vitest';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  inputNormalization,
  l2,
  Network,
  sgd,
  type Dataset,
  type NetworkOptions,
} from '../../lib/index.js';
import { expectClose, expectSameBits, tolerances } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';
import { engineInfo } from '../../lib/index.js';
import { makeRow, optimizerRows, titleOf } from '../optimizers/table.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);
const data = blobs(40, 5, 3);
const layers = [dense(8, { bias: false, regularizer: l2(0.01) }), batchNorm(), activation('tanh'), dense(3)];

const weights = (network: Network) => network.parameterNames.map((name) => network.readParameter(name));

/** Gradient of the mean cross-entropy by the logits. */
function crossEntropyGradient(logits: Float32Array, { labels, length }: Dataset): Float32Array {
  const classes = logits.length / length;
  const gradient = new Float32Array(logits.length);
  for (let row = 0; row < length; row++) {
    const powers = Array.from(logits.subarray(row * classes, (row + 1) * classes), Math.exp);
    const sum = powers.reduce((a, b) => a + b);
    powers.forEach((power, j) => {
      gradient[row * classes + j] = (power / sum - (labels![row] === j ? 1 : 0)) / length;
    });
  }
  return gradient;
}

describe.each(engines)('a loop of one’s own on the %s engine', (engine) => {
  const make = (options: Partial<NetworkOptions> = {}) =>
    new Network({ inputs: 5, layers, seed: 3, engine, ...options });

  it.each(optimizerRows.map((row) => [titleOf(row), row] as const))('does what fit does, with %s', async (_, row) => {
    const [fitted, looped] = [make(), make()];
    await fitted.fit(data, {
      epochs: 6,
      batchSize: 40,
      shuffle: false,
      optimizer: makeRow(row, { learningRate: 0.05 }),
    });
    const loop = looped.loop({ optimizer: makeRow(row, { learningRate: 0.05 }) });
    for (let i = 0; i < 6; i++) {
      await loop.backward(crossEntropyGradient(await loop.forward(data), data));
      await loop.step();
    }
    expect(looped.step).toBe(6);
    weights(looped).forEach((values, i) => {
      // Ratios of tiny moments magnify rounding.
      expectClose(
        values,
        weights(fitted)[i],
        { rtol: 2e-3, atol: 2e-4 },
        `${titleOf(row)} ${looped.parameterNames[i]}`,
      );
    });
  });

  it('gives the gradient by the inputs, as finite differences find it', async () => {
    const network = make({ layers: [inputNormalization(), dense(7, { activation: 'tanh' }), dense(2)] });
    await network.adaptInputs(blobs(40, 5, 3, 9));
    const loop = network.loop({ optimizer: 'sgd' });
    const row = Float32Array.of(0.3, -1, 0.5, 2, -0.7);
    const weigh = Float32Array.of(1, -2);
    await loop.forward(row);
    const found = await loop.backward(weigh);
    const cost = (values: Float32Array) => {
      const output = network.predictSync(values, { raw: true });
      return output[0] * weigh[0] + output[1] * weigh[1];
    };
    const wanted = Array.from(row, (_, i) => {
      const [up, down] = [row.slice(), row.slice()];
      up[i] += 0.01;
      down[i] -= 0.01;
      return (cost(up) - cost(down)) / (up[i] - down[i]);
    });
    expectClose(Array.from(found), wanted, { rtol: 1e-2, atol: 1e-3 });
  });

  it('adds up the gradients of several passes, and forgets what it is told to', async () => {
    const half = [data.slice(0, 20), data.slice(20)];
    const plain = [dense(6, { activation: 'tanh' }), dense(3)];
    const [whole, parts] = [make({ layers: plain }), make({ layers: plain })];
    const options = { optimizer: sgd({ learningRate: 0.5 }) };
    const [one, two] = [whole.loop(options), parts.loop(options)];
    await one.backward(crossEntropyGradient(await one.forward(data), data));
    await one.step();
    await two.forward(data);
    await two.backward(new Float32Array(40 * 3).fill(7));
    two.discardGradients();
    for (const part of half) {
      const gradient = crossEntropyGradient(await two.forward(part), part).map((value) => value / 2);
      const input = await two.backward(gradient);
      expectSameBits(await two.inputGradient(gradient), input);
    }
    await two.step();
    weights(parts).forEach((values, i) => expectClose(values, weights(whole)[i], tolerances.network));
  });

  it('draws the masks of a pass once, and others for the next', async () => {
    const network = make({ layers: [dropout(0.5), dense(5, { initializer: 'ones', bias: false })] });
    const loop = network.loop();
    const row = new Float32Array(5).fill(1);
    const outputs = [];
    for (let i = 0; i < 6; i++) {
      const [kept] = await loop.forward(row);
      const gradient = await loop.backward(new Float32Array(5).fill(1));
      // Where an input was dropped, no gradient comes through.
      expect(gradient.filter((value) => value > 0)).toHaveLength(kept / 2);
      outputs.push(kept);
    }
    expect(new Set(outputs).size).toBeGreaterThan(1);
  });

  it('moves running statistics once a pass', async () => {
    const [network, other] = [make(), make()];
    const loop = network.loop({ optimizer: sgd({ learningRate: 1e-30 }) });
    await loop.backward(crossEntropyGradient(await loop.forward(data), data));
    await loop.step();
    await other.fit(data, { epochs: 1, batchSize: 40, shuffle: false, optimizer: sgd({ learningRate: 1e-30 }) });
    const name = 'batchNorm1.runningMean';
    expectClose(network.readParameter(name), other.readParameter(name), tolerances.float32);
  });

  it('states penalty, rate and norm of a step, and leaves frozen layers alone', async () => {
    const network = make();
    network.freeze('dense1');
    const before = network.readParameter('dense1.kernel');
    const loop = network.loop({ optimizer: sgd({ learningRate: 0.25, clipNorm: 1e-3 }) });
    await loop.forward(data);
    const gradient = await loop.backward(new Float32Array(120).fill(0.1));
    expect(gradient.some((value) => value !== 0)).toBe(true);
    const step = await loop.step();
    expect(step).toMatchObject({ learningRate: 0.25, penalty: 0 });
    expect(step.gradientNorm).toBeGreaterThan(0);
    expectSameBits(network.readParameter('dense1.kernel'), before);
    network.unfreeze();
    await loop.forward(data);
    await loop.backward(new Float32Array(120).fill(0.1));
    expect((await loop.step()).penalty).toBeGreaterThan(0);
  });

  it('refuses what comes in the wrong order or shape', async () => {
    const network = make();
    const loop = network.loop();
    expect((await rejectionOf(loop.backward(new Float32Array(3)))).code).toBe('ERR_STATE');
    expect((await rejectionOf(loop.step())).code).toBe('ERR_STATE');
    expect((await rejectionOf(loop.forward(new Float32Array(10).subarray(0, 5)))).message).toContain('batchNorm1');
    await loop.forward(data);
    expect((await rejectionOf(loop.backward(new Float32Array(3)))).code).toBe('ERR_SHAPE');
    expect((await rejectionOf(loop.backward([1, 2] as never))).code).toBe('ERR_OPTION_TYPE');
    expect((await rejectionOf(loop.backward(new Float32Array(120).fill(NaN)))).code).toBe('ERR_DATA_NON_FINITE');
    await loop.backward(new Float32Array(120));
    await network.fit(data, { epochs: 1 });
    expect((await rejectionOf(loop.step())).code).toBe('ERR_STATE');
    expect((await rejectionOf(loop.backward(new Float32Array(120)))).code).toBe('ERR_STATE');
    expect((await rejectionOf(loop.forward(blobs(4, 3, 2)))).code).toBe('ERR_SHAPE');
    expect(thrownBy(() => network.loop({ rate: 1 } as never)).message).toContain('learningRate');
    loop.dispose();
    await loop.forward(data);
    await loop.backward(new Float32Array(120));
    await loop.step();
  });
});
