import { chartOf, type Chart, type ChartText } from './chart.js';

export interface HeatmapOptions extends ChartText {
  readonly rows: string;
  readonly columns: string;
  /** Counts, row after row. */
  readonly counts: readonly (readonly number[])[];
  readonly labels: readonly string[];
}

/**
 * A confusion matrix: errors are coloured by their number, what is right stays pale, since a hundred times as many would
 * drown them.
 */
export function confusionHeatmap(options: HeatmapOptions): Chart {
  const { counts, labels } = options;
  const values = counts.flatMap((row, i) =>
    row.map((count, j) => ({
      row: labels[i],
      column: labels[j],
      count,
      errors: i === j ? null : count,
      right: i === j,
    })),
  );
  const most = Math.max(1, ...values.map(({ errors }) => errors ?? 0));
  const axis = { labelAngle: 0, ticks: false, domain: false };
  const step = labels.length > 12 ? 24 : 38;
  return chartOf(options, {
    width: { step },
    height: { step },
    data: { values },
    encoding: {
      x: { field: 'column', type: 'nominal', sort: labels, title: options.columns, axis },
      y: { field: 'row', type: 'nominal', sort: labels, title: options.rows, axis },
    },
    layer: [
      {
        mark: { type: 'rect', tooltip: true },
        encoding: {
          color: {
            condition: { test: 'datum.right', value: { expr: 'surface' } },
            field: 'errors',
            type: 'quantitative',
            title: 'mistakes',
            scale: { range: 'heatmap' },
            legend: { orient: 'right', gradientLength: 180 },
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 11 },
        encoding: {
          text: { field: 'count', type: 'quantitative' },
          color: {
            condition: {
              test: `datum.errors > ${0.6 * most}`,
              value: { expr: 'inverse' },
            },
            value: { expr: 'ink' },
          },
          opacity: { condition: { test: 'datum.count == 0', value: 0.25 }, value: 1 },
        },
      },
    ],
  });
}
