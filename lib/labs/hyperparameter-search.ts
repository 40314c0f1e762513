import { heNormal, l2, logUniformRange, search, sgd, type Trial } from '../index.js';
import { lineGrid, parallelCoordinates, scatter } from '../report/index.js';
import type { Lab, LabContext } from './lab.js';
import { digitLayers, percent, short } from './support.js';

const wide = { learningRate: logUniformRange(1e-6, 1e-2), weightDecay: logUniformRange(1e-8, 1e-4) };
type Values = { readonly learningRate: number; readonly weightDecay: number };

/** One stage: random trials over ranges, each a net trained on 400 images and tested on 100 others. */
async function stage(context: LabContext, name: string, space: typeof wide, trials: number) {
  const { train } = await context.digitsOf(500);
  const [learned, validation] = [train.slice(100), train.slice(0, 100)];
  let done = 0;
  return search(
    space,
    async ({ learningRate, weightDecay }, trial) => {
      const layers = digitLayers([100, 100, 100, 100, 100, 100], {
        initializer: heNormal(),
        regularizer: l2(weightDecay),
      });
      const network = context.network({ inputs: 784, layers });
      const fit = network.fit(learned, {
        optimizer: sgd({ learningRate }),
        batchSize: 100,
        epochs: context.epochs(50, 50),
        validation,
        signal: trial.signal,
      });
      for await (const { epoch, valAccuracy = NaN } of fit) if (epoch % 5 === 0) await trial.report(epoch, valAccuracy);
      return (await network.evaluate(validation)).accuracy ?? NaN;
    },
    {
      trials,
      seed: context.seed,
      direction: 'maximize',
      ...(context.signal !== undefined && { signal: context.signal }),
      onTrial: () => context.say(`${name}, trial ${++done} of ${trials}`),
    },
  );
}

const byValue = (trials: readonly Trial<Values>[]) => [...trials].sort((a, b) => (b.value ?? 0) - (a.value ?? 0));

export const lab: Lab = {
  name: 'hyperparameter-search',
  title: 'Random search, narrowing in two stages',
  lookAt: [
    'Each point is a net with a learning rate and a weight decay drawn at random on logarithmic scales.',
    'Only the learning rate matters here: all that learn lie near its upper end, whatever the weight decay.',
    'The second stage draws around the best of the first and wastes hardly any trial.',
  ],
  original:
    '500 images, 20 % validation, 784-100×6-10, 50 epochs, 100 trials, weight decay 1e-8 to 1e-4, learning rate 1e-6 to 1e-2: ' +
    'best five 0.87, 0.82, 0.82, 0.81, 0.75 with learning rates 0.0088, 0.0096, 0.0097, 0.0078, 0.0051',
  async run(context) {
    const trials = context.size(100, 25);
    const first = await stage(context, 'wide', wide, trials);
    const ranked = byValue(first.trials);
    const top = ranked.slice(0, 5);
    const rates = top.map(({ values }) => values.learningRate);
    const narrow = {
      ...wide,
      learningRate: logUniformRange(Math.max(1e-6, Math.min(...rates) / 2), 2 * Math.max(...rates)),
    };
    const second = await stage(context, 'narrow', narrow, context.size(40, 10));
    const valueOf = ({ value = 0 }: Trial<Values>) => value;
    const all = [...first.trials, ...second.trials];
    const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
    const [before, after] = [median(first.trials.map(valueOf)), median(second.trials.map(valueOf))];
    return {
      figures: [
        scatter({
          name: 'scatter',
          title: 'Validation accuracy by learning rate and weight decay',
          subtitle: 'both stages; 400 training and 100 validation images, 784-100×6-10, 50 epochs',
          x: { title: 'learning rate', scale: 'log' },
          y: { title: 'weight decay (λ)', scale: 'log' },
          color: { title: 'accuracy', format: '%' },
          points: all.map((trial) => ({
            x: trial.values.learningRate,
            y: trial.values.weightDecay,
            color: valueOf(trial),
          })),
        }),
        parallelCoordinates({
          name: 'parallel',
          title: 'All trials across their settings',
          subtitle: 'a line for each trial of both stages, coloured by its accuracy',
          axes: [
            { title: 'weight decay', log: true },
            { title: 'learning rate', log: true },
            { title: 'validation accuracy', format: '%' },
          ],
          trials: all.map((trial) => [trial.values.weightDecay, trial.values.learningRate, valueOf(trial)]),
        }),
        lineGrid({
          name: 'best',
          title: 'The best six of the wide search, epoch by epoch',
          x: { title: 'epoch' },
          y: { title: 'validation accuracy', domain: [0, 1], format: '%' },
          panels: ranked.slice(0, 6).map((trial, i) => ({
            title: `${i + 1}: rate ${short(trial.values.learningRate)}`,
            series: [{ name: 'validation', points: trial.reports }],
          })),
          columns: 3,
          width: 190,
        }),
      ],
      table: {
        columns: ['best of the wide search', 'learning rate', 'weight decay', 'validation accuracy'],
        rows: top.map((trial, i) => [
          String(i + 1),
          short(trial.values.learningRate),
          short(trial.values.weightDecay),
          percent(valueOf(trial)),
        ]),
      },
      ours:
        `best five of ${trials}: ${top.map((trial) => valueOf(trial).toFixed(2)).join(', ')} ` +
        `with learning rates ${rates.map(short).join(', ')}; ` +
        `median accuracy ${percent(before)} wide, ${percent(after)} narrowed`,
      conclusions: [
        {
          claim: 'the best learning rates lie in the upper tenth of the range: above 0.001',
          holds: rates.slice(0, 3).every((rate) => rate > 1e-3),
        },
        { claim: 'the median trial of the narrowed search is better by 20 points', holds: after > before + 0.2 },
        { claim: 'the best trial is right on more than 60 %', holds: Math.max(...all.map(valueOf)) > 0.6 },
      ],
      values: { first: first.trials, second: second.trials },
    };
  },
};
