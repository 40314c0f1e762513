import { cosineSchedule, elasticDistortion, momentum, rotation, scale } from '../index.js';
import type { Lab } from './lab.js';
import { publishedOutcome, runPublished } from './published.js';
import { digitLayers } from './support.js';

const elastic = [rotation(7.5), scale(0.1), elasticDistortion({ sigma: 4, alpha: 34 })];
const falling = (initial: number) => (steps: number) => momentum({ learningRate: cosineSchedule({ initial, steps }) });

export const lab: Lab = {
  name: 'simard-2003',
  title: 'One hidden layer of 800 units, with elastic distortions',
  lookAt: [
    'Without distortions the error stays at 1.6 %, however long it trains.',
    'With every image bent anew in each epoch the error goes on falling, to less than half.',
  ],
  original:
    'Simard, Steinkraus and Platt 2003: 800 hidden units, cross-entropy: 1.60 % without distortions, 0.70 % with elastic ones',
  async run(context) {
    const units = context.size(800, 256);
    const build = () => context.network({ inputs: 784, layers: digitLayers([units]) });
    const results = await runPublished(
      context,
      [
        { name: 'as they are', build, optimizer: falling(0.1), epochs: context.size(30, 12) },
        {
          name: 'elastic distortions',
          build,
          optimizer: falling(0.1),
          augmentation: elastic,
          epochs: context.epochs(300, 12),
        },
      ],
      context.size(60_000, 4000),
    );
    const [plain, bent] = results.map(({ final }) => final);
    return publishedOutcome(results, {
      title: `Test error of 784-${units}-10`,
      subtitle:
        'Momentum with a cosine; elastic distortions with σ = 4, α = 34, rotations up to 7.5°, scales up to 10 %',
      published: context.quick
        ? []
        : [
            ['published, plain', 0.016],
            ['published, elastic', 0.007],
          ],
      conclusions: [
        { claim: 'elastic distortions lower the error by a quarter or more', holds: bent < 0.75 * plain },
        ...(context.quick ? [] : [{ claim: 'with them the error is at most 0.80 %', holds: bent <= 0.008 }]),
      ],
    });
  },
};
