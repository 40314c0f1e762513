import { selectEngine, type KernelTime, type Profile } from '../index.js';
import { bar } from './terminal/bars.js';
import { grouped, percent } from './terminal/format.js';
import { terminalOf, type Terminal } from './terminal/terminal.js';
import { wrap } from './terminal/text.js';
import { loadTrainingData } from './training-data.js';
import { augmentationOf, describeNetwork, networkFor, type NetworkShape } from './training-run.js';

export interface ProfileCommandOptions extends NetworkShape {
  readonly batchSize?: number;
  readonly steps: number;
  readonly data?: string;
  readonly json?: boolean;
}

const ROWS = 14;

/** `blasnet profile`: where the time of a training goes. */
export async function profile(what: string, options: ProfileCommandOptions): Promise<number> {
  const out = terminalOf(process.stdout);
  selectEngine({ engine: options.engine, threads: options.threads });
  const data = await loadTrainingData(what, options.data);
  const network = networkFor(data, options);
  const { batchSize, optimizer, steps } = options;
  const found = await network.profile(data.train, { batchSize, optimizer, steps, ...augmentationOf(options) });
  if (options.json === true) {
    out.print(JSON.stringify(found, undefined, 2));
    return 0;
  }
  out.print(`${describeNetwork(network, options)}, ${optimizer}, batch ${found.batchSize} · ${data.title}`);
  for (const line of report(found, out)) out.print(line);
  return 0;
}

function report(found: Profile, out: Terminal): string[] {
  const { engine, threads, steps, secondsPerStep, samplesPerSecond, gflops, shareOfPeak, limits } = found;
  const counted = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const peak = shareOfPeak === undefined ? '' : `, ${percent(shareOfPeak, 0)} of peak`;
  return [
    `${engine} engine, ${counted} · ${steps} steps of ${micro(secondsPerStep)} µs · ${grouped(samplesPerSecond)} samples/s`,
    `${gflops.toFixed(0)} GFLOP/s${peak}` +
      (limits === undefined
        ? ''
        : ` (limits here: ${limits.gflops.toFixed(0)} GFLOP/s, ${limits.gigabytesPerSecond.toFixed(0)} GB/s)`),
    '',
    ...kernelTable(found, out),
    '',
    ...layerTable(found, out),
    '',
    ...wrap(found.summary, Math.min(out.width, 100)),
  ];
}

function kernelTable({ kernels }: Profile, out: Terminal): string[] {
  const shown = kernels.slice(0, ROWS);
  const rest = kernels.slice(ROWS);
  const name = ({ layer, kernel }: KernelTime) => `${layer}: ${kernel}`;
  const width = Math.max(...shown.map((row) => name(row).length), 20);
  const ofLimit = (share: number | undefined) => (share === undefined ? '' : percent(share, 0));
  const lines = shown.map((row) =>
    [
      name(row).padEnd(width),
      micro(row.secondsPerStep).padStart(8),
      percent(row.share, 1).padStart(7),
      (row.gflops?.toFixed(0) ?? '').padStart(8),
      ofLimit(row.shareOfPeak).padStart(8),
      row.gigabytesPerSecond.toFixed(1).padStart(7),
      bar(row.share / shown[0].share, 16, out.unicode),
    ].join('  '),
  );
  const head = [
    'kernel'.padEnd(width),
    '  µs/step',
    'share'.padStart(7),
    'GFLOP/s'.padStart(8),
    'of peak'.padStart(8),
    'GB/s'.padStart(7),
  ];
  const others = rest.reduce((sum, { share }) => sum + share, 0);
  return [
    head.join('  ').replace('    µs', '   µs'),
    ...lines,
    ...(rest.length === 0 ? [] : [`and ${rest.length} more, ${percent(others, 1)}`]),
  ];
}

function layerTable({ layers, waiting }: Profile, out: Terminal): string[] {
  const rows = [...layers.map(({ layer, share }) => ({ layer, share })), { layer: 'waiting', share: waiting }];
  const width = Math.max(...rows.map(({ layer }) => layer.length), 8);
  const most = Math.max(...rows.map(({ share }) => share));
  return rows.map(
    ({ layer, share }) =>
      `${layer.padEnd(width)}  ${percent(share, 1).padStart(7)}  ${bar(share / most, 30, out.unicode)}`,
  );
}

function micro(seconds: number): string {
  const value = seconds * 1e6;
  return value < 100 ? value.toFixed(1) : grouped(value);
}
