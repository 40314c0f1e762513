import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dense, gatherResults, Network, report, syntheticDigits } from '../../lib/index.js';
import {
  bars,
  confusionHeatmap,
  ellipse,
  histogramGrid,
  lineGrid,
  lines,
  loadRenderer,
  parallelCoordinates,
  paths,
  scatter,
  type Chart,
} from '../../lib/report/index.js';
import { logTicks } from '../../lib/report/charts/chart.js';
import { gallerySvg } from '../../lib/report/gallery.js';
import { renderPage } from '../../lib/report/page.js';

const x = { title: 'step' };
const y = { title: 'loss (nats)', scale: 'log' } as const;
const series = [
  {
    name: 'a<b',
    points: [
      [1, 0.5],
      [2, NaN],
      [3, 0.01],
    ] as [number, number][],
  },
  { name: 'b', points: [[1, 1]] as [number, number][], dashed: true },
];
const text = { name: 'chart', title: 'Title & more' };
const charts: Record<string, Chart> = {
  lines: lines({ ...text, x, y, series }),
  lineGrid: lineGrid({
    ...text,
    x,
    y,
    panels: [
      { title: 'p', series },
      { title: 'q', series },
    ],
    columns: 2,
  }),
  bars: bars({
    ...text,
    value: { title: 'share' },
    category: 'kind',
    bars: [
      { category: 'a', group: 'g', value: 1 },
      { category: 'a', group: 'h', value: 2 },
    ],
  }),
  histograms: histogramGrid({ ...text, x, panels: [{ row: 'r', column: 'c', edges: [0, 1, 2], counts: [3, 0] }] }),
  paths: paths({ ...text, x, y: { title: 'y' }, contours: [ellipse(1, 2)], paths: series, goal: [0, 0], columns: 2 }),
  scatter: scatter({ ...text, x, y, color: { title: 'accuracy' }, points: [{ x: 1, y: 2, color: 3 }] }),
  parallel: parallelCoordinates({
    ...text,
    axes: [{ title: 'rate', log: true }, { title: 'value' }],
    trials: [
      [0.1, 2],
      [0.01, 3],
    ],
  }),
  heatmap: confusionHeatmap({
    ...text,
    rows: 'label',
    columns: 'predicted',
    counts: [
      [5, 1],
      [0, 7],
    ],
    labels: ['0', '1'],
  }),
};

it.each(Object.keys(charts))('%s is drawn in both themes without a complaint of Vega-Lite', async (kind) => {
  const renderer = await loadRenderer();
  const [light, dark] = [await renderer.svg(charts[kind], 'light'), await renderer.svg(charts[kind], 'dark')];
  expect(light).toMatch(/^<svg /);
  expect(light).toContain('Title &amp; more');
  expect(light).toContain('#ffffff');
  expect(dark).toContain('#14171c');
  expect(light).not.toMatch(/NaN|undefined/);
});

it('logarithmic axes have a few round ticks in the format asked for, whatever their range', () => {
  const ticksOf = (low: number, high: number) => {
    const found = logTicks([low, high])['values'] as number[];
    expect(found.every((value) => value >= low * 0.999 && value <= high * 1.001)).toBe(true);
    return found;
  };
  expect(ticksOf(0.04, 0.16)).toEqual([0.04, 0.05, 0.07, 0.1, 0.15]);
  expect(ticksOf(1, 1000)).toEqual([1, 10, 100, 1000]);
  expect(ticksOf(0.01, 2)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]);
  for (const [low, high] of [
    [1e-12, 200],
    [0.005, 0.03],
    [3, 4],
  ])
    expect(ticksOf(low, high).length).toBeLessThanOrEqual(9);
  expect(logTicks([0.04, 0.16], '~%')).not.toHaveProperty('labelExpr');
});

it('curves and points at the ends of an axis are drawn whole, those beyond are cut off', async () => {
  const flat = [
    {
      name: 'a',
      points: [
        [1, 1],
        [2, 1],
      ] as [number, number][],
    },
  ];
  const clipOf = (domain: readonly [number, number]) =>
    (lines({ ...text, x, y: { title: 'accuracy', domain }, series: flat }).spec['mark'] as { clip: boolean }).clip;
  expect(clipOf([0, 1])).toBe(false);
  expect(clipOf([0, 0.9])).toBe(true);
  const svg = await (await loadRenderer()).svg(lines({ ...text, x: { title: 'epoch' }, y: x, series: flat }), 'light');
  expect(svg).not.toContain('>1.5<'); // no tick between two epochs
});

it('ids within a page are of one chart alone', async () => {
  const colours = (name: string) => ({ ...charts['scatter'], name });
  const page = { title: 't', sections: [{ figures: [colours('one'), colours('two')] }] };
  const html = await renderPage(page, await loadRenderer());
  const drawn = html.slice(0, html.indexOf('<script>'));
  const ids = [...drawn.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(ids.length).toBeGreaterThan(4);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => id.startsWith('figure-'))).toBe(true);
  for (const [, id] of drawn.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
});

it('a gallery escapes its words', () => {
  const svg = gallerySvg(
    {
      name: 'g',
      title: '<script>',
      columns: 2,
      images: [{ values: [0, 1, 0.5, -1], rows: 2, columns: 2, caption: 'a&b' }],
      values: 'signed',
    },
    'dark',
  );
  expect(svg).not.toContain('<script>');
  expect(svg).toContain('a&amp;b');
  expect(svg).toContain('data:image/png;base64,');
});

it('a report of results is one page that asks for nothing from elsewhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blasnet-report-'));
  const { train, test } = syntheticDigits({ train: 300, test: 100 });
  const network = new Network({ inputs: 784, layers: [dense(12, { activation: 'relu' }), dense(10)], seed: 1 });
  const history = await network.fit(train, { epochs: 2, validation: test });
  const results = await gatherResults(network, { history, train, test });
  const right = results.confusion.reduce((sum, row, i) => sum + row[i], 0);
  expect(right / test.length).toBeCloseTo(results.evaluation.accuracy!);
  expect(results.mistakeCount).toBe(test.length - right);
  expect(results.firstLayer).toHaveLength(12);
  const html = await report(results, {
    path: join(folder, 'page.html'),
    pictures: true,
    title: '</title><script>alert(1)',
  });
  expect(readFileSync(join(folder, 'page.html'), 'utf8')).toBe(html);
  expect(html).not.toContain('<script>alert');
  const outside = html.replace(/<script>[^]*?<\/script>/g, '').match(/(src|href)="(?!data:)[^"]*"/g);
  expect(outside).toBeNull();
  expect(readdirSync(folder).filter((name) => name.endsWith('.dark.svg')).length).toBeGreaterThan(4);
  expect(await report(history)).toContain('Curves');
  await expect(report({} as never)).rejects.toThrow(/Expected a history/);
  await expect(report(history, { pictures: 'yes' as never })).rejects.toThrow(/true or false for pictures/);
  rmSync(folder, { recursive: true });
});
