// @ts-check
/** Numbers and tables for people. */

/**
 * Three significant digits below a hundred, whole numbers with separators above.
 *
 * @param {number} value
 */
export function number(value) {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** @param {number | undefined} share */
export function percent(share) {
  return share === undefined || !Number.isFinite(share) ? '–' : `${Math.round(share * 100)} %`;
}

/** @param {number | undefined} ratio */
export function times(ratio) {
  return ratio === undefined || !Number.isFinite(ratio) ? '–' : `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`;
}

/**
 * A table in plain text. Columns whose name begins with `<` are words, set flush left; others are numbers.
 *
 * @param {readonly string[]} columns
 * @param {readonly (readonly string[])[]} rows
 */
export function table(columns, rows) {
  const left = columns.map((name) => name.startsWith('<'));
  const head = columns.map((name) => name.replace(/^</, ''));
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (/** @type {readonly string[]} */ row) =>
    `  ${row.map((cell, i) => (left[i] ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}`.trimEnd();
  return [line(head), `  ${widths.map((width) => '─'.repeat(width)).join('  ')}`, ...rows.map(line)].join('\n');
}
