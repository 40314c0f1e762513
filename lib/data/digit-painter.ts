import type { RandomStream } from '../core/random.js';
import { digitSkeletons } from './digit-strokes.js';
import type { Skeleton } from './digit-strokes.js';

/** Rows and columns of an image. */
export const DIGIT_SIZE = 28;
const PIXELS = DIGIT_SIZE * DIGIT_SIZE;
const MAX_POINTS = 64;

/**
 * Draws digits, each by another hand: points of the skeleton displaced, the whole bent, slanted, turned and stretched,
 * then inked with a round pen of changing width. Holds scratch memory only; what it draws depends on the stream alone.
 */
export class DigitPainter {
  readonly #skeletons = digitSkeletons();
  /** Control points of the digit being drawn, first in the unit box, then in pixels. */
  readonly #x = new Float64Array(MAX_POINTS);
  readonly #y = new Float64Array(MAX_POINTS);
  /** How much of each pixel is covered, 0 to 1. */
  readonly #coverage = new Float32Array(PIXELS);

  /**
   * @param digit 0 to 9
   * @param random the stream of this image
   * @param output `[784]` bytes, overwritten
   */
  paint(digit: number, random: RandomStream, output: Uint8Array): void {
    const skeleton = chooseSkeleton(this.#skeletons[digit], random);
    this.#placePoints(skeleton, random);
    this.#coverage.fill(0);
    this.#drawStrokes(skeleton, random);
    this.#develop(random, output);
  }

  /** Puts the skeleton's points where this writer puts them, in pixels. */
  #placePoints({ strokes, aspect }: Skeleton, random: RandomStream): void {
    const shake = 0.022 + 0.03 * random.uniform();
    const width = aspect * Math.exp(0.16 * random.normal());
    const slant = 0.16 + 0.21 * random.normal();
    const angle = 0.11 * random.normal();
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    // Two slow waves bend the digit as a whole; the elastic part of the distortion.
    const bendX = 0.06 * random.normal();
    const bendY = 0.05 * random.normal();
    const phaseX = 2 * Math.PI * random.uniform();
    const phaseY = 2 * Math.PI * random.uniform();
    // The upper and the lower half are never of quite the same size.
    const waist = 0.14 * random.normal();

    let left = Infinity;
    let right = -Infinity;
    let top = Infinity;
    let bottom = -Infinity;
    let count = 0;
    let offX = 0;
    let offY = 0;
    for (const stroke of strokes) {
      for (const point of stroke) {
        // A hand that is off stays off for a while: neighbouring points move together, which keeps curves round.
        offX = 0.6 * offX + 0.8 * shake * random.normal();
        offY = 0.6 * offY + 0.8 * shake * random.normal();
        const u = point.x + offX;
        const v = point.y + offY;
        const wavedX = (u - 0.5 + bendX * Math.sin(4 * v + phaseX)) * width * (1 + 2 * waist * (v - 0.5));
        const wavedY = v - 0.5 + bendY * Math.sin(4 * u + phaseY) + waist * (0.25 - (v - 0.5) * (v - 0.5));
        const slanted = wavedX - slant * wavedY;
        const x = cosine * slanted - sine * wavedY;
        const y = sine * slanted + cosine * wavedY;
        this.#x[count] = x;
        this.#y[count++] = y;
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
    }
    const size = Math.min(20.5, Math.max(13, 17.6 + 1.4 * random.normal()));
    const scale = size / Math.max(bottom - top, right - left);
    const centerX = placeWithin((right - left) * scale, random) - ((left + right) / 2) * scale;
    const centerY = placeWithin((bottom - top) * scale, random) - ((top + bottom) / 2) * scale;
    for (let index = 0; index < count; index++) {
      this.#x[index] = this.#x[index] * scale + centerX;
      this.#y[index] = this.#y[index] * scale + centerY;
    }
  }

  /** Follows every stroke with the pen: Catmull-Rom curves through the points, straight into and out of corners. */
  #drawStrokes({ strokes }: Skeleton, random: RandomStream): void {
    const radius = Math.min(2.1, Math.max(0.65, 1.2 + 0.36 * random.normal()));
    const softness = 0.55 + 0.3 * random.uniform();
    let first = 0;
    for (const stroke of strokes) {
      const swing = 0.24 * random.uniform();
      const phase = 2 * Math.PI * random.uniform();
      const pace = 0.5 + random.uniform();
      const last = first + stroke.length - 1;
      let fromX = this.#x[first];
      let fromY = this.#y[first];
      for (let index = first; index < last; index++) {
        // Where the curve has a corner or ends, the neighbour beyond is the point itself.
        const before = index === first || stroke[index - first].corner ? index : index - 1;
        const after = index + 1 === last || stroke[index + 1 - first].corner ? index + 1 : index + 2;
        const x0 = this.#x[before];
        const y0 = this.#y[before];
        const x1 = this.#x[index];
        const y1 = this.#y[index];
        const x2 = this.#x[index + 1];
        const y2 = this.#y[index + 1];
        const x3 = this.#x[after];
        const y3 = this.#y[after];
        const steps = Math.max(1, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 1.4));
        for (let step = 1; step <= steps; step++) {
          const t = step / steps;
          const toX = catmullRom(x0, x1, x2, x3, t);
          const toY = catmullRom(y0, y1, y2, y3, t);
          const pressure = 1 + swing * Math.sin(phase + pace * (index - first + t));
          this.#inkSegment(fromX, fromY, toX, toY, radius * pressure, softness);
          fromX = toX;
          fromY = toY;
        }
      }
      first = last + 1;
    }
  }

  /** Covers the pixels around one short straight piece: fully within `radius`, fading over twice the softness. */
  #inkSegment(x0: number, y0: number, x1: number, y1: number, radius: number, softness: number): void {
    const coverage = this.#coverage;
    const reach = radius + softness;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach - 0.5));
    const right = Math.min(DIGIT_SIZE - 1, Math.floor(Math.max(x0, x1) + reach - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach - 0.5));
    const bottom = Math.min(DIGIT_SIZE - 1, Math.floor(Math.max(y0, y1) + reach - 0.5));
    const alongX = x1 - x0;
    const alongY = y1 - y0;
    const inverse = 1 / (alongX * alongX + alongY * alongY + 1e-9);
    for (let row = top; row <= bottom; row++) {
      const y = row + 0.5 - y0;
      for (let column = left; column <= right; column++) {
        const x = column + 0.5 - x0;
        let t = (x * alongX + y * alongY) * inverse;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        const dx = x - t * alongX;
        const dy = y - t * alongY;
        const squared = dx * dx + dy * dy;
        if (squared >= reach * reach) continue;
        const covered = (reach - Math.sqrt(squared)) / (2 * softness);
        const at = row * DIGIT_SIZE + column;
        if (covered > coverage[at]) coverage[at] = covered;
      }
    }
  }

  /** Turns coverage into bytes: the ink's depth, and grain where there is ink. */
  #develop(random: RandomStream, output: Uint8Array): void {
    const ink = 205 + 50 * random.uniform();
    const grain = 60 * random.uniform() * random.uniform();
    let noise = 0;
    let left = 0;
    for (let at = 0; at < PIXELS; at++) {
      const covered = this.#coverage[at];
      if (covered <= 0) {
        output[at] = 0;
        continue;
      }
      if (left === 0) {
        noise = random.word();
        left = 4;
      }
      const level = (covered > 1 ? 1 : covered) * (ink - grain * ((noise & 255) / 255));
      noise >>>= 8;
      left--;
      output[at] = Math.round(level);
    }
  }
}

function chooseSkeleton(ways: readonly Skeleton[], random: RandomStream): Skeleton {
  let total = 0;
  for (const { weight } of ways) total += weight;
  let rest = random.uniform() * total;
  for (const skeleton of ways) {
    rest -= skeleton.weight;
    if (rest < 0) return skeleton;
  }
  return ways[ways.length - 1];
}

/** The point at `t` of the curve from b to c, which a precedes and d follows (Catmull and Rom 1974). */
function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Where the middle of a digit lies that is `extent` pixels long: near the image's, with room left for the pen. */
function placeWithin(extent: number, random: RandomStream): number {
  const room = Math.max(0, (DIGIT_SIZE - extent) / 2 - 3.5);
  return DIGIT_SIZE / 2 + Math.min(room, Math.max(-room, random.normal()));
}
