import { normal, sgd } from '../index.js';
import { lines } from '../report/index.js';
import type { Lab } from './lab.js';
import { digitLayers, fitOrDiverge, logSteps, short } from './support.js';

const depths = [3, 5];
const LEARNED = 0.5;

export const lab: Lab = {
  name: 'depth-and-initialization',
  title: 'Deeper nets forgive less',
  lookAt: [
    'Each point is a net trained for 20 epochs from weights of another scale.',
    'Three hidden layers learn over a wide range of scales, five only near the right one.',
  ],
  original: 'the courses’ weight scales on a shallow and a deep net: the deeper, the narrower the range that trains',
  async run(context) {
    const { train } = await context.digitsOf(1000);
    const scales = logSteps(0, -3, context.size(19, 13));
    const accuracies = new Map<number, [number, number][]>();
    for (const depth of depths) {
      const points: [number, number][] = [];
      for (const scale of scales) {
        context.say(`${depth} layers, standard deviation ${short(scale)}`);
        const initializer = normal({ standardDeviation: scale });
        const network = context.network({ inputs: 784, layers: digitLayers(Array(depth).fill(100), { initializer }) });
        const history = await fitOrDiverge(network, train, {
          optimizer: sgd({ learningRate: 0.01 }),
          batchSize: 100,
          epochs: context.epochs(20, 20),
        });
        points.push([scale, history === undefined ? 0.1 : ((await network.evaluate(train)).accuracy ?? NaN)]);
      }
      accuracies.set(depth, points);
    }
    const widthOf = (depth: number) => accuracies.get(depth)!.filter(([, accuracy]) => accuracy > LEARNED).length;
    return {
      figures: [
        lines({
          name: 'sensitivity',
          title: 'How exactly the first weights must be chosen',
          subtitle: '1000 images, 20 epochs of SGD 0.01, hidden layers of 100 ReLU units',
          x: { title: 'standard deviation of the first weights', scale: 'log' },
          y: { title: 'training accuracy', domain: [0, 1], format: '%' },
          series: depths.map((depth) => ({ name: `${depth} hidden layers`, points: accuracies.get(depth)! })),
        }),
      ],
      table: {
        columns: ['standard deviation', ...depths.map((depth) => `${depth} hidden layers`)],
        rows: scales.map((scale, i) => [
          short(scale),
          ...depths.map((depth) => accuracies.get(depth)![i][1].toFixed(2)),
        ]),
      },
      ours: `of ${scales.length} scales, ${widthOf(3)} train three hidden layers above 50 %, ${widthOf(5)} train five`,
      conclusions: [
        { claim: 'three layers train at some scale', holds: widthOf(3) >= 2 },
        { claim: 'five layers at fewer scales than three', holds: widthOf(5) < widthOf(3) && widthOf(5) >= 1 },
      ],
      values: { accuracies: Object.fromEntries(accuracies) },
    };
  },
};
