import type { VegaLite } from './charts/chart.js';

export type ThemeName = 'light' | 'dark';

interface Palette {
  readonly background: string;
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  readonly surface: string;
  /** Text on a strong colour. */
  readonly inverse: string;
  readonly heat: readonly [string, string];
  /** For numbers: of the kind of viridis, without its end that the background swallows. */
  readonly ramp: readonly string[];
  readonly categories: readonly string[];
}

/**
 * The colours of Okabe and Ito, which people with any common colour blindness tell apart, in an order in which neighbours
 * also differ in lightness. The dark ones are lightened until they stand out on the dark background.
 *
 * Source: Okabe and Ito, "Color universal design", 2008.
 */
const palettes: Record<ThemeName, Palette> = {
  light: {
    background: '#ffffff',
    ink: '#1f2328',
    quiet: '#6a737d',
    grid: '#e6e8eb',
    surface: '#f3f4f6',
    inverse: '#ffffff',
    heat: ['#fdf0e6', '#b54700'],
    ramp: ['#440154', '#3b528b', '#21918c', '#5ec962', '#d9c514'],
    categories: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#3b3b3b', '#94751c'],
  },
  dark: {
    background: '#14171c',
    ink: '#e6e8eb',
    quiet: '#9aa3ad',
    grid: '#2b3038',
    surface: '#20252c',
    inverse: '#14171c',
    heat: ['#2a2420', '#ff9d57'],
    ramp: ['#6f7fd6', '#3d9fc4', '#35c08a', '#a5db36', '#fde725'],
    categories: ['#58a8e8', '#f2793d', '#2fc79b', '#e396c4', '#f5b83d', '#a5d8f7', '#d9d9d9', '#d6bb66'],
  },
};

export const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

export function paletteOf(theme: ThemeName): Palette {
  return palettes[theme];
}

/** Vega-Lite's configuration of a theme. Specifications name `ink`, `quiet`, … as parameters of these values. */
export function themeConfig(theme: ThemeName): VegaLite {
  const { background, ink, quiet, grid, categories, ramp, heat } = palettes[theme];
  return {
    background,
    padding: 16,
    font: fonts,
    view: { stroke: null },
    axis: {
      labelColor: quiet,
      titleColor: ink,
      gridColor: grid,
      domainColor: quiet,
      tickColor: quiet,
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      titlePadding: 8,
      labelOverlap: 'greedy',
    },
    legend: {
      orient: 'top',
      labelColor: ink,
      titleColor: ink,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      symbolStrokeWidth: 2.5,
      labelLimit: 320,
      offset: 12,
    },
    header: { labelColor: ink, titleColor: ink },
    title: {
      color: ink,
      subtitleColor: quiet,
      fontSize: 16,
      subtitleFontSize: 12,
      anchor: 'start',
      frame: 'group',
      offset: 14,
      subtitlePadding: 6,
    },
    range: { category: categories, ramp, heatmap: heat },
    line: { strokeWidth: 2.25 },
    point: { color: categories[0] },
    bar: { color: categories[0] },
    text: { color: ink, fontSize: 11 },
    mark: { color: categories[0] },
  };
}

/** Values that specifications name in expressions, so that one specification serves both themes. */
export function themeParameters(theme: ThemeName): { name: string; value: unknown }[] {
  const { ink, quiet, surface, inverse, background, categories } = palettes[theme];
  return Object.entries({
    ink,
    quiet,
    surface,
    inverse,
    paper: background,
    first: categories[0],
    accent: categories[1],
  }).map(([name, value]) => ({
    name,
    value,
  }));
}
