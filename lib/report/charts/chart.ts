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

/**
 * Vega-Lite's words for an axis.
 *
 * @param values what is drawn along it: a logarithmic axis without a domain needs them for its ticks
 * @param options `zero`: whether a linear axis begins at 0; `tickCount`: about how many ticks there is room for; `margin`:
 *   whether a logarithmic axis goes a little beyond the values, so that none lies on its end
 */
export function positional(
  axis: Axis,
  values: readonly number[] = [],
  { zero = false, tickCount = 8, margin = false }: { zero?: boolean; tickCount?: number; margin?: boolean } = {},
): VegaLite {
  const { title, scale = 'linear', domain, format, ticks } = axis;
  const extent = extentOf(values, scale);
  const ends = domain ?? (margin && scale === 'log' && extent !== undefined ? widened(extent) : extent);
  const log = scale === 'log' && ticks === undefined && ends !== undefined ? logTicks(ends, format) : undefined;
  return {
    type: 'quantitative',
    title,
    scale: {
      type: scale,
      ...(scale !== 'log' && { zero }),
      nice: domain === undefined && scale !== 'log',
      ...((domain !== undefined || scale === 'log') && ends !== undefined && { domain: ends }),
    },
    axis: {
      tickCount,
      // There is no epoch between two epochs.
      ...(scale === 'linear' && values.length > 0 && values.every(Number.isInteger) && { tickMinStep: 1 }),
      ...(format !== undefined && { format }),
      ...(ticks !== undefined && { values: ticks }),
      ...log,
    },
  };
}

/** Ends of the finite values, the positive ones for a logarithm. */
function extentOf(values: readonly number[], scale: Axis['scale']): readonly [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value) || (scale === 'log' && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? undefined : low === high ? [low / 2, high * 2] : [low, high];
}

/** A thirtieth of the length on either side. */
function widened([low, high]: readonly [number, number]): readonly [number, number] {
  const factor = (high / low) ** (1 / 30);
  return [low / factor, high * factor];
}

const MOST_TICKS = 9;
/** Where ticks may stand between two powers of ten: the finest that there is room for is taken. */
const mantissas = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9]];

/** Round ticks of a logarithmic axis: at powers of ten, a few of them, and between them where there are not many. */
export function logTicks([low, high]: readonly [number, number], format?: string): VegaLite {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const stride = Math.max(1, Math.ceil((last - first) / MOST_TICKS));
  const powers = Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, i) => first + i * stride);
  const choices = (stride > 1 ? mantissas.slice(0, 1) : mantissas).map((steps) =>
    powers
      .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
      .filter((value) => value >= low * 0.999 && value <= high * 1.001),
  );
  const values = choices.findLast(({ length }) => length <= MOST_TICKS) ?? choices[0];
  return { values, ...(format === undefined && { labelExpr: powerLabel }) };
}

/** 0.001 to 10,000 as they are, the rest as powers of ten. */
export const powerLabel =
  "datum.value >= 0.0009 && datum.value <= 10001 ? format(datum.value, '~g') : format(datum.value, '~e')";

/** Title and subtitle as Vega-Lite takes them. */
export function heading({ title, subtitle }: ChartText): VegaLite {
  return { text: title, ...(subtitle !== undefined && { subtitle }) };
}

/** A chart of text and the rest of a specification. */
export function chartOf(text: ChartText, spec: VegaLite): Chart {
  const { name, title, subtitle } = text;
  return { name, title, ...(subtitle !== undefined && { subtitle }), spec: { title: heading(text), ...spec } };
}
