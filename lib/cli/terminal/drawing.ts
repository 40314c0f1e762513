import type { Terminal } from './terminal.js';

/** Grey levels 0 (no ink) to 255, row-major. */
export interface Drawing {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Dark to light for a dark background; ASCII, as it is for terminals of which nothing is known. */
const RAMP = ' .:-=+*#%@';

/** The image as lines of text, `columns` wide and half as high as it has rows: two pixels a character. */
export function draw(image: Drawing, terminal: Pick<Terminal, 'colours' | 'unicode'>): string[] {
  const blocks = terminal.colours === 256 && terminal.unicode;
  const lines: string[] = [];
  for (let row = 0; row < image.rows; row += 2) lines.push(blocks ? blockLine(image, row) : asciiLine(image, row));
  return lines;
}

/** Upper half blocks: the foreground is the upper pixel, the background the lower one. */
function blockLine(image: Drawing, row: number): string {
  let line = '';
  let last = '';
  for (let column = 0; column < image.columns; column++) {
    const colours = `38;5;${greyIndex(pixel(image, row, column))};48;5;${greyIndex(pixel(image, row + 1, column))}`;
    if (colours !== last) line += `\u001b[${colours}m`;
    last = colours;
    line += '▀';
  }
  return `${line}\u001b[0m`;
}

function asciiLine(image: Drawing, row: number): string {
  let line = '';
  for (let column = 0; column < image.columns; column++) {
    const mean = (pixel(image, row, column) + pixel(image, row + 1, column)) / 2;
    line += RAMP[Math.min(RAMP.length - 1, Math.floor((mean / 256) * RAMP.length))];
  }
  return line;
}

function pixel({ values, rows, columns }: Drawing, row: number, column: number): number {
  return row < rows ? Math.min(255, Math.max(0, values[row * columns + column])) : 0;
}

/** The nearest of the 24 greys of the 256 colours (232 to 255: 8, 18, …, 238), black (16) and white (231). */
export function greyIndex(value: number): number {
  if (value < 4) return 16;
  if (value > 246) return 231;
  return 232 + Math.min(23, Math.max(0, Math.round((value - 8) / 10)));
}

/** The part of equally large images where any of them has ink, and no more. */
export function cropTogether(images: readonly Drawing[], margin = 1): Drawing[] {
  if (images.length === 0) return [];
  const { rows, columns } = images[0];
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  for (const { values } of images) {
    for (let at = 0; at < rows * columns; at++) {
      if (values[at] < 32) continue;
      const [row, column] = [Math.floor(at / columns), at % columns];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
      [left, right] = [Math.min(left, column), Math.max(right, column)];
    }
  }
  if (bottom < 0) return [...images];
  [top, left] = [Math.max(0, top - margin), Math.max(0, left - margin)];
  [bottom, right] = [Math.min(rows - 1, bottom + margin), Math.min(columns - 1, right + margin)];
  return images.map(({ values }) => {
    const [height, width] = [bottom - top + 1, right - left + 1];
    const part = new Uint8Array(height * width);
    for (let at = 0; at < part.length; at++) {
      part[at] = values[(top + Math.floor(at / width)) * columns + left + (at % width)];
    }
    return { values: part, rows: height, columns: width };
  });
}

/** Blocks of lines next to each other. Each block is `widths[i]` columns wide; shorter ones end in empty lines. */
export function beside(blocks: readonly (readonly string[])[], widths: readonly number[], gap: string): string[] {
  const height = Math.max(0, ...blocks.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map((lines, i) => lines[row] ?? ' '.repeat(widths[i]))
      .join(gap)
      .trimEnd(),
  );
}
