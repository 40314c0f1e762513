import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../core/errors.js';
import { reasonOf, writeFileAtomic } from '../core/files.js';
import { figureSvg, renderPage, type Page } from './page.js';
import type { Renderer } from './render.js';

/**
 * Writes a page and each of its figures into a folder, which is made where there is none: `NAME.html`, and
 * `NAME-FIGURE.svg` and `NAME-FIGURE.dark.svg` for each figure.
 *
 * @returns the paths, the page's first
 * @throws FileError naming what could not be written
 */
export async function writePage(page: Page, folder: string, name: string, renderer: Renderer): Promise<string[]> {
  await makeFolder(folder);
  const path = join(folder, `${name}.html`);
  await writeText(path, await renderPage(page, renderer));
  return [path, ...(await writeFigures(page, folder, name, renderer))];
}

/** Each figure of a page as two files; returns their paths. */
export async function writeFigures(page: Page, folder: string, name: string, renderer: Renderer): Promise<string[]> {
  const written: string[] = [];
  for (const figure of page.sections.flatMap(({ figures = [] }) => figures)) {
    for (const theme of ['light', 'dark'] as const) {
      const path = join(folder, `${name}-${figure.name}${theme === 'dark' ? '.dark' : ''}.svg`);
      await writeText(path, await figureSvg(figure, theme, renderer));
      written.push(path);
    }
  }
  return written;
}

export async function writeText(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, Buffer.from(text));
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new FileError('ERR_FILE_WRITE', `Could not make the folder ${folder}: ${reasonOf(cause)}`, { cause });
  }
}
