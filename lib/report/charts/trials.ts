import { chartOf, logTicks, positional, type Axis, type Chart, type ChartText } from './chart.js';

export interface ScatterOptions extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  /** What the colour says of each point. */
  readonly color: { readonly title: string; readonly format?: string };
  readonly points: readonly { readonly x: number; readonly y: number; readonly color: number }[];
}

export interface ParallelOptions extends ChartText {
  /** The axes, from left to right; the last one is usually the result. */
  readonly axes: readonly { readonly title: string; readonly log?: boolean; readonly format?: string }[];
  /** A value for each axis and trial. */
  readonly trials: readonly (readonly number[])[];
}

/** Points in two dimensions, a third one as colour. */
export function scatter(options: ScatterOptions): Chart {
  const { x, y, color, points } = options;
  const format = color.format ?? '.3~g';
  return chartOf(options, {
    width: 560,
    height: 380,
    data: { values: points },
    mark: { type: 'point', filled: true, size: 90, tooltip: true, opacity: 0.9 },
    encoding: {
      x: {
        field: 'x',
        ...positional(
          x,
          points.map((point) => point.x),
          { margin: true },
        ),
      },
      y: {
        field: 'y',
        ...positional(
          y,
          points.map((point) => point.y),
          { margin: true },
        ),
      },
      color: {
        field: 'color',
        type: 'quantitative',
        title: color.title,
        scale: { range: 'ramp' },
        legend: { format, orient: 'right', gradientLength: 220 },
      },
      tooltip: [
        { field: 'x', type: 'quantitative', title: x.title, format: '.3~g' },
        { field: 'y', type: 'quantitative', title: y.title, format: '.3~g' },
        { field: 'color', type: 'quantitative', title: color.title, format },
      ],
    },
  });
}

/** Parallel coordinates: a line for each trial across all axes, coloured by the last one. */
export function parallelCoordinates(options: ParallelOptions): Chart {
  const { axes, trials } = options;
  const ranges = axes.map(({ log }, i) => {
    const values = trials.map((trial) => (log === true ? Math.log10(trial[i]) : trial[i])).filter(Number.isFinite);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { low, high: high > low ? high : low + 1 };
  });
  const place = (axis: number, value: number) => {
    const { low, high } = ranges[axis];
    return ((axes[axis].log === true ? Math.log10(value) : value) - low) / (high - low);
  };
  const titles = axes.map(({ title }) => title);
  const lineRows = trials.flatMap((trial, id) =>
    trial.map((value, axis) => ({ id, axis: titles[axis], at: place(axis, value), value, result: trial.at(-1) })),
  );
  const labels = axes.flatMap(({ title, log, format }, axis) => {
    const { low, high } = ranges[axis];
    const ticks =
      log === true
        ? (logTicks([10 ** low, 10 ** high])['values'] as number[])
        : [0, 0.25, 0.5, 0.75, 1].map((at) => low + at * (high - low));
    return ticks.map((value) => ({ axis: title, tick: place(axis, value), label: numeral(value, format) }));
  });
  const x = {
    field: 'axis',
    type: 'nominal',
    sort: titles,
    title: null,
    axis: { labelAngle: 0, labelFontSize: 12, domain: false, ticks: false, grid: false },
  };
  const y = { type: 'quantitative', axis: null, scale: { domain: [-0.03, 1.03], nice: false } };
  const result = axes.at(-1)!;
  return chartOf(options, {
    width: 620,
    height: 360,
    data: { values: [...lineRows, ...labels] },
    layer: [
      {
        transform: [{ filter: 'isValid(datum.tick)' }],
        mark: { type: 'rule', color: { expr: 'quiet' } },
        encoding: { x },
      },
      {
        transform: [{ filter: 'isValid(datum.id)' }],
        mark: { type: 'line', strokeWidth: 1.5, opacity: 0.75, tooltip: true },
        encoding: {
          x,
          y: { field: 'at', ...y },
          detail: { field: 'id' },
          color: {
            field: 'result',
            type: 'quantitative',
            title: result.title,
            scale: { range: 'ramp' },
            legend: {
              orient: 'right',
              gradientLength: 220,
              ...(result.format !== undefined && { format: result.format }),
            },
          },
          order: { field: 'axis', type: 'nominal', sort: titles },
          tooltip: [
            { field: 'axis', type: 'nominal' },
            { field: 'value', type: 'quantitative', format: '.3~g' },
            { field: 'result', type: 'quantitative', title: result.title, format: '.3~g' },
          ],
        },
      },
      // Twice: first as broad strokes of paper, on which the label can be read across the lines.
      ...[
        { color: { expr: 'paper' }, stroke: { expr: 'paper' }, strokeWidth: 4, strokeJoin: 'round', opacity: 0.85 },
        { color: { expr: 'ink' } },
      ].map((look) => ({
        transform: [{ filter: 'isValid(datum.tick)' }],
        mark: { type: 'text', align: 'left', dx: 6, fontSize: 11, ...look },
        encoding: { x, y: { field: 'tick', ...y }, text: { field: 'label', type: 'nominal' } },
      })),
    ],
  });
}

function numeral(value: number, format: string | undefined): string {
  if (format?.endsWith('%') === true) return `${(100 * value).toFixed(1)} %`;
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : Number(value.toPrecision(3)).toString();
}
