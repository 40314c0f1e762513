import { describe, expect, it } from 'vitest';
import { dataset } from '../../lib/data/index.js';
import { activation, dense, type LayerDescription } from '../../lib/layers/index.js';
import { binaryCrossEntropy } from '../../lib/losses/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits, tolerances } from '../support/compare.js';

const features = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const data = dataset({ features, targets: features.map(([x, y]) => [x + y > 0.2 ? 1 : 0]) });
const endings: [what: string, layers: () => LayerDescription[]][] = [
  ['dense with a sigmoid', () => [dense(4, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })]],
  ['a sigmoid layer', () => [dense(4, { activation: 'tanh' }), dense(1), activation('sigmoid')]],
];

describe.each(['native', 'reference'] as const)('on the %s engine', (engine) => {
  const make = (layers: LayerDescription[]) =>
    new Network({ inputs: 2, layers, loss: binaryCrossEntropy(), seed: 3, engine });

  it.each(endings)('%s trains from its logits: the same bits as without it', async (_what, layers) => {
    const plain = make([dense(4, { activation: 'tanh' }), dense(1)]);
    const ending = make(layers());
    const options = { epochs: 3, batchSize: 16 };
    const [one, two] = [await plain.fit(data, options), await ending.fit(data, options)];
    expect(Array.from(two.stepLoss)).toEqual(Array.from(one.stepLoss));
    expectSameBits(ending.readParameter('dense2.kernel'), plain.readParameter('dense2.kernel'));
    expectSameBits(await ending.predict(data), await plain.predict(data), 'probabilities');
    const logits = await ending.predict(data, { raw: true });
    const probabilities = Array.from(logits, (z) => 1 / (1 + Math.exp(-z)));
    expectClose(await ending.predict(data), probabilities, tolerances.float32, 'sigmoid, once');
    expect(await ending.classify(data)).toEqual(Uint32Array.from(logits, (z) => (z >= 0 ? 1 : 0)));
  });

  it.each(endings)('%s still learns where a sigmoid would be saturated', async (_what, layers) => {
    const network = make(layers());
    // A logit of 40 for what should be no: 1 - sigmoid is 0 in float32, so its logarithm would have no gradient.
    network.writeParameter('dense2.bias', [40]);
    const { epochs } = await network.fit(data, { epochs: 1, batchSize: 60, optimizer: 'sgd', learningRate: 1 });
    expect(epochs[0].loss).toBeGreaterThan(10);
    expect(network.readParameter('dense2.bias')[0]).toBeLessThan(39.9);
  });
});

it('with another loss the sigmoid is an ordinary activation', async () => {
  const network = new Network({ inputs: 2, layers: endings[0][1](), loss: 'meanSquaredError', seed: 3 });
  const outputs = await network.predict(data, { raw: true });
  expect(outputs.every((p) => p > 0 && p < 1)).toBe(true);
});

it('what is said of the network stays what was said', () => {
  const network = new Network({ inputs: 2, layers: endings[0][1](), loss: binaryCrossEntropy() });
  expect(network.architecture.config.layers[1]).toMatchObject({ activation: { name: 'sigmoid' } });
});
