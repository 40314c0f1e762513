import { basename, dirname } from 'node:path';
import type { Results } from '../experiments/index.js';
import type { History } from '../training/index.js';
import { histogramGrid } from './charts/bars.js';
import { confusionHeatmap } from './charts/heatmap.js';
import { lines } from './charts/lines.js';
import type { Series } from './charts/chart.js';
import type { Figure, Page, Section } from './page.js';
import { renderPage } from './page.js';
import { loadRenderer } from './render.js';
import { makeFolder, writeFigures, writeText } from './write.js';

interface Wanted {
  readonly title: string;
  readonly path: string | undefined;
  readonly pictures: boolean;
}

/** The page of a training, written where a path is given. */
export async function trainingPage(subject: History | Results, { title, path, pictures }: Wanted): Promise<string> {
  const renderer = await loadRenderer();
  const page = 'confusion' in subject ? resultsPage(subject, title) : { title, sections: historySections(subject) };
  const html = await renderPage(page, renderer);
  if (path !== undefined) {
    const folder = dirname(path);
    await makeFolder(folder);
    if (pictures) await writeFigures(page, folder, basename(path).replace(/\.html?$/i, ''), renderer);
    await writeText(path, html);
  }
  return html;
}

function resultsPage(results: Results, title: string): Page {
  const { history, evaluation, mistakeCount, testCount, parameters, machine } = results;
  const accuracy = evaluation.accuracy === undefined ? '' : `Test accuracy ${percent(evaluation.accuracy)}, `;
  return {
    title,
    lead: `${accuracy}${mistakeCount} of ${testCount} wrong, test loss ${evaluation.loss.toFixed(4)}; ${parameters.toLocaleString('en')} parameters.`,
    sections: [
      ...(history === undefined ? [] : historySections(history)),
      mistakesSection(results),
      ...layerSections(results),
      { heading: 'Network', preformatted: results.summary },
      ...(Object.keys(results.configuration).length === 0
        ? []
        : [{ heading: 'Settings', table: keyTable(results.configuration) }]),
      { heading: 'Machine', table: keyTable(machine) },
    ],
    footer: 'Made by blasnet.',
  };
}

function historySections(history: History): Section[] {
  const { epochs, optimizer, seed, batchSize, engine, threads, seconds, samplesPerSecond } = history;
  const series = (name: string, pick: (record: History['epochs'][number]) => number | undefined): Series[] => {
    const points = epochs.flatMap((record): [number, number][] => {
      const value = pick(record);
      return value === undefined ? [] : [[record.epoch, value]];
    });
    return points.length === 0 ? [] : [{ name, points }];
  };
  const x = { title: 'epoch' };
  const loss = [...series('training', ({ dataLoss }) => dataLoss), ...series('validation', ({ valLoss }) => valLoss)];
  const accuracy = [
    ...series('training', ({ accuracy: value }) => value),
    ...series('validation', ({ valAccuracy }) => valAccuracy),
  ];
  const figures: Figure[] = [
    lines({
      name: 'loss',
      title: 'Loss',
      subtitle: 'without penalties; training is measured while weights change',
      x,
      y: { title: 'loss' },
      series: loss,
    }),
    ...(accuracy.length === 0
      ? []
      : [lines({ name: 'accuracy', title: 'Accuracy', x, y: { title: 'accuracy', format: '.1%' }, series: accuracy })]),
    lines({
      name: 'learning-rate',
      title: 'Learning rate',
      x,
      y: { title: 'learning rate' },
      series: series('rate', ({ learningRate }) => learningRate),
      height: 160,
    }),
  ];
  const settings = {
    optimizer: inWords(optimizer),
    'batch size': batchSize,
    seed,
    engine: `${engine}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    time: `${seconds.toFixed(1)} s, ${Math.round(samplesPerSecond).toLocaleString('en')} samples/s`,
  };
  return [
    { heading: 'Curves', figures },
    { heading: 'Training', table: keyTable(settings) },
  ];
}

function mistakesSection({ confusion, mistakes, imageShape }: Results): Section {
  const heatmap = confusionHeatmap({
    name: 'confusion',
    title: 'Confusions on the test data',
    subtitle: 'counts; colour shows mistakes, the diagonal is what is right',
    rows: 'label',
    columns: 'predicted',
    counts: confusion,
    labels: confusion.map((_, i) => String(i)),
  });
  const images = mistakes.map(({ features, label, predicted, confidence }) => ({
    values: features,
    rows: imageShape?.[0] ?? 1,
    columns: imageShape?.[1] ?? features.length,
    caption: `${label} as ${predicted}, ${Math.round(100 * confidence)} %`,
  }));
  const drawn = imageShape !== undefined && images.length > 0;
  const gallery = {
    name: 'mistakes',
    title: 'Most surely wrong',
    subtitle: 'label, what it was taken for, and with which probability',
    columns: 8,
    images,
    pixel: 3,
  };
  return { heading: 'Mistakes', figures: [heatmap, ...(drawn ? [gallery] : [])] };
}

function layerSections({ firstLayer, imageShape, statistics }: Results): Section[] {
  const weights = {
    name: 'first-layer',
    title: 'Weights of the first layer',
    subtitle: 'one image a unit, those with the longest weights; orange speaks for, blue against',
    columns: 12,
    values: 'signed' as const,
    images: firstLayer.map((values) => ({ values, rows: imageShape?.[0] ?? 1, columns: imageShape?.[1] ?? 1 })),
  };
  const seen = statistics.filter(({ type }) => type === 'dense' || type === 'activation');
  const histograms = histogramGrid({
    name: 'activations',
    title: 'What layers give',
    subtitle: 'histograms of outputs, each scaled to its largest bin',
    x: { title: 'value' },
    ownAxes: true,
    panels: seen.map(({ layer, histogram }) => ({ row: '', column: layer, ...histogram })),
  });
  const rows = statistics.map(({ layer, mean, standardDeviation, saturated, deadUnits, gradientNorm }) => [
    layer,
    number(mean),
    number(standardDeviation),
    saturated === undefined ? '' : percent(saturated),
    deadUnits === undefined ? '' : String(deadUnits),
    gradientNorm === undefined ? '' : number(gradientNorm),
  ]);
  const columns = ['layer', 'mean', 'standard deviation', 'saturated', 'dead units', 'gradient norm'];
  return [
    ...(firstLayer.length === 0 ? [] : [{ heading: 'First layer', figures: [weights] }]),
    {
      heading: 'Activations and gradients',
      figures: seen.length === 0 || seen.length > 12 ? [] : [histograms],
      table: { columns, rows },
    },
  ];
}

/** A configuration as one reads it: `adam, learningRate cosine (initial 0.002, steps 938), beta1 0.9`. */
function inWords(config: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value) ?? 'none';
    const { name, ...rest } = value as Record<string, unknown>;
    return `${typeof name === 'string' ? name : ''} (${inWords(rest)})`.trim();
  };
  return Object.entries(config)
    .map(([key, value]) =>
      key === 'name' ? String(value) : `${key} ${typeof value === 'string' ? value : part(value)}`,
    )
    .join(', ');
}

function keyTable(values: Readonly<Record<string, unknown>>) {
  return {
    columns: ['', ''],
    rows: Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
    ]),
  };
}

const number = (value: number): string =>
  Math.abs(value) >= 1e4 || (Math.abs(value) < 1e-3 && value !== 0) ? value.toExponential(2) : value.toFixed(4);

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
