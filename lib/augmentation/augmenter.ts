import { expected } from '../core/checks.js';
import { OptionError, ShapeError } from '../core/errors.js';
import { streams } from '../core/random.js';
import { WARP_SCRATCH_LIMIT, warpScratch } from '../kernels/augment.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { AffineAugmentation, Augmentation, ElasticAugmentation, ImageShape } from './augmentation.js';

/** Writes the kernel calls that make other samples of the features of a batch. */
export type Augmenter = (program: ProgramBuilder, features: Value) => Value;

type Warp = AffineAugmentation | ElasticAugmentation;

/** Each augmentation draws from streams of its own: one for its field or noise, one for each operation behind it. */
const STREAMS_EACH = 0x100;
const MOST = 64;

/**
 * A list of augmentations as one function, in the order given. Affine and elastic ones that stand side by side become one
 * transform and one bilinear resampling: nothing is blurred twice. An elastic field counts from the output's pixels,
 * wherever it stands among them; a second one begins another resampling.
 *
 * @param shape of the images; undefined for features that are none
 * @throws OptionError for what is no augmentation, ShapeError where there is no image to work on or it is too large
 */
export function augmenterOf(name: string, list: unknown, shape: ImageShape | undefined): Augmenter {
  const all = checkAugmentations(name, list);
  if (shape === undefined) {
    const needing = all.find((augmentation) => augmentation.kind !== 'pixels' || augmentation.needsImage);
    if (needing !== undefined) {
      throw new ShapeError(`Expected data with an imageShape for the augmentation ${needing.name}, received none`);
    }
  } else {
    checkSize(all, shape);
  }
  return (program, features) => {
    let value = features;
    for (let place = 0; place < all.length;) {
      const augmentation = all[place];
      const stream = streams.augmentation + STREAMS_EACH * place;
      if (augmentation.kind === 'pixels') {
        value = augmentation.write(program, value, stream, shape);
        place++;
      } else {
        const group = warpsFrom(all, place);
        value = writeWarp(program, value, group, stream, (shape as ImageShape)[1]);
        place += group.length;
      }
    }
    return value;
  };
}

function checkAugmentations(name: string, list: unknown): readonly Augmentation[] {
  if (!Array.isArray(list)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of augmentations', name, list));
  }
  if (list.length > MOST) throw new OptionError('ERR_OPTION_RANGE', expected(`at most ${MOST} of them`, name, list));
  const kinds: unknown[] = ['affine', 'elastic', 'pixels'];
  list.forEach((item: unknown, i) => {
    if (typeof item === 'object' && item !== null && 'kind' in item && kinds.includes(item.kind)) return;
    throw new OptionError('ERR_OPTION_TYPE', expected('an augmentation such as shift(2)', `${name}[${i}]`, item));
  });
  return list.slice() as Augmentation[];
}

function checkSize(all: readonly Augmentation[], [height, width]: ImageShape): void {
  for (const augmentation of all) {
    if (augmentation.kind === 'pixels') continue;
    const sigma = augmentation.kind === 'elastic' ? augmentation.sigma : 0;
    if (warpScratch(width, height, sigma) <= WARP_SCRATCH_LIMIT) continue;
    throw new ShapeError(
      `Expected images of about 180 x 180 pixels or fewer for the augmentation ${augmentation.name}, ` +
        `received ${height} x ${width}`,
    );
  }
}

/** The longest part of the list from `start` that is one resampling. */
function warpsFrom(all: readonly Augmentation[], start: number): Warp[] {
  const group: Warp[] = [];
  for (const augmentation of all.slice(start)) {
    if (augmentation.kind === 'pixels') break;
    if (augmentation.kind === 'elastic' && group.some(({ kind }) => kind === 'elastic')) break;
    group.push(augmentation);
  }
  return group;
}

function writeWarp(program: ProgramBuilder, input: Value, group: readonly Warp[], stream: number, columns: number) {
  const affine = group.filter((warp) => warp.kind === 'affine');
  const elastic = group.find((warp) => warp.kind === 'elastic');
  const numbers = affine.flatMap(({ operation }) => operation);
  const operations = numbers.length === 0 ? undefined : program.constant(numbers);
  const output = program.rows(input.second);
  const { sigma, alpha } = elastic ?? { sigma: 0, alpha: 0 };
  program.call('warpImage', { input, operations, output }, { columns, sigma, alpha, stream });
  return output;
}
