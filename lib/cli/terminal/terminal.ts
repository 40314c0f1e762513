import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Where a command writes: a terminal with its width and abilities, or a pipe or file without. */
export interface Terminal {
  /** A person is looking, and lines can be written over. */
  readonly live: boolean;
  /** Columns, for text; without end where nobody's screen limits it. Asked anew each time: windows change. */
  readonly width: number;
  /** Columns for drawings, which need some end. */
  readonly drawingWidth: number;
  readonly colours: 1 | 16 | 256;
  /** Whether to expect more than ASCII to be drawn. */
  readonly unicode: boolean;
  print(line?: string): void;
  write(text: string): void;
  style(format: Format, text: string): string;
}

const WIDTH_UNKNOWN = 80;
const WIDEST_DRAWING = 120;

/** What a stream can do. Colours follow NO_COLOR, FORCE_COLOR, TERM and the stream being a terminal, as in Node.js. */
export function terminalOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): Terminal {
  const live = stream.isTTY && environment['TERM'] !== 'dumb';
  const colours = coloursOf(stream, environment);
  const unicode = drawsUnicode(environment);
  const columns = () => (stream.columns > 0 ? stream.columns : WIDTH_UNKNOWN);
  return {
    live,
    colours,
    unicode,
    get width() {
      return stream.isTTY ? columns() : Infinity;
    },
    get drawingWidth() {
      return stream.isTTY ? Math.min(columns(), WIDEST_DRAWING) : 100;
    },
    print: (line = '') => void stream.write(`${line}\n`),
    write: (text) => void stream.write(text),
    style: (format, text) => (colours === 1 ? text : styleText(format, text, { validateStream: false })),
  };
}

function coloursOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Terminal['colours'] {
  if (!stream.isTTY && environment['FORCE_COLOR'] === undefined) return 1;
  const depth = WriteStream.prototype.getColorDepth.call(stream, environment);
  return depth >= 8 ? 256 : depth >= 4 ? 16 : 1;
}

/** A locale that is set and is not UTF-8 says no; so do the Linux console and the old Windows console. */
function drawsUnicode(environment: NodeJS.ProcessEnv): boolean {
  if (process.platform === 'win32') {
    return ['WT_SESSION', 'TERM_PROGRAM', 'ConEmuTask', 'TERM'].some((name) => environment[name] !== undefined);
  }
  if (environment['TERM'] === 'linux') return false;
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'];
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}
