import { describe, expect, it } from 'vitest';
import { batchNorm, dense, dropout, Network } from '../../lib/index.js';
import { engineRows } from '../support/engines.js';
import { blobs } from '../support/networks.js';

const data = blobs(400, 20, 3);
const layers = [dense(64, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(3)];

describe.each(engineRows.filter(({ name }) => !name.includes('64')).map(({ name }) => name))(
  'profile on %s',
  (name) => {
    const engine = name.startsWith('native') ? 'native' : 'reference';
    const make = () =>
      new Network({ inputs: 20, layers, seed: 1, engine, threads: engine === 'native' ? 2 : undefined });

    it('accounts for the time of all threads', async () => {
      const found = await make().profile(data, { batchSize: 50, steps: 40 });
      const shares = found.kernels.reduce((sum, { share }) => sum + share, found.waiting);
      expect(shares).toBeCloseTo(1, 6);
      expect(found.layers.reduce((sum, { share }) => sum + share, found.waiting)).toBeCloseTo(1, 6);
      expect(found.layers.map(({ layer }) => layer).sort()).toEqual(
        ['batchNorm1', 'data', 'dense1', 'dense2', 'dropout1', 'loss'].sort(),
      );
      const busy = found.kernels.reduce((sum, { secondsPerStep }) => sum + secondsPerStep, 0) * found.steps;
      expect(busy).toBeLessThanOrEqual(found.secondsPerStep * found.steps * found.threads * 1.01);
      expect(found.samplesPerSecond).toBeCloseTo(50 / found.secondsPerStep, 3);
      expect(found.summary.length).toBeGreaterThan(20);
    });

    it('counts the operations of the products', async () => {
      const { gflops, secondsPerStep, kernels } = await make().profile(data, { batchSize: 50, steps: 20 });
      const perStep = 2 * 50 * (3 * (20 * 64 + 64 * 3) - 20 * 64);
      expect(gflops * secondsPerStep * 1e9).toBeCloseTo(perStep, 0);
      const products = kernels.filter((row) => row.gflops !== undefined);
      expect(products).toHaveLength(5);
      for (const row of products) expect(row.kernel).toMatch(/^dense/);
    });

    it('leaves the network as it was', async () => {
      const [network, other] = [make(), make()];
      await network.profile(data, { steps: 5 });
      expect(network.step).toBe(0);
      for (const parameter of network.parameterNames) {
        expect(network.readParameter(parameter)).toEqual(other.readParameter(parameter));
      }
    });
  },
);

it.each([
  [{ steps: 0 }, 'ERR_OPTION_RANGE'],
  [{ batchSize: 401 }, 'ERR_OPTION_RANGE'],
  [{ step: 5 }, 'ERR_OPTION_UNKNOWN'],
])('refuses %j', async (options, code) => {
  const network = new Network({ inputs: 20, layers, seed: 1 });
  await expect(network.profile(data, options as never)).rejects.toMatchObject({ code });
});
