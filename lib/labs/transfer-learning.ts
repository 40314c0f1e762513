import { adam, dataset, dense, type Dataset, type Network } from '../index.js';
import { lines, type Series } from '../report/index.js';
import type { Lab, LabContext } from './lab.js';
import { percent } from './support.js';

/** The images of some digits, with labels counted from the first of them; `perClass` of each, or all. */
export function onlyDigits(data: Dataset, first: number, last: number, perClass = Infinity): Dataset {
  const counts = new Map<number, number>();
  const chosen: number[] = [];
  data.labels!.forEach((label, i) => {
    const count = counts.get(label) ?? 0;
    if (label < first || label > last || count >= perClass) return;
    counts.set(label, count + 1);
    chosen.push(i);
  });
  const { features, labels, imageShape } = data.select(chosen);
  return dataset({
    features,
    labels: labels!.map((label) => label - first),
    classes: last - first + 1,
    width: 784,
    imageShape,
  });
}

const body = () => [dense(200, { activation: 'relu' }), dense(100, { activation: 'relu' })];

interface Way {
  readonly name: string;
  run(source: Network, few: Dataset): Promise<Network>;
}

function ways(context: LabContext): Way[] {
  const epochs = context.epochs(60, 40);
  const options = (rate: number, few: Dataset, share = 1) => ({
    optimizer: adam({ learningRate: rate }),
    batchSize: Math.min(25, few.length),
    epochs: Math.ceil(epochs * share),
  });
  return [
    {
      name: 'from scratch',
      async run(_, few) {
        const network = context.network({ inputs: 784, layers: [...body(), dense(5)] });
        await network.fit(few, options(0.001, few));
        return network;
      },
    },
    {
      name: 'frozen, new last layer',
      async run(source, few) {
        const network = source.replaceHead([dense(5)], { seed: context.seed + 1 });
        network.freeze('dense1', 'dense2');
        await network.fit(few, options(0.003, few));
        return network;
      },
    },
    {
      name: 'unfrozen step by step',
      async run(source, few) {
        const network = source.replaceHead([dense(5)], { seed: context.seed + 1 });
        network.freeze('dense1', 'dense2');
        await network.fit(few, options(0.003, few, 1 / 3));
        network.unfreeze('dense2');
        await network.fit(few, options(0.001, few, 1 / 3));
        network.unfreeze('dense1');
        await network.fit(few, options(0.0005, few, 1 / 3));
        return network;
      },
    },
  ];
}

export const lab: Lab = {
  name: 'transfer-learning',
  title: 'What was learned on 0 to 4 helps with 5 to 9',
  lookAt: [
    'Layers that learned 0 to 4 and stay frozen are not enough for 5 to 9: that line is the lowest.',
    'Unfrozen step by step they are a better start than random weights, from a handful of labels on; the advantage shrinks as labels grow.',
  ],
  original:
    'Yosinski et al. 2014: lower features transfer; with few labels frozen ones, with more labels fine-tuned ones do best',
  async run(context) {
    const { train, test } = await context.digits();
    const known = onlyDigits(train, 0, 4, context.size(Infinity, 1500));
    const tested = onlyDigits(test, 5, 9);
    context.say('learning 0 to 4');
    const source = context.network({ inputs: 784, layers: [...body(), dense(5)] });
    await source.fit(known, { optimizer: adam(), epochs: context.size(6, 5), signal: context.signal });
    const sizes = [2, 5, 10, 20, 50, 100];
    const results: Series[] = [];
    for (const way of ways(context)) {
      const points: [number, number][] = [];
      for (const perClass of sizes) {
        context.say(`${way.name}, ${perClass} of each digit`);
        const network = await way.run(source, onlyDigits(train, 5, 9, perClass));
        points.push([perClass, (await network.evaluate(tested)).accuracy ?? NaN]);
      }
      results.push({ name: way.name, points });
    }
    const at = (way: number, perClass: number) => results[way].points.find(([size]) => size === perClass)![1];
    return {
      figures: [
        lines({
          name: 'accuracy',
          title: 'Accuracy on the digits 5 to 9 by number of labels',
          subtitle: '784-200-100-5, learned on the digits 0 to 4 before, or not',
          x: { title: 'labelled images of each new digit', scale: 'log' },
          y: { title: 'test accuracy', format: '%' },
          series: results,
        }),
      ],
      table: {
        columns: ['labelled images of each digit', ...results.map(({ name }) => name)],
        rows: sizes.map((size) => [String(size), ...results.map((_, way) => percent(at(way, size)))]),
      },
      ours: [5, 100]
        .map(
          (size) =>
            `${size} of each: ${results.map(({ name }, way) => `${name} ${percent(at(way, size))}`).join(', ')}`,
        )
        .join('; '),
      conclusions: [
        {
          claim: 'with 10 and 20 of each digit, unfreezing step by step beats starting from scratch',
          holds: at(2, 10) > at(0, 10) && at(2, 20) > at(0, 20),
        },
        { claim: 'with 100 of each, unfreezing step by step beats frozen layers', holds: at(2, 100) > at(1, 100) },
      ],
      values: { runs: results },
    };
  },
};
