import { escapeXml, scriptJson } from './escape.js';
import type { Chart } from './charts/chart.js';
import { gallerySvg, type Gallery } from './gallery.js';
import type { Renderer } from './render.js';
import { fonts, paletteOf, type ThemeName } from './theme.js';

export type Figure = Chart | Gallery;

/** A part of a page. */
export interface Section {
  readonly heading?: string;
  readonly text?: readonly string[];
  readonly list?: readonly string[];
  /** Text whose spaces count. */
  readonly preformatted?: string;
  readonly table?: Table;
  readonly figures?: readonly Figure[];
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Page {
  readonly title: string;
  readonly lead?: string;
  readonly sections: readonly Section[];
  /** At the end, in small print: machine, version, seed. */
  readonly footer?: string;
}

const themes: readonly ThemeName[] = ['light', 'dark'];

export function isGallery(figure: Figure): figure is Gallery {
  return 'images' in figure;
}

export async function figureSvg(figure: Figure, theme: ThemeName, renderer: Renderer): Promise<string> {
  return isGallery(figure) ? gallerySvg(figure, theme) : renderer.svg(figure, theme);
}

/**
 * A page in one file that needs no network: text, charts drawn already, and Vega with their descriptions, which makes
 * them interactive where scripts run. Follows the reader's choice of light or dark.
 */
export async function renderPage(page: Page, renderer: Renderer): Promise<string> {
  const live: Record<string, unknown> = {};
  const figureHtml = async (figure: Figure) => {
    const drawn = await Promise.all(themes.map((theme) => figureSvg(figure, theme, renderer)));
    const parts = themes.map((theme, i) => {
      const id = `figure-${figure.name}-${theme}`;
      if (!isGallery(figure)) live[id] = renderer.vega(figure, theme);
      return `<div class="only-${theme}" id="${escapeXml(id)}">${withOwnIds(drawn[i], id)}</div>`;
    });
    return `<figure aria-label="${escapeXml(figure.title)}">${parts.join('')}</figure>`;
  };
  const sections: string[] = [];
  for (const section of page.sections) sections.push(await sectionHtml(section, figureHtml));
  const hasCharts = Object.keys(live).length > 0;
  const scripts = hasCharts
    ? `<script>${(await renderer.vegaSource()).replaceAll('</script', '<\\/script')}</script>` +
      `<script type="application/json" id="charts">${scriptJson(live)}</script><script>${liveScript}</script>`
    : '';
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<meta name="color-scheme" content="light dark"><title>${escapeXml(page.title)}</title><style>${styles()}</style></head><body><main>` +
    `<h1>${escapeXml(page.title)}</h1>${page.lead === undefined ? '' : `<p class="lead">${escapeXml(page.lead)}</p>`}` +
    `${sections.join('\n')}${page.footer === undefined ? '' : `<footer>${escapeXml(page.footer)}</footer>`}</main>${scripts}</body></html>\n`
  );
}

/**
 * Gradients and clip paths are found by ids, which Vega counts from 0 in the page again: without names of their own, a chart
 * takes the gradient of another that is not shown, and stays empty.
 */
function withOwnIds(svg: string, id: string): string {
  const own = (name: string) => `${id.replaceAll(/[^\w-]/g, '-')}-${name}`;
  return svg
    .replaceAll(/ id="([\w-]+)"/g, (_, name: string) => ` id="${own(name)}"`)
    .replaceAll(/url\(#([\w-]+)\)/g, (_, name: string) => `url(#${own(name)})`);
}

async function sectionHtml(section: Section, figureHtml: (figure: Figure) => Promise<string>): Promise<string> {
  const { heading, text = [], list = [], preformatted, table, figures = [] } = section;
  const drawn: string[] = [];
  for (const figure of figures) drawn.push(await figureHtml(figure));
  return [
    '<section>',
    heading === undefined ? '' : `<h2>${escapeXml(heading)}</h2>`,
    ...text.map((paragraph) => `<p>${escapeXml(paragraph)}</p>`),
    list.length === 0 ? '' : `<ul>${list.map((item) => `<li>${escapeXml(item)}</li>`).join('')}</ul>`,
    preformatted === undefined ? '' : `<pre>${escapeXml(preformatted)}</pre>`,
    table === undefined ? '' : tableHtml(table),
    ...drawn,
    '</section>',
  ].join('');
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((column) => `<th>${escapeXml(column)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function cellHtml(cell: string | number): string {
  return typeof cell === 'number' ? `<td class="number">${cell}</td>` : `<td>${escapeXml(cell)}</td>`;
}

function styles(): string {
  const variables = (theme: ThemeName) => {
    const { background, ink, quiet, grid, surface, categories } = paletteOf(theme);
    return `--background:${background};--ink:${ink};--quiet:${quiet};--grid:${grid};--surface:${surface};--accent:${categories[0]}`;
  };
  return (
    `:root{${variables('light')}}@media(prefers-color-scheme:dark){:root{${variables('dark')}}.only-light{display:none}}` +
    '@media not (prefers-color-scheme:dark){.only-dark{display:none}}' +
    `body{margin:0;background:var(--background);color:var(--ink);font:16px/1.55 ${fonts}}` +
    'main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem}h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}' +
    'h2{font-size:1.2rem;margin:2.2rem 0 .6rem}.lead{font-size:1.1rem;color:var(--quiet);margin:0 0 1.5rem}p{margin:.5rem 0;max-width:46rem}' +
    'ul{padding-left:1.2rem;max-width:46rem}li{margin:.25rem 0}figure{margin:1.25rem 0;border:1px solid var(--grid);border-radius:10px;overflow-x:auto}' +
    'pre{overflow-x:auto;background:var(--surface);padding:1rem;border-radius:8px;font-size:.85rem}figure svg{display:block}.wide{overflow-x:auto}table{border-collapse:collapse;margin:.75rem 0;font-size:.95rem}' +
    'th,td{text-align:left;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--grid);vertical-align:top}th{color:var(--quiet);font-weight:500}' +
    'td:first-child{white-space:nowrap}td.number{font-variant-numeric:tabular-nums;text-align:right}footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--grid);color:var(--quiet);font-size:.85rem}' +
    '#tip{position:fixed;pointer-events:none;background:var(--surface);color:var(--ink);border:1px solid var(--grid);border-radius:6px;' +
    'padding:.3rem .6rem;font-size:.8rem;line-height:1.4;box-shadow:0 2px 8px rgb(0 0 0/.2);display:none;z-index:1;white-space:pre}'
  );
}

/** Runs in the page: replaces drawn charts by live ones, each theme's where it is seen. */
const liveScript = `(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const tip = document.body.appendChild(Object.assign(document.createElement('div'), { id: 'tip' }));
  const show = (handler, event, item, value) => {
    if (value === null || value === undefined || value === '') { tip.style.display = 'none'; return; }
    tip.textContent = typeof value === 'object' ? Object.entries(value).map(([k, v]) => k + ': ' + v).join('\\n') : String(value);
    tip.style.display = 'block';
    tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + 'px';
    tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + 'px';
  };
  const begun = new Set();
  const start = () => {
    for (const [id, spec] of Object.entries(charts)) {
      const place = document.getElementById(id);
      if (begun.has(id) || getComputedStyle(place).display === 'none') continue;
      begun.add(id);
      const view = new vega.View(vega.parse(spec), { renderer: 'svg', hover: true });
      view.tooltip(show);
      const holder = document.createElement('div');
      view.initialize(holder).runAsync().then(() => place.replaceChildren(holder));
    }
  };
  start();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', start);
})();`;
