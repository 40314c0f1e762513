import type { Dataset, EpochRecord } from '../index.js';
import { confusionsOf, type Mistake } from './mistakes.js';
import { bar } from './terminal/bars.js';
import { beside, cropTogether, draw } from './terminal/drawing.js';
import { counted, grouped, percent } from './terminal/format.js';
import type { Terminal } from './terminal/terminal.js';
import { displayWidth, fitPieces, flow, printable } from './terminal/text.js';
import type { Trained } from './training-json.js';

const [MOST_CONFUSIONS, MOST_DRAWINGS] = [5, 5];
const GAP = '   ';

/** The line that stays when an epoch is over. */
export function epochLine(record: EpochRecord, epochs: number, terminal: Terminal): string {
  const { epoch, loss, accuracy, valAccuracy, seconds, samplesPerSecond } = record;
  const dim = (text: string) => terminal.style('dim', text);
  const optional = (label: string, share: number | undefined, rank: number, style: 'green' | 'reset') =>
    share === undefined ? [] : [{ text: `${dim(label)} ${terminal.style(style, percent(share).padStart(7))}`, rank }];
  const pieces = [
    { text: `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`, rank: 9 },
    { text: `${dim('loss')} ${loss.toFixed(4)}`, rank: 7 },
    ...optional('accuracy', accuracy, 6, 'reset'),
    ...optional('test', valAccuracy, 8, 'green'),
    { text: `${grouped(samplesPerSecond).padStart(7)}${dim('/s')}`, rank: 4 },
    { text: `${seconds.toFixed(1)} s`, rank: 5 },
  ];
  return fitPieces(pieces, '  ', terminal.width);
}

/** The end of `blasnet train`: how good, how long, and what went wrong. */
export function reportTraining(trained: Trained, terminal: Terminal): void {
  const { data, mistakes, options, network } = trained;
  terminal.print();
  verdict(trained, terminal).forEach((line) => terminal.print(line));
  if (mistakes.length > 0) {
    printConfusions(mistakes, terminal);
    printMistakes(mistakes, data.test, terminal);
  }
  if (options.save === undefined) return;
  const lines = [`Saved ${printable(options.save)}`, `try: blasnet predict ${printable(options.save)} IMAGE.png`];
  terminal.print();
  flow(network.inputs === 784 ? lines : lines.slice(0, 1), ' · ', terminal.width).forEach((line) =>
    terminal.print(line),
  );
}

function verdict({ data, evaluation, run, network, mistakes }: Trained, terminal: Terminal): string[] {
  const wrong = `${grouped(mistakes.length)} of ${grouped(data.test.length)} wrong`;
  const accuracy = `Test accuracy ${percent(evaluation.accuracy ?? 0)}`;
  const first = flow([accuracy, wrong, `test loss ${evaluation.loss.toFixed(4)}`], ' · ', terminal.width);
  const second = [
    `${counted(run.epochs.length, 'epoch')}, ${counted(run.steps, 'step')} in ${run.seconds.toFixed(1)} s`,
    ...(run.steps > 0 ? [`${grouped(run.samplesPerSecond)} samples/s`] : []),
    `seed ${network.seed}`,
  ];
  const bold = first.map((line) => line.replace(accuracy, terminal.style(['bold', 'green'], accuracy)));
  return [...bold, ...flow(second, ' · ', terminal.width).map((line) => terminal.style('dim', line))];
}

function printConfusions(mistakes: readonly Mistake[], terminal: Terminal): void {
  const confusions = confusionsOf(mistakes).slice(0, MOST_CONFUSIONS);
  const most = confusions[0].count;
  const rows = confusions.map(({ label, predicted, count }) => ({ text: `${label} taken for ${predicted}`, count }));
  const widest = Math.max(...rows.map(({ text }) => text.length));
  const digits = String(most).length;
  const room = Math.min(30, terminal.drawingWidth - widest - digits - 7);
  terminal.print(`\n${terminal.style('bold', 'Most confused')}`);
  for (const { text, count } of rows) {
    const line = `  ${text.padEnd(widest)}  ${String(count).padStart(digits)}`;
    const drawn = room < 4 ? '' : `  ${terminal.style('yellow', bar(count / most, room, terminal.unicode))}`;
    terminal.print(line + drawn);
  }
}

/** A few of the images that the network was most sure of and wrong about, as many as fit side by side. */
function printMistakes(mistakes: readonly Mistake[], test: Dataset, terminal: Terminal): void {
  const { imageShape } = test;
  if (imageShape === undefined) return;
  const candidates = mistakes.slice(0, MOST_DRAWINGS).map((mistake) => ({ mistake, values: bytesOf(test, mistake) }));
  const images = cropTogether(
    candidates.map(({ values }) => ({ values, rows: imageShape[0], columns: imageShape[1] })),
  );
  const captions = candidates.map(({ mistake }) => captionOf(mistake));
  const widths = images.map(({ columns }, i) => Math.max(columns, displayWidth(captions[i])));
  let count = 0;
  let used = -GAP.length;
  while (count < images.length && used + GAP.length + widths[count] <= terminal.drawingWidth) {
    used += GAP.length + widths[count];
    count++;
  }
  if (count === 0) return;
  const blocks = images.slice(0, count).map((image, i) => {
    const missing = ' '.repeat(widths[i] - image.columns);
    const caption = captions[i] + ' '.repeat(widths[i] - displayWidth(captions[i]));
    return [...draw(image, terminal).map((line) => line + missing), caption];
  });
  terminal.print(`\n${terminal.style('bold', 'Most surely wrong')}`);
  beside(blocks, widths, GAP).forEach((line) => terminal.print(line));
}

function captionOf({ label, predicted, confidence }: Mistake): string {
  return `${label} taken for ${predicted}, ${percent(confidence, 0)}`;
}

/** The image as grey levels, whatever its values were. */
function bytesOf(test: Dataset, { index }: Mistake): Float32Array {
  return test.sample(index).map((value) => value * 255);
}
