// @ts-check
/** From nothing: how long importing takes, and a whole run to 98 % on MNIST, process start and data included. */
import { runChild } from './child.mjs';
import { mnistFolder } from './data.mjs';
import { number, percent, table } from './format.mjs';
import { median } from './statistics.mjs';

const ACCURACY = 0.98;
const MOST_EPOCHS = 12;

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'engine' | 'rounds'>} options */
export async function measure({ threads, engine, rounds }) {
  const imports = Array.from({ length: 3 * rounds }, () => runChild('import-blasnet.mjs', {}));
  const importMilliseconds = median(imports.map(({ answer }) => answer.milliseconds));
  const rows = [{ name: 'import', importMilliseconds }];
  const lines = [['import blasnet', `${number(importMilliseconds)} ms`, '< 60 ms', '']];

  const directory = mnistFolder();
  if (directory === undefined) {
    lines.push(['cold start to 98 %', '–', '≤ 3 s', 'MNIST is not here; set BLASNET_DATA to its folder']);
  } else {
    const request = { directory, epochs: MOST_EPOCHS, accuracy: ACCURACY, threads, engine };
    const runs = Array.from({ length: rounds }, () => runChild('classic-fit.mjs', request));
    const seconds = median(runs.map((run) => run.seconds));
    const { answer } = runs[0];
    const parts = `${answer.epochs} epochs, ${percent(answer.testAccuracy)}; data ${number(answer.dataSeconds)} s, training ${number(answer.trainSeconds)} s`;
    rows.push({ name: 'cold start', engine, seconds, ...answer });
    lines.push(['cold start to 98 %', `${number(seconds)} s`, '≤ 3 s', parts]);
  }
  return { text: table(['<what', 'time', 'goal', '<'], lines), rows };
}
