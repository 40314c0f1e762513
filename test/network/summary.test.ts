import { describe, expect, it } from 'vitest';
import { batchNorm, dense, residual } from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';

describe('layers and summary', () => {
  it('count parameters and operations', () => {
    const network = new Network({
      inputs: 6,
      layers: [dense(8), batchNorm(), residual([dense(5)]), dense(3)],
      seed: 1,
    });
    expect(network.layers).toMatchObject([
      { name: 'dense1', type: 'dense', inputs: 6, outputs: 8, parameterCount: 56, flops: 96, trainable: true },
      { name: 'batchNorm1', parameterCount: 32, flops: 0 },
      { name: 'residual1', parameterCount: 45 + 40, flops: 160, layers: [{ name: 'residual1.dense1' }, { flops: 80 }] },
      { name: 'dense2', parameterCount: 18, flops: 30 },
    ]);
    expect(network.layers[0].parameters).toEqual(['dense1.kernel', 'dense1.bias']);
    expect(network.summary().split('\n').at(-1)).toBe(
      '175 trainable parameters, 16 numbers of state; 286 FLOPs per sample; loss softmaxCrossEntropy',
    );
  });
});
