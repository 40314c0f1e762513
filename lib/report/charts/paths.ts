import { chartOf, positional, type Axis, type Chart, type ChartText, type Series } from './chart.js';

export interface PathsOptions extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  /** Closed lines along which the function has one value, each a list of points. */
  readonly contours: readonly (readonly (readonly [number, number])[])[];
  /** Where each run went, from its first point on; a panel for each. */
  readonly paths: readonly Path[];
  readonly goal: readonly [number, number];
  readonly columns: number;
  readonly width?: number;
  readonly height?: number;
}

/** Where one run went. */
export interface Path extends Series {
  /** Contours of its panel, where they differ; default those of all. */
  readonly contours?: readonly (readonly (readonly [number, number])[])[];
}

/** The way of each optimizer over the contours of a function, a panel for each. */
export function paths(options: PathsOptions): Chart {
  const { x, y, contours, paths: all, goal, columns, width = 250, height = 170 } = options;
  const names = all.map(({ name }) => name);
  const [xAxis, yAxis] = [positional(x, [], { tickCount: 5 }), positional(y, [], { tickCount: 5 })];
  const contourRows = all.flatMap(({ name: panel, contours: own = contours }) =>
    own.flatMap((points, level) => points.map(([cx, cy], order) => ({ panel, level, cx, cy, order }))),
  );
  const pathRows = all.flatMap(({ name, points }) =>
    points.map(([px, py], step) => ({ panel: name, px, py, step, start: step === 0 })),
  );
  const goals = names.map((panel) => ({ panel, gx: goal[0], gy: goal[1] }));
  const pair = (first: string, second: string) => ({ x: { field: first, ...xAxis }, y: { field: second, ...yAxis } });
  return chartOf(options, {
    data: { values: [...contourRows, ...pathRows, ...goals] },
    facet: {
      field: 'panel',
      type: 'nominal',
      title: null,
      sort: names,
      header: { labelFontSize: 13, labelFontWeight: 'bold' },
    },
    columns,
    spec: {
      width,
      height,
      layer: [
        {
          transform: [{ filter: 'isValid(datum.level)' }],
          mark: { type: 'line', strokeWidth: 1, opacity: 0.45, color: { expr: 'quiet' }, clip: true },
          encoding: {
            ...pair('cx', 'cy'),
            detail: { field: 'level' },
            order: { field: 'order', type: 'quantitative' },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.step)' }],
          mark: { type: 'line', strokeWidth: 1.5, clip: true, point: { size: 16 } },
          encoding: {
            ...pair('px', 'py'),
            order: { field: 'step', type: 'quantitative' },
            tooltip: [
              { field: 'step', type: 'quantitative' },
              { field: 'px', type: 'quantitative', title: x.title, format: '.3~f' },
              { field: 'py', type: 'quantitative', title: y.title, format: '.3~f' },
            ],
          },
        },
        {
          transform: [{ filter: 'isValid(datum.gx)' }],
          mark: { type: 'point', shape: 'cross', filled: true, size: 90, color: { expr: 'accent' } },
          encoding: pair('gx', 'gy'),
        },
      ],
    },
  });
}

/** Points of the ellipse x²/a² + y²/b² = 1. */
export function ellipse(a: number, b: number, points = 72): [number, number][] {
  return Array.from({ length: points + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / points;
    return [a * Math.cos(angle), b * Math.sin(angle)];
  });
}
