import type { Lab } from './lab.js';
import {
  accuracyPanels,
  accuracyTable,
  accuracyValues,
  baseline,
  inWords,
  runVariants,
} from './overfitting-setting.js';

export const lab: Lab = {
  name: 'overfitting',
  title: 'Overfitting on purpose',
  lookAt: [
    'Seven layers learn 300 images by heart: the training accuracy reaches 100 %.',
    'On images it has not seen the net stays far below; the gap between the lines is the overfitting.',
  ],
  original:
    'first 300 training images, 784-100×6-10 ReLU, He, SGD 0.01, batch 100, 201 epochs: train accuracy 1.000, test 0.756 to 0.759',
  async run(context) {
    const results = await runVariants(context, [{ ...baseline, name: 'accuracy' }]);
    const [run] = results;
    return {
      figures: [accuracyPanels('Learning 300 images by heart', results)],
      table: accuracyTable(results),
      ours: inWords(run),
      conclusions: [
        { claim: 'the training images are learned completely', holds: run.finalTrain >= 0.995 },
        { claim: 'the test accuracy is at least 15 points lower', holds: run.finalTrain - run.finalTest >= 0.15 },
      ],
      values: accuracyValues(results),
    };
  },
};
