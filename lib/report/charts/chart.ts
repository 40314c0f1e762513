/** A Vega-Lite specification. Its types are not named here, since the package is an optional one. */
export type VegaLite = Record<string, unknown>;

/** One picture: what it shows, and how Vega-Lite draws it. Colours and fonts are the theme's. */
export interface Chart {
  /** Of its file; lower case with hyphens. */
  readonly name: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly spec: VegaLite;
}

/** An axis with its unit in the title. */
export interface Axis {
  /** What it measures and in which unit, such as "training time (s)". */
  readonly title: string;
  readonly scale?: 'linear' | 'log' | 'symlog';
  /** Ends of the axis; default: those of the values, with 0 where it is near. */
  readonly domain?: readonly [number, number];
  /** How ticks are written, in d3's language: `%` for percent; default: plain numbers. */
  readonly format?: string;
  /** Where ticks stand; default: where they are round. */
  readonly ticks?: readonly number[];
}

/** Points of one line, in order. A point that is no finite number is left out, and the line has a gap there. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A line that only compares with others, such as the human error. */
  readonly dashed?: boolean;
}

export interface ChartText {
  readonly name: string;
  readonly title: string;
  readonly subtitle?: string;
}

/** Vega-Lite's words for an axis. Logarithmic axes have no 0. */
export function positional({ title, scale = 'linear', domain, format, ticks }: Axis, zero = false): VegaLite {
  return {
    type: 'quantitative',
    title,
    scale: {
      type: scale,
      ...(scale !== 'log' && { zero }),
      nice: domain === undefined,
      ...(domain && { domain }),
      clamp: false,
    },
    axis: {
      ...(format !== undefined && { format }),
      ...(ticks !== undefined && { values: ticks }),
      // Powers of ten read better than 1.000e-4, and there is room for no more.
      ...(scale === 'log' && ticks === undefined && format === undefined && { labelExpr: powersOfTen, tickCount: 6 }),
    },
  };
}

const powersOfTen =
  "abs(log(datum.value)/LN10 - round(log(datum.value)/LN10)) < 1e-6 ? (datum.value >= 0.001 && datum.value <= 10000 ? format(datum.value, '~f') : '10^' + format(round(log(datum.value)/LN10), 'd')) : ''";

/** Title and subtitle as Vega-Lite takes them. */
export function heading({ title, subtitle }: ChartText): VegaLite {
  return { text: title, ...(subtitle !== undefined && { subtitle }) };
}

/** A chart of text and the rest of a specification. */
export function chartOf(text: ChartText, spec: VegaLite): Chart {
  const { name, title, subtitle } = text;
  return { name, title, ...(subtitle !== undefined && { subtitle }), spec: { title: heading(text), ...spec } };
}
