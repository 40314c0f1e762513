import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileError } from '../core/errors.js';
import type { Chart } from './charts/chart.js';
import { themeConfig, themeParameters, type ThemeName } from './theme.js';

/** Draws charts. Made by {@link loadRenderer}. */
export interface Renderer {
  /** The chart as a picture. */
  svg(chart: Chart, theme: ThemeName): Promise<string>;
  /** The chart as Vega runs it in a page. */
  vega(chart: Chart, theme: ThemeName): object;
  /** The source of Vega for a page. */
  vegaSource(): Promise<string>;
}

const INSTALL = 'npm install vega@~6.4.0 vega-lite@~6.4.3';

/**
 * Vega and Vega-Lite, loaded when the first chart is drawn: they are optional packages.
 *
 * @throws FileError `ERR_FILE_MISSING` that says what to install
 */
export async function loadRenderer(): Promise<Renderer> {
  const { vega, vegaLite } = await loadPackages();
  measureWithoutCanvas(vega);
  const compile = (chart: Chart, theme: ThemeName) => {
    const { params = [], ...spec } = chart.spec as { params?: object[] };
    const themed = { ...spec, params: [...themeParameters(theme), ...params], config: themeConfig(theme) };
    const warnings: string[] = [];
    const logger = quietLogger(warnings);
    const compiled = vegaLite.compile(themed, { logger }).spec;
    if (warnings.length > 0) throw new Error(`The chart ${chart.name} is described wrongly: ${warnings.join('; ')}`);
    return compiled;
  };
  return {
    vega: compile,
    async svg(chart, theme) {
      const view = new vega.View(vega.parse(compile(chart, theme)), { renderer: 'none' });
      try {
        return await view.toSVG();
      } finally {
        view.finalize();
      }
    },
    vegaSource: () => readFile(join(dirname(createRequire(import.meta.url).resolve('vega')), 'vega.min.js'), 'utf8'),
  };
}

/** What is used of the two packages: their own types ask for those of a browser. */
interface Vega {
  textMetrics: { width: (item: { fontSize?: number; fontWeight?: unknown }, text: unknown) => number };
  parse(spec: object): object;
  View: new (runtime: object, options: { renderer: 'none' }) => { toSVG(): Promise<string>; finalize(): void };
}

interface VegaLiteCompiler {
  compile(spec: object, options: { logger: object }): { spec: object };
}

async function loadPackages(): Promise<{ vega: Vega; vegaLite: VegaLiteCompiler }> {
  const load = (name: string): Promise<unknown> => import(name);
  try {
    const [vega, vegaLite] = await Promise.all([load('vega'), load('vega-lite')]);
    return { vega: vega as Vega, vegaLite: vegaLite as VegaLiteCompiler };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new FileError('ERR_FILE_MISSING', `Charts need the packages vega and vega-lite: ${INSTALL}`, { cause });
  }
}

/**
 * Without a canvas Vega takes 0.8 of the font size for the width of a character, half as much again as is true of fonts
 * without serifs, and charts get empty margins for their titles.
 */
function measureWithoutCanvas({ textMetrics }: Vega): void {
  textMetrics.width = ({ fontSize = 11, fontWeight }, text) => {
    const share = fontWeight === 'bold' ? 0.63 : 0.57;
    return String(text).length * fontSize * share;
  };
}

/** Vega-Lite says on the console what it does not like; here it goes to the caller. */
function quietLogger(warnings: string[]): object {
  const logger = {
    level: () => logger,
    warn: (...args: readonly unknown[]) => (warnings.push(args.join(' ')), logger),
    error: (...args: readonly unknown[]) => (warnings.push(args.join(' ')), logger),
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
