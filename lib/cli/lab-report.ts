import type { LabRun } from '../labs/index.js';
import type { Terminal } from './terminal/terminal.js';
import { displayWidth, printable, wrap } from './terminal/text.js';

const WIDEST = 100;

/** What stands on the terminal when a lab is over: what to look at, the numbers, the comparison, the files. */
export function reportLab({ lab, outcome, seconds, source }: LabRun, files: readonly string[], out: Terminal): void {
  const width = Math.min(WIDEST, out.width);
  const bold = (text: string) => out.style('bold', text);
  const list = (mark: string, text: string) => {
    wrap(text, width - 4).forEach((line, i) => out.print(`${i === 0 ? `  ${mark} ` : '    '}${line}`));
  };
  out.print(bold(lab.title));
  out.print(`\n${bold('What to look at')}`);
  lab.lookAt.forEach((text) => list('·', text));
  if (outcome.table !== undefined) {
    out.print();
    tableLines(outcome.table.columns, outcome.table.rows).forEach((line, i) => {
      out.print(i === 0 ? out.style('dim', line) : line);
    });
  }
  out.print(`\n${bold('Beside the original')}`);
  list('original:', lab.original);
  list('here:', outcome.ours);
  if (source === 'synthetic') list('!', 'These are synthetic digits: the numbers say nothing about MNIST.');
  out.print(`\n${bold('What this run bears out')}`);
  for (const { claim, holds } of outcome.conclusions) {
    list(holds ? out.style('green', '✓') : out.style('yellow', '✗'), holds ? claim : `not here: ${claim}`);
  }
  const [page] = files;
  const rest = files.length > 1 ? ` and ${files.length - 1} files beside it` : '';
  out.print(`\n${out.style('dim', `${seconds.toFixed(1)} s · ${printable(page)}${rest}`)}`);
}

/** Columns as wide as their widest cell; numbers to the right. */
function tableLines(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const text = [columns, ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, i) => Math.max(...text.map((row) => displayWidth(row[i]))));
  return text.map((row) => {
    const cells = row.map((cell, i) => {
      const fill = ' '.repeat(widths[i] - displayWidth(cell));
      return i === 0 ? cell + fill : fill + cell;
    });
    return `  ${cells.join('   ')}`.trimEnd();
  });
}
