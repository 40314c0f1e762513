import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that a text takes in a terminal: colours none, East Asian characters two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (!/\p{Mark}/u.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The text with control characters made visible: file names and files may hold sequences that steer a terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, '\ufffd');
}

/** Plain text cut in its middle, where a path says least. */
export function clipMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const characters = Array.from(text);
  const keep = (count: number) => {
    const head = Math.ceil(count / 2);
    return [...characters.slice(0, head), '…', ...characters.slice(characters.length - (count - head))].join('');
  };
  let count = Math.min(characters.length, width) - 1;
  while (count > 0 && displayWidth(keep(count)) > width) count--;
  return keep(count);
}

/** Parts in as few lines as they fit in, broken between parts only. A part that is too long is cut. */
export function flow(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of parts.map((whole) => clipMiddle(whole, width))) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : last + separator + part;
    if (last === undefined || displayWidth(joined) > width) lines.push(part);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

/** Words in lines of at most `width` columns; a word that is longer keeps its line to itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || displayWidth(last) + 1 + displayWidth(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A piece of a line; of the pieces that do not fit, the one with the lowest rank goes first. */
export interface Piece {
  readonly text: string;
  readonly rank: number;
}

/** The most important pieces that fit into one line, in their order. */
export function fitPieces(pieces: readonly Piece[], separator: string, width: number): string {
  let kept = [...pieces];
  const line = () => kept.map(({ text }) => text).join(separator);
  while (kept.length > 1 && displayWidth(line()) > width) {
    const lowest = Math.min(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== lowest);
  }
  return displayWidth(line()) <= width ? line() : '';
}
