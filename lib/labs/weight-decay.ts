import { l2 } from '../index.js';
import type { Lab } from './lab.js';
import {
  accuracyPanels,
  accuracyTable,
  accuracyValues,
  baseline,
  gapOf,
  inWords,
  runVariants,
} from './overfitting-setting.js';

export const lab: Lab = {
  name: 'weight-decay',
  title: 'Weight decay against overfitting',
  lookAt: [
    'With an L2 penalty of λ = 0.1 the training images are no longer learned completely.',
    'The gap to the test images shrinks; the test accuracy itself hardly moves, since 300 images say no more.',
  ],
  original: 'the overfitting net with L2 λ = 0.1, 201 epochs: train accuracy 0.867 to 0.913, test 0.702 to 0.727',
  async run(context) {
    const results = await runVariants(context, [baseline, { name: 'L2, λ = 0.1', hidden: { regularizer: l2(0.1) } }]);
    const [plain, decayed] = results;
    return {
      figures: [accuracyPanels('L2 penalty against learning by heart', results)],
      table: accuracyTable(results),
      ours: inWords(decayed),
      conclusions: [
        { claim: 'the training accuracy stays below 96 %', holds: decayed.finalTrain < 0.96 },
        { claim: 'the gap is smaller than without', holds: gapOf(decayed) < gapOf(plain) - 0.02 },
      ],
      values: accuracyValues(results),
    };
  },
};
