import { checkBoolean, checkOptions, checkString } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Results } from '../experiments/index.js';
import type { History } from '../training/index.js';

export interface ReportOptions {
  /** Where the page is written; default: it is returned only. */
  path?: string;
  /** Each chart as SVG files beside the page, in light and dark; default false. */
  pictures?: boolean;
  /** Default "Training report". */
  title?: string;
}

/**
 * A page about a training: one HTML file with everything in it, which needs no network. From a history: the curves and the
 * settings. From what {@link gatherResults} found: also confusions, the worst mistakes as images, weights of the first layer,
 * activations and gradients of the layers, and the machine.
 *
 * Needs the packages `vega` (6.4) and `vega-lite` (6.4.3), which are not installed with blasnet.
 *
 * @param subject the history of a fit, or results
 * @param options see {@link ReportOptions}
 * @returns the page
 * @throws OptionError; FileError `ERR_FILE_MISSING` that says what to install, `ERR_FILE_WRITE`
 *
 * @example
 * await report(history, { path: 'report.html' });
 */
export async function report(subject: History | Results, options?: ReportOptions): Promise<string> {
  const given = checkOptions<ReportOptions>('report', options, ['path', 'pictures', 'title']);
  if (typeof subject !== 'object' || subject === null || !('epochs' in subject || 'confusion' in subject)) {
    throw new OptionError('ERR_OPTION_TYPE', 'Expected a history, or what gatherResults gives, for report');
  }
  const title = given.title === undefined ? 'Training report' : checkString('title', given.title);
  const path = given.path === undefined ? undefined : checkString('path', given.path);
  const pictures = checkBoolean('pictures', given.pictures ?? false);
  // Who imports blasnet to train does not wait for what draws charts.
  const { trainingPage } = await import('./training-page.js');
  return trainingPage(subject, { title, path, pictures });
}
