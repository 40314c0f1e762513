import { expect, it } from 'vitest';
import { confusionsOf, largest, mistakesOf } from '../../lib/cli/mistakes.js';

// prettier-ignore
const predictions = Float32Array.of(
  0.9, 0.1, 0,
  0.2, 0.8, 0,
  0.6, 0.4, 0,
  0, 0.3, 0.7,
  0.1, 0.9, 0,
);
const labels = [0, 0, 2, 1, 0];

it('finds what was classified wrongly, most confident first', () => {
  expect(mistakesOf(predictions, labels).map(({ index }) => index)).toEqual([4, 1, 3, 2]);
  expect(mistakesOf(predictions, labels)[0]).toMatchObject({ label: 0, predicted: 1 });
});

it('counts pairs, most frequent first', () => {
  expect(confusionsOf(mistakesOf(predictions, labels))).toEqual([
    { label: 0, predicted: 1, count: 2 },
    { label: 1, predicted: 2, count: 1 },
    { label: 2, predicted: 0, count: 1 },
  ]);
});

it('finds nothing where nothing is wrong', () => {
  expect(mistakesOf(predictions, [0, 1, 0, 2, 1])).toEqual([]);
  expect(confusionsOf([])).toEqual([]);
});

it('takes the first of equal scores', () => {
  expect(largest([1, 2, 2])).toBe(1);
});
