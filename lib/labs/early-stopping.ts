import { earlyStopping, momentum } from '../index.js';
import { lines } from '../report/index.js';
import type { Lab } from './lab.js';
import { digitLayers, percent, short } from './support.js';

const PATIENCE = 5;

export const lab: Lab = {
  name: 'early-stopping',
  title: 'Stopping when others’ digits get no better',
  lookAt: [
    'The training loss falls on and on; the loss on validation images has a lowest point and rises after it.',
    'Early stopping ends a few epochs after that point and gives back the weights that the net had there.',
  ],
  original: 'Prechelt 1998: stop at the validation minimum; Goodfellow et al. 2016, chapter 7.8',
  async run(context) {
    const { train, test } = await context.digitsOf(1300, 10_000);
    const [learned, validation] = [train.slice(0, 1000), train.slice(1000)];
    const epochs = context.epochs(100, 60);
    const build = () => context.network({ inputs: 784, layers: digitLayers([100, 100]) });
    const options = {
      optimizer: momentum({ learningRate: 0.02 }),
      batchSize: 50,
      epochs,
      validation,
      signal: context.signal,
    };
    context.say('to the end');
    const whole = build();
    const full = await whole.fit(learned, options);
    context.say('with early stopping');
    const stopped = build();
    const short_ = await stopped.fit(learned, { ...options, callbacks: [earlyStopping({ patience: PATIENCE })] });
    const losses = full.epochs.map(({ valLoss = NaN }) => valLoss);
    const bestEpoch = losses.indexOf(Math.min(...losses)) + 1;
    const [after, early] = [await whole.evaluate(test), await stopped.evaluate(test)];
    const ended = short_.epochs.length;
    return {
      figures: [
        lines({
          name: 'loss',
          title: 'Loss on training and on validation images',
          subtitle: `1000 training and 300 validation images, 784-100-100-10; lowest at epoch ${bestEpoch}, ended after epoch ${ended}`,
          x: { title: 'epoch' },
          y: { title: 'cross-entropy (nats)', scale: 'log' },
          series: [
            { name: 'training', points: full.epochs.map(({ epoch, loss }) => [epoch, loss]) },
            { name: 'validation', points: full.epochs.map(({ epoch, valLoss = NaN }) => [epoch, valLoss]) },
            {
              name: 'early stopping ends here',
              points: [
                [ended, 0.01],
                [ended, 1],
              ],
              dashed: true,
            },
          ],
          points: false,
        }),
      ],
      table: {
        columns: ['', 'epochs', 'test loss', 'test accuracy'],
        rows: [
          ['to the end', full.epochs.length, short(after.loss), percent(after.accuracy ?? NaN)],
          ['early stopping', ended, short(early.loss), percent(early.accuracy ?? NaN)],
        ],
      },
      ours: `validation loss lowest at epoch ${bestEpoch}; ended after ${ended} of ${epochs} epochs; test loss ${short(early.loss)} against ${short(after.loss)}`,
      conclusions: [
        {
          claim: 'the validation loss rises again: its last value is 10 % above its lowest',
          holds: losses.at(-1)! > 1.1 * Math.min(...losses),
        },
        { claim: 'training ends in less than half the epochs', holds: ended < epochs / 2 },
        { claim: 'the test loss is lower than at the end', holds: early.loss < after.loss },
      ],
      values: { bestEpoch, ended, full: full.epochs, test: { early, after } },
    };
  },
};
