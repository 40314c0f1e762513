import { chartOf, positional, type Axis, type Chart, type ChartText, type VegaLite } from './chart.js';

export interface BarsOptions extends ChartText {
  /** The measured axis. */
  readonly value: Axis;
  /** What the bars are, such as "initialization". */
  readonly category: string;
  readonly bars: readonly Bar[];
  /** How the number at each bar is written, in d3's language; default `.3~g`. */
  readonly format?: string;
  readonly width?: number;
}

export interface Bar {
  readonly category: string;
  readonly value: number;
  /** Bars of one category stand side by side, a colour for each group. */
  readonly group?: string;
}

export interface HistogramGridOptions extends ChartText {
  readonly x: Axis;
  readonly panels: readonly HistogramPanel[];
  /** Each panel has an x axis of its own, where values differ by orders of magnitude; default false. */
  readonly ownAxes?: boolean;
  readonly width?: number;
  readonly height?: number;
}

export interface HistogramPanel {
  readonly row: string;
  readonly column: string;
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Horizontal bars with their numbers. */
export function bars(options: BarsOptions): Chart {
  const { value, category, bars: all, format = '.3~g', width = 560 } = options;
  const categories = [...new Set(all.map((bar) => bar.category))];
  const groups = [...new Set(all.map((bar) => bar.group ?? ''))];
  const grouped = groups.length > 1;
  const y = {
    field: 'category',
    type: 'nominal',
    sort: categories,
    title: category,
    axis: { ticks: false, domain: false, labelPadding: 6, labelLimit: 320 },
  };
  const offset = grouped ? { yOffset: { field: 'group', type: 'nominal', sort: groups } } : {};
  const color = grouped
    ? { color: { field: 'group', type: 'nominal', sort: groups, scale: { domain: groups }, legend: { title: null } } }
    : {};
  const x = {
    field: 'value',
    ...positional(
      value,
      all.map((bar) => bar.value),
      { zero: true },
    ),
  };
  const text = { field: 'value', type: 'quantitative', format };
  return chartOf(options, {
    width,
    height: { step: grouped ? 18 : 30 },
    data: { values: all.map((bar) => ({ category: bar.category, value: bar.value, group: bar.group ?? '' })) },
    encoding: { y, x, ...offset },
    layer: [
      { mark: { type: 'bar', tooltip: true, cornerRadiusEnd: 2 }, encoding: color },
      { mark: { type: 'text', align: 'left', dx: 5, baseline: 'middle' }, encoding: { text } },
    ],
  });
}

/** An axis whose values may be of any size in little room. */
function spaced(axis: VegaLite, anySize: boolean): VegaLite {
  if (!anySize) return axis;
  const size = 'abs(datum.value)';
  const format = `${size} >= 1e4 || (${size} < 1e-3 && ${size} > 0) ? '~e' : '~g'`;
  const labels = { tickCount: 2, labelExpr: `replace(format(datum.value, ${format}), 'e+', 'e')` };
  return { ...axis, axis: { ...(axis['axis'] as VegaLite), ...labels } };
}

/** Histograms in rows and columns, each as high as its own counts. */
export function histogramGrid(options: HistogramGridOptions): Chart {
  const { x, panels, width = 130, height = 80 } = options;
  const values = panels.flatMap(({ row, column, edges, counts }) => {
    const most = Math.max(...counts, 1);
    return counts.map((count, i) => ({ row, column, from: edges[i], to: edges[i + 1], share: count / most, count }));
  });
  const unique = (pick: (panel: HistogramPanel) => string) => [...new Set(panels.map(pick))];
  const header = { title: null, labelFontSize: 12, labelFontWeight: 'bold' };
  return chartOf(options, {
    data: { values },
    facet: {
      row: {
        field: 'row',
        type: 'nominal',
        sort: unique(({ row }) => row),
        header: { ...header, labelAngle: 0, labelAlign: 'left' },
      },
      column: { field: 'column', type: 'nominal', sort: unique(({ column }) => column), header },
    },
    ...(options.ownAxes === true && { resolve: { scale: { x: 'independent' }, axis: { x: 'independent' } } }),
    spec: {
      width,
      height,
      // The border keeps bins of a fraction of a pixel visible: they are what a histogram of equal values consists of.
      mark: { type: 'rect', tooltip: true, clip: true, stroke: { expr: 'first' }, strokeWidth: 0.75 },
      encoding: {
        x: { field: 'from', ...spaced(positional(x, [], { tickCount: 3 }), options.ownAxes === true) },
        x2: { field: 'to' },
        y2: { datum: 0 },
        y: {
          field: 'share',
          type: 'quantitative',
          title: null,
          axis: { labels: false, ticks: false, grid: false },
          scale: { domain: [0, 1] },
        },
        tooltip: [
          { field: 'from', type: 'quantitative', format: '.3~g' },
          { field: 'to', type: 'quantitative', format: '.3~g' },
          { field: 'count', type: 'quantitative' },
        ],
      },
    },
  });
}
