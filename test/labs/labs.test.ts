import { describe, expect, it } from 'vitest';
import { engineInfo, mnist, syntheticDigits } from '../../lib/index.js';
import { catalogue, labNames, runLab } from '../../lib/labs/index.js';
import { mnistFolder, mnistUsed } from '../support/mnist.js';

const folder = mnistFolder();
const load = () => (folder === undefined ? Promise.resolve(syntheticDigits()) : mnist({ directory: folder }));
/** Labs whose numbers need no digits: their conclusions hold on any data and engine. */
const withoutDigits = ['optimizer-paths', 'activations-by-initialization', 'input-normalization'];
const skip = (name: string) =>
  !withoutDigits.includes(name) && (folder === undefined || engineInfo().engine !== 'native');

// Synthetic digits are too easy for some conclusions, and the reference engine too slow for most: they are skipped there.
describe(`the quick size of each lab bears out what the lab claims (${mnistUsed})`, () => {
  it.each(labNames.filter((name) => !skip(name)))('%s', { timeout: 240_000 }, async (name) => {
    const { outcome } = await runLab(name, { seed: 0, quick: true, load });
    expect(outcome.conclusions.length).toBeGreaterThan(0);
    expect(outcome.conclusions.filter(({ holds }) => !holds)).toEqual([]);
    expect(outcome.ours).not.toMatch(/NaN|undefined/);
    expect(outcome.figures.length).toBeGreaterThan(0);
  });
});

describe('the catalogue', () => {
  it.each(labNames)('%s has its name, what to look at and its original', async (name) => {
    const { lab } = await catalogue[name].load();
    expect(lab.name).toBe(name);
    expect(lab.lookAt.length).toBeGreaterThan(0);
    expect(lab.original.length).toBeGreaterThan(20);
  });
});

it('gives the same numbers for the same seed and others for another', async () => {
  const [first, again, other] = await Promise.all(
    [3, 3, 4].map((seed) => runLab('activations-by-initialization', { seed })),
  );
  expect(again.outcome.values).toEqual(first.outcome.values);
  expect(other.outcome.values).not.toEqual(first.outcome.values);
});
