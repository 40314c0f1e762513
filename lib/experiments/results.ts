import { availableParallelism, cpus, totalmem } from 'node:os';
import { checkInteger, checkOptions } from '../core/checks.js';
import { DataError, OptionError } from '../core/errors.js';
import { toDataset, type Dataset } from '../data/index.js';
import {
  activationStatistics,
  Network,
  type ActivationStatistics,
  type Data,
  type Evaluation,
  type History,
} from '../training/index.js';

export interface GatherResultsOptions {
  /** Of the fit to report. */
  history?: History;
  /** What the network is tested on, with labels. */
  test: Data;
  /** Samples of which the statistics of layers are taken; default: the test samples. */
  train?: Data;
  /** How many of the worst mistakes are kept, 0 to 1000; default 24. */
  mistakes?: number;
  /** Said of the run, such as how it was started; kept as it is. */
  configuration?: Readonly<Record<string, unknown>>;
}

/** A sample that the network got wrong, as an image where it is one. */
export interface Mistake {
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The probability given to the wrong class. */
  readonly confidence: number;
  readonly features: Float32Array;
}

/** What is known of a trained classifier: plain data for {@link report}. */
export interface Results {
  readonly history: History | undefined;
  readonly summary: string;
  readonly parameters: number;
  readonly evaluation: Evaluation;
  /** `[label][predicted]` counts. */
  readonly confusion: readonly (readonly number[])[];
  /** The surest first. */
  readonly mistakes: readonly Mistake[];
  readonly mistakeCount: number;
  readonly testCount: number;
  /** `[rows, columns]` of samples that are images. */
  readonly imageShape: readonly [number, number] | undefined;
  /** What units of the first layer look for: an array of `width` weights each, where samples are images. */
  readonly firstLayer: readonly Float32Array[];
  readonly statistics: readonly ActivationStatistics[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly machine: Readonly<Record<string, string | number>>;
}

const MOST_WEIGHT_IMAGES = 48;

/**
 * Looks at a trained classifier from all sides, for {@link report}: test accuracy, confusions, the worst mistakes, the
 * weights of the first layer, activations and gradients of every layer, and the machine.
 *
 * @param network a classifier, trained with labels
 * @param options see {@link GatherResultsOptions}
 * @throws OptionError, ShapeError, DataError for data that does not fit
 *
 * @example
 * const history = await network.fit(train, { epochs: 5, validation: test });
 * await report(await gatherResults(network, { history, train, test }), { path: 'report.html' });
 */
export async function gatherResults(network: Network, options: GatherResultsOptions): Promise<Results> {
  const known = ['history', 'test', 'train', 'mistakes', 'configuration'] as const;
  const given = checkOptions<GatherResultsOptions>('gatherResults', options, known);
  const test = toDataset(given.test, 'test');
  if (!(network instanceof Network)) throw new OptionError('ERR_OPTION_TYPE', 'Expected a Network for gatherResults');
  if (test.labels === undefined) throw new DataError('ERR_DATA_LABELS', 'Expected labels in test for gatherResults');
  const most = checkInteger('mistakes', given.mistakes ?? 24, { max: 1000 });
  const evaluation = await network.evaluate(test);
  const probabilities = await network.predict(test);
  const { confusion, wrong } = compare(probabilities, test.labels, network.outputs);
  wrong.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  return {
    history: given.history,
    summary: network.summary(),
    parameters: network.parameterCount,
    evaluation,
    confusion,
    mistakes: wrong.slice(0, most).map((mistake) => ({ ...mistake, features: test.sample(mistake.index) })),
    mistakeCount: wrong.length,
    testCount: test.length,
    imageShape: test.imageShape,
    firstLayer: firstLayerOf(network, test),
    statistics: await activationStatistics(network, given.train ?? test),
    configuration: given.configuration ?? {},
    machine: {
      engine: network.engine.name,
      threads: network.engine.threads,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      node: process.version,
    },
  };
}

function compare(probabilities: Float32Array, labels: Int32Array, outputs: number) {
  const classes = Math.max(outputs, 2);
  const confusion = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  const wrong: Omit<Mistake, 'features'>[] = [];
  labels.forEach((label, index) => {
    const row = probabilities.subarray(index * outputs, (index + 1) * outputs);
    const [predicted, confidence] = outputs === 1 ? decide(row[0]) : largest(row);
    confusion[label][predicted]++;
    if (predicted !== label) wrong.push({ index, label, predicted, confidence });
  });
  return { confusion, wrong };
}

const decide = (yes: number): [number, number] => (yes >= 0.5 ? [1, yes] : [0, 1 - yes]);

function largest(row: Float32Array): [number, number] {
  let best = 0;
  for (let j = 1; j < row.length; j++) if (row[j] > row[best]) best = j;
  return [best, row[best]];
}

/** Weights of the first dense layer, unit by unit, where it sees the image itself; the longest ones. */
function firstLayerOf(network: Network, { imageShape, width }: Dataset): Float32Array[] {
  const first = network.layers.find(({ type }) => type === 'dense');
  if (first === undefined || imageShape === undefined || first.inputs !== width) return [];
  const kernel = network.readParameter(`${first.name}.kernel`);
  const units = Array.from({ length: first.outputs }, (_, unit) =>
    Float32Array.from({ length: width }, (__, i) => kernel[i * first.outputs + unit]),
  );
  if (units.length <= MOST_WEIGHT_IMAGES) return units;
  const length = (weights: Float32Array) => weights.reduce((sum, weight) => sum + weight * weight, 0);
  return units.sort((a, b) => length(b) - length(a)).slice(0, MOST_WEIGHT_IMAGES);
}
