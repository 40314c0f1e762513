import { heNormal, sgd, type LayerDescription, type LossLike, type Network, type Optimizer } from '../index.js';
import { lineGrid, lines, type Chart } from '../report/index.js';
import type { LabContext } from './lab.js';
import { digitLayers, percent, trainAndWatch, type HiddenOptions, type Watched } from './support.js';

/** One way to train in the setting of the overfitting labs. */
export interface Variant {
  readonly name: string;
  readonly hidden?: HiddenOptions;
  /** All layers, instead of those that `hidden` describes. */
  readonly layers?: readonly LayerDescription[];
  readonly loss?: LossLike;
  readonly optimizer?: Optimizer;
  readonly epochs?: number;
}

export interface VariantResult extends Watched {
  readonly name: string;
  readonly network: Network;
}

export const baseline: Variant = { name: 'nothing against it' };
const settingText = '300 training images, 784-100×6-10, ReLU, He, SGD 0.01, batch 100';

/** The courses' overfitting: 300 images, a net of seven layers, 201 epochs; the baseline and what is done against it. */
export async function runVariants(context: LabContext, variants: readonly Variant[]): Promise<VariantResult[]> {
  const data = await context.digitsOf(300, 10_000);
  const results: VariantResult[] = [];
  for (const { name, hidden, layers, loss, optimizer = sgd({ learningRate: 0.01 }), epochs } of variants) {
    context.say(name);
    const described = layers ?? digitLayers(Array(6).fill(100), { initializer: heNormal(), ...hidden });
    const network = context.network({ inputs: 784, layers: described, loss });
    const watched = await trainAndWatch(context, network, data, {
      optimizer,
      batchSize: 100,
      epochs: epochs ?? context.epochs(201, 201),
    });
    results.push({ name, network, ...watched });
  }
  return results;
}

/** A panel for each variant: accuracy on the images trained on and on others. */
export function accuracyPanels(
  title: string,
  results: readonly VariantResult[],
  subtitle: string = settingText,
): Chart {
  const common = {
    name: 'accuracy',
    title,
    subtitle,
    x: { title: 'epoch' },
    y: { title: 'accuracy', domain: [0, 1] as const, format: '%' },
  };
  const panels = results.map(({ name, train, test }) => ({
    title: name,
    series: [
      { name: '300 training images', points: train },
      { name: 'test images', points: test },
    ],
  }));
  if (panels.length === 1) return lines({ ...common, series: panels[0].series, points: false });
  const [width, columns] = panels.length === 2 ? [320, 2] : [230, 3];
  return lineGrid({ ...common, panels, columns, width, height: 200 });
}

export function accuracyTable(results: readonly VariantResult[]) {
  return {
    columns: ['', 'train accuracy', 'test accuracy', 'gap'],
    rows: results.map(({ name, finalTrain, finalTest }) => [
      name,
      percent(finalTrain),
      percent(finalTest),
      percent(finalTrain - finalTest),
    ]),
  };
}

export function accuracyValues(results: readonly VariantResult[]) {
  return { runs: results.map(({ network: _, ...numbers }) => numbers) };
}

export const gapOf = ({ finalTrain, finalTest }: VariantResult): number => finalTrain - finalTest;

export const inWords = ({ name, finalTrain, finalTest }: VariantResult): string =>
  `${name}: train ${finalTrain.toFixed(3)}, test ${finalTest.toFixed(3)}`;
