import { heNormal, l2, sgd } from '../index.js';
import { lineGrid } from '../report/index.js';
import type { Lab, LabContext } from './lab.js';
import { digitLayers } from './support.js';

const LAMBDA = 0.01;

const rises = (values: ArrayLike<number>): number => {
  let count = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[i - 1] * (1 + 1e-6)) count++;
  return count;
};

/** Full-batch descent with the penalty, from a net that has already learned the images without one. */
async function descend(context: LabContext, rate: number) {
  const { train } = await context.digitsOf(500);
  const plain = context.network({ inputs: 784, layers: digitLayers([50], { initializer: heNormal() }) });
  await plain.fit(train, { optimizer: sgd({ learningRate: 0.5 }), batchSize: 100, epochs: context.size(60, 30) });
  const layers = digitLayers([50], { initializer: heNormal(), regularizer: l2(LAMBDA), dropout: rate });
  const network = context.network({ inputs: 784, layers });
  const dense = ['dense1', 'dense2'];
  network.copyLayersFrom(plain, dense);
  const { stepLoss, stepDataLoss } = await network.fit(train, {
    optimizer: sgd({ learningRate: 0.1 }),
    batchSize: train.length,
    shuffle: false,
    epochs: context.epochs(150, 80),
    signal: context.signal,
  });
  return { cost: [...stepLoss], data: [...stepDataLoss] };
}

const pointsOf = (values: readonly number[]): [number, number][] => values.map((value, i) => [i + 1, value]);

export const lab: Lab = {
  name: 'cost-decreases',
  title: 'What must fall at every step, and what need not',
  lookAt: [
    'Full-batch descent lowers the whole cost at every step: its line never rises. That is the check for a right gradient.',
    'The data term alone rises here, since the net had learned the images before the penalty came: check the cost, not it.',
    'With dropout every step has another cost, and even a right gradient gives a line that goes up and down: switch it off to check.',
  ],
  original:
    'the courses in words: cost J with its penalty falls monotonically in full-batch descent; turn dropout off to check it',
  async run(context) {
    context.say('without dropout');
    const plain = await descend(context, 0);
    context.say('with dropout');
    const dropped = await descend(context, 0.5);
    const counts = { cost: rises(plain.cost), data: rises(plain.data), dropout: rises(dropped.cost) };
    return {
      figures: [
        lineGrid({
          name: 'cost',
          title: 'Cost and its data term, step by step',
          subtitle: `500 images at once, 784-50-10, SGD 0.1, L2 λ = ${LAMBDA}, from weights learned without the penalty`,
          x: { title: 'step' },
          y: { title: 'cost (nats)', scale: 'log' },
          panels: [
            { title: 'without dropout', run: plain },
            { title: 'with dropout 0.5', run: dropped },
          ].map(({ title, run }) => ({
            title,
            series: [
              { name: 'cost with the penalty', points: pointsOf(run.cost) },
              { name: 'data term alone', points: pointsOf(run.data) },
            ],
          })),
          columns: 2,
          width: 320,
          height: 260,
        }),
      ],
      table: {
        columns: ['', 'steps that rise'],
        rows: [
          ['cost, without dropout', counts.cost],
          ['data term, without dropout', counts.data],
          ['cost, with dropout', counts.dropout],
        ],
      },
      ours: `of ${plain.cost.length} steps the cost rises in ${counts.cost}, the data term in ${counts.data}; with dropout the cost in ${counts.dropout}`,
      conclusions: [
        { claim: 'the cost never rises', holds: counts.cost === 0 },
        { claim: 'the data term alone does', holds: counts.data > 5 },
        { claim: 'with dropout the cost rises, too', holds: counts.dropout > 2 },
      ],
      values: { counts, plain, dropped },
    };
  },
};
