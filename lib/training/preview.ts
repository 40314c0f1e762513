import { augmenterOf, type Augmentation } from '../augmentation/index.js';
import { checkInteger, checkOptions } from '../core/checks.js';
import { dataset, toDataset, type Dataset } from '../data/index.js';
import { selectEngine } from '../engine/select.js';
import { ProgramBuilder } from '../program/builder.js';
import type { Data } from './fit-options.js';

export interface PreviewOptions {
  /** Images made of each sample, 1 to 1000; default 8. */
  variants?: number;
  /** Default 1. A fit draws from the same streams, addressed by its own seed, step and place in the batch. */
  seed?: number;
}

const MOST_NUMBERS = 2 ** 28;

/**
 * What augmentation makes of samples, to look at before training: the variants of the first one, then of the second, and
 * so on, with their labels.
 *
 * @param data a few samples, such as `train.take(10)`
 * @param augmentation as for `fit`
 * @param options see {@link PreviewOptions}
 * @throws OptionError, ShapeError as `fit` does; OptionError for more than 2²⁸ values in all
 *
 * @example
 * const samples = await preview(train.take(10), [rotation(15), elasticDistortion()]);
 * await writeFile('samples.png', imageSheet(samples, { columns: 8 }));
 */
export async function preview(
  data: Data,
  augmentation: readonly Augmentation[],
  options?: PreviewOptions,
): Promise<Dataset> {
  const source = toDataset(data, 'data');
  const { variants = 8, seed = 1 } = checkOptions<PreviewOptions>('preview', options, ['variants', 'seed']);
  checkInteger('seed', seed);
  const most = Math.min(1000, Math.max(1, Math.floor(MOST_NUMBERS / (source.length * source.width))));
  checkInteger('variants', variants, { min: 1, max: most });
  const augment = augmenterOf('augmentation', augmentation, source.imageShape);

  const count = source.length * variants;
  const builder = new ProgramBuilder('predict', count);
  builder.emit(augment(builder, builder.features(source.width)));
  const engine = selectEngine();
  const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
  const [store, samples] = [engine.createStore(0, 0), engine.createData(source)];
  const order = Uint32Array.from({ length: count }, (_, i) => Math.floor(i / variants));
  try {
    const slice = { data: samples, order, firstSample: 0, count, scalars: new Float64Array(0), seed, firstStep: 0 };
    const { output } = await program.run(store, slice);
    return dataset({
      features: Float32Array.from(output ?? []),
      labels: source.labels && Array.from(order, (index) => source.labels?.[index] ?? 0),
      width: source.width,
      classes: source.classes === 0 ? undefined : source.classes,
      imageShape: source.imageShape,
      name: `${source.name}, augmented`,
    });
  } finally {
    for (const held of [samples, store, program]) held.dispose();
  }
}
