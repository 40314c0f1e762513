import { describe, expect, it } from 'vitest';
import { activation, dense, softmax } from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { blobs } from '../support/networks.js';

const data = blobs(120, 5, 3);
const body = () => [dense(6, { activation: 'tanh' }), dense(3)];
const options = { epochs: 2, batchSize: 32, seed: 4 };

describe.each(['native', 'reference'] as const)('a network that ends in softmax, on the %s engine', (engine) => {
  it('trains from its logits: the same bits as without it', async () => {
    const plain = new Network({ inputs: 5, layers: body(), seed: 1, engine });
    const ending = new Network({ inputs: 5, layers: [...body(), softmax()], seed: 1, engine });
    const [one, two] = [await plain.fit(data, options), await ending.fit(data, options)];
    expect(Array.from(two.stepLoss)).toEqual(Array.from(one.stepLoss));
    expectSameBits(ending.readParameter('dense2.kernel'), plain.readParameter('dense2.kernel'));
    expect(await ending.evaluate(data)).toEqual(await plain.evaluate(data));
    expectSameBits(await ending.predict(data), await plain.predict(data), 'probabilities');
    expectSameBits(await ending.predict(data, { raw: true }), await plain.predict(data, { raw: true }), 'logits');
    const sums = Array.from({ length: 4 }, (_, i) => i * 3);
    const probabilities = await ending.predict(data);
    expectClose(
      sums.map((i) => probabilities[i] + probabilities[i + 1] + probabilities[i + 2]),
      [1, 1, 1, 1],
      { rtol: 1e-6, atol: 0 },
    );
  });

  it('is an ordinary layer for another loss, and in the middle', async () => {
    const network = new Network({
      inputs: 5,
      layers: [...body(), softmax()],
      loss: 'meanSquaredError',
      seed: 1,
      engine,
    });
    const output = await network.predict(data);
    expectClose([output[0] + output[1] + output[2]], [1], { rtol: 1e-6, atol: 0 });
    const middle = new Network({ inputs: 5, layers: [...body(), softmax(), activation('identity')], seed: 1, engine });
    await middle.fit(data, options);
    const raw = await middle.predict(data, { raw: true });
    expectClose([raw[0] + raw[1] + raw[2]], [1], { rtol: 1e-6, atol: 0 });
  });

  it('may consist of softmax alone', async () => {
    const network = new Network({ inputs: 3, layers: [softmax()], engine });
    const probabilities = await network.predict([[0, 0, 0]]);
    expectClose(probabilities, [1 / 3, 1 / 3, 1 / 3], { rtol: 1e-6, atol: 0 });
  });
});
