import { chartOf, positional, type Axis, type Chart, type ChartText, type Series, type VegaLite } from './chart.js';

export interface LinesOptions extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** What the colours stand for; default none. */
  readonly legend?: string;
  /** Dots on the lines: default where there are few points. */
  readonly points?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** One panel of a grid. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

export interface LineGridOptions extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  readonly panels: readonly Panel[];
  readonly columns: number;
  readonly legend?: string;
  /** Of one panel. */
  readonly width?: number;
  readonly height?: number;
}

interface Row {
  readonly x: number;
  readonly y: number | null;
  readonly series: string;
  readonly panel?: string;
}

/** Lines over one pair of axes, a colour and a dash pattern for each. */
export function lines(options: LinesOptions): Chart {
  const { series, width = 640, height = 360 } = options;
  const few = Math.max(...series.map(({ points }) => points.length)) <= 24;
  return chartOf(options, {
    width,
    height,
    data: { values: rowsOf(series) },
    params: [{ name: 'chosen', select: { type: 'point', fields: ['series'] }, bind: 'legend' }],
    mark: {
      type: 'line',
      point: options.points ?? few,
      tooltip: true,
      clip: reachesOut(series, options),
      invalid: 'break-paths-show-path-domains',
    },
    encoding: encodingOf(series, options, { y: height < 200 ? 4 : 8 }),
  });
}

/** Small panels with the same axes, to compare at a glance. */
export function lineGrid(options: LineGridOptions): Chart {
  const { panels, columns, width = 170, height = 120 } = options;
  const titles = panels.map(({ title }) => title);
  const all = panels.flatMap(({ series }) => series);
  return chartOf(options, {
    data: { values: panels.flatMap(({ title, series }) => rowsOf(series, title)) },
    facet: {
      field: 'panel',
      type: 'nominal',
      title: null,
      sort: titles,
      header: { labelFontSize: 12, labelPadding: 4 },
    },
    columns,
    spec: {
      width,
      height,
      params: [{ name: 'chosen', select: { type: 'point', fields: ['series'] }, bind: 'legend' }],
      mark: { type: 'line', tooltip: true, clip: reachesOut(all, options), strokeWidth: 2 },
      encoding: encodingOf(joinedByName(all), options, { x: 4, y: 4 }),
    },
  });
}

function encodingOf(
  series: readonly Series[],
  { x, y, legend }: Pick<LinesOptions, 'x' | 'y' | 'legend'>,
  ticks: { x?: number; y?: number },
): VegaLite {
  const names = series.map(({ name }) => name);
  const many = names.length > 1;
  const common = { field: 'series', type: 'nominal', sort: names };
  const title = legend ?? null;
  return {
    x: {
      field: 'x',
      ...positional(x, valuesOf(series, 0), { tickCount: ticks.x }),
    },
    y: {
      field: 'y',
      ...positional(y, valuesOf(series, 1), { tickCount: ticks.y, margin: true }),
    },
    color: { ...common, scale: { domain: names }, legend: many ? { title, ...columnsOf(names) } : null },
    // Second sign besides the colour; plain lines first.
    strokeDash: {
      ...common,
      scale: { domain: names, range: dashesOf(series) },
      legend: many ? { title, ...columnsOf(names) } : null,
    },
    opacity: { condition: { param: 'chosen', value: 1 }, value: 0.15 },
    tooltip: [
      ...(many ? [{ field: 'series', type: 'nominal', title: legend ?? 'series' }] : []),
      { field: 'x', type: 'quantitative', title: x.title, format: '.4~g' },
      { field: 'y', type: 'quantitative', title: y.title, format: '.4~g' },
    ],
  };
}

/** Whether a line must be cut off at the ends of an axis. It is not otherwise: along an edge it would lose half its width. */
function reachesOut(series: readonly Series[], { x, y }: Pick<LinesOptions, 'x' | 'y'>): boolean {
  const outside = ({ domain }: Axis, coordinate: 0 | 1) =>
    domain !== undefined && valuesOf(series, coordinate).some((value) => value < domain[0] || value > domain[1]);
  return outside(x, 0) || outside(y, 1);
}

function valuesOf(series: readonly Series[], coordinate: 0 | 1): number[] {
  return series.flatMap(({ points }) => points.map((point) => point[coordinate]));
}

/** Legends stand in one row above the chart where they fit, else in rows of four. */
function columnsOf(names: readonly string[]): VegaLite {
  const length = names.reduce((sum, name) => sum + name.length + 6, 0);
  return {
    columns: length <= 90 ? 0 : length <= 180 ? Math.ceil(names.length / 2) : 4,
    symbolType: 'stroke',
    symbolSize: 200,
  };
}

const dashes = [
  [1, 0],
  [6, 3],
  [2, 2],
  [9, 3, 2, 3],
  [1, 0],
  [6, 3],
  [2, 2],
  [9, 3, 2, 3],
];

function dashesOf(series: readonly Series[]): number[][] {
  return series.map(({ dashed }, i) => (dashed === true ? [3, 4] : dashes[i % dashes.length]));
}

function rowsOf(series: readonly Series[], panel?: string): Row[] {
  return series.flatMap(({ name, points }) =>
    points.map(([x, y]) => ({
      x,
      y: Number.isFinite(y) ? y : null,
      series: name,
      ...(panel !== undefined && { panel }),
    })),
  );
}

/** The series of all panels as one for each name, whose points say how far axes reach. */
function joinedByName(series: readonly Series[]): Series[] {
  const joined = new Map<string, Series>();
  for (const one of series) {
    joined.set(one.name, { ...one, points: [...(joined.get(one.name)?.points ?? []), ...one.points] });
  }
  return [...joined.values()];
}
