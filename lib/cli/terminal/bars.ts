const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `share` of `width` columns, to an eighth of a column; without filling behind it. */
export function bar(share: number, width: number, unicode: boolean): string {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  if (!unicode) return '#'.repeat(Math.round(clamped * width));
  const eighths = Math.round(clamped * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** A bar in two parts that fill `width` columns: what is done and what is left. */
export function gauge(share: number, width: number, unicode: boolean): { done: string; left: string } {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  const filled = Math.round(clamped * width);
  const [full, empty] = unicode ? ['━', '─'] : ['=', '-'];
  return { done: full.repeat(filled), left: empty.repeat(width - filled) };
}
