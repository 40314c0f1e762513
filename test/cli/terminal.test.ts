import { describe, expect, it } from 'vitest';
import { bar, gauge } from '../../lib/cli/terminal/bars.js';
import { beside, cropTogether, draw, greyIndex } from '../../lib/cli/terminal/drawing.js';
import { clock, grouped, percent } from '../../lib/cli/terminal/format.js';
import { ProgressLine, progressText } from '../../lib/cli/terminal/progress.js';
import { terminalOf, type Terminal } from '../../lib/cli/terminal/terminal.js';
import { clipMiddle, displayWidth, fitPieces, flow, printable, wrap } from '../../lib/cli/terminal/text.js';
import { epochLine } from '../../lib/cli/training-report.js';

interface FakeTerminal extends Terminal {
  written: string;
}

function fakeTerminal(width: number, overrides: Partial<Terminal> = {}): FakeTerminal {
  const terminal: FakeTerminal = {
    written: '',
    live: true,
    width,
    drawingWidth: width,
    colours: 1,
    unicode: true,
    print: (line = '') => terminal.write(`${line}\n`),
    write: (text: string) => void (terminal.written += text),
    style: (_format: unknown, text: string) => text,
    ...overrides,
  };
  return terminal;
}

const progress = {
  epoch: 3,
  epochs: 10,
  samples: 30_000,
  samplesPerEpoch: 60_000,
  loss: 0.12345,
  accuracy: 0.98765,
  samplesPerSecond: 98_765.4,
  secondsLeft: 65.2,
};

describe('text', () => {
  it('counts columns: colours none, East Asian characters two, combining marks none', () => {
    expect(displayWidth('\u001b[1mabc\u001b[0m')).toBe(3);
    expect(displayWidth('数字')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
  });

  it('makes sequences that steer a terminal visible', () => {
    expect(printable('a\u001b[2Jb\u009bc\nd\u202ee')).toBe('a\ufffd[2Jb\ufffdc\ufffdd\ufffde');
  });

  it('cuts in the middle and never exceeds the width', () => {
    expect(clipMiddle('/home/someone/data', 11)).toBe('/home…/data');
    for (let width = 0; width < 20; width++) {
      expect(displayWidth(clipMiddle('/home/数字/mnist', width))).toBeLessThanOrEqual(width);
    }
  });

  it('breaks between parts only', () => {
    expect(flow(['aaa', 'bbb', 'ccc'], ' · ', 9)).toEqual(['aaa · bbb', 'ccc']);
    expect(flow(['aaa', 'bbb'], ' · ', Infinity)).toEqual(['aaa · bbb']);
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  });

  it('leaves out the pieces that matter least', () => {
    const pieces = [
      { text: 'aaaa', rank: 3 },
      { text: 'bbbb', rank: 1 },
      { text: 'cccc', rank: 2 },
    ];
    expect(fitPieces(pieces, ' ', 14)).toBe('aaaa bbbb cccc');
    expect(fitPieces(pieces, ' ', 13)).toBe('aaaa cccc');
    expect(fitPieces(pieces, ' ', 4)).toBe('aaaa');
    expect(fitPieces(pieces, ' ', 3)).toBe('');
  });

  it('writes numbers as people do', () => {
    expect(grouped(669706)).toBe('669,706');
    expect(percent(0.98123)).toBe('98.12 %');
    expect([0, 65, 3725, Infinity, NaN].map(clock)).toEqual(['0:00', '1:05', '1:02:05', '–:––', '–:––']);
  });
});

describe('bars', () => {
  it('are as long as their share', () => {
    expect(bar(0.5, 4, true)).toBe('██');
    expect(bar(0.53125, 4, true)).toBe('██▏');
    expect(bar(0.5, 4, false)).toBe('##');
    expect([bar(-1, 4, true), bar(NaN, 4, true), bar(2, 4, true)]).toEqual(['', '', '████']);
  });

  it('fill their width as gauges', () => {
    for (const share of [0, 0.3, 1, 7, NaN]) {
      const { done, left } = gauge(share, 10, true);
      expect(done.length + left.length).toBe(10);
    }
  });
});

describe('drawings', () => {
  const image = { values: [0, 255, 128, 0, 255, 255], rows: 3, columns: 2 };

  it('are half blocks of grey where the terminal has 256 colours, two pixels a character', () => {
    const [first, second] = draw(image, { colours: 256, unicode: true });
    expect(first).toBe('\u001b[38;5;16;48;5;244m▀\u001b[38;5;231;48;5;16m▀\u001b[0m');
    expect(second).toBe('\u001b[38;5;231;48;5;16m▀▀\u001b[0m');
  });

  it('are ASCII elsewhere', () => {
    for (const terminal of [
      { colours: 1, unicode: true },
      { colours: 16, unicode: true },
      { colours: 256, unicode: false },
    ] as const) {
      expect(draw(image, terminal)).toEqual([':=', '==']);
    }
  });

  it('have greys in order', () => {
    const indices = Array.from({ length: 256 }, (_, value) => greyIndex(value));
    expect([indices[0], indices[255]]).toEqual([16, 231]);
    const greys = indices.filter((index) => index >= 232);
    expect(greys).toEqual([...greys].sort((a, b) => a - b));
  });

  it('are cropped together to the ink of any of them', () => {
    const blank = { values: new Uint8Array(25), rows: 5, columns: 5 };
    const dot = { ...blank, values: Uint8Array.from({ length: 25 }, (_, i) => (i === 6 ? 255 : 0)) };
    const [first, second] = cropTogether([blank, dot], 0);
    expect([first.rows, first.columns, second.values[0]]).toEqual([1, 1, 255]);
    expect(cropTogether([blank])).toEqual([blank]);
    expect(cropTogether([])).toEqual([]);
  });

  it('stand beside each other', () => {
    expect(beside([['a', 'b'], ['c']], [1, 1], ' ')).toEqual(['a c', 'b']);
  });
});

describe('the progress line', () => {
  it('fits into any window, with room for ^C', () => {
    for (let width = 1; width <= 200; width++) {
      const text = progressText(progress, fakeTerminal(width));
      expect(displayWidth(text), `at ${width} columns`).toBeLessThanOrEqual(Math.max(0, width - 3));
    }
  });

  it('shows everything at 80 columns', () => {
    const text = progressText(progress, fakeTerminal(80));
    expect(text).toMatch(/^epoch {2}3\/10 {2}━+─+ {2}loss 0\.1235 {2}accuracy 98\.77 % {2}98,765\/s {2}1:06 left$/);
  });

  it.each([
    [70, /^epoch {2}3\/10 {2}━+─+ {2}loss 0\.1235 {2}accuracy 98\.77 % {2}1:06 left$/],
    [55, /^epoch {2}3\/10 {2}━+─+ {2}accuracy 98\.77 % {2}1:06 left$/],
    [45, /^epoch {2}3\/10 {2}accuracy 98\.77 % {2}1:06 left$/],
    [30, /^epoch {2}3\/10 {2}1:06 left$/],
    [15, /^epoch {2}3\/10$/],
  ])('says less at %i columns', (width, form) => {
    expect(progressText(progress, fakeTerminal(width))).toMatch(form);
  });

  it('says nothing about accuracy where there is none', () => {
    expect(progressText({ ...progress, accuracy: undefined }, fakeTerminal(80))).not.toContain('accuracy');
  });

  it('is written over, at most a dozen times a second', () => {
    let now = 0;
    const terminal = fakeTerminal(80);
    const line = new ProgressLine(terminal, () => now);
    for (; now < 1000; now += 10) line.update(progress);
    const shown = terminal.written.split('\r').length - 1;
    expect(shown).toBeGreaterThan(8);
    expect(shown).toBeLessThan(14);
    expect(terminal.written).not.toContain('\n');
    line.clear();
    expect(terminal.written.endsWith('\r\u001b[J')).toBe(true);
  });

  it('goes back over all rows that a window made narrower has broken it into', () => {
    const terminal = fakeTerminal(80);
    const line = new ProgressLine(terminal);
    line.show('x'.repeat(70));
    Object.assign(terminal, { width: 30, written: '' });
    line.clear();
    expect(terminal.written).toBe('\u001b[2A\r\u001b[J');
  });

  it('writes nothing where nobody looks', () => {
    const terminal = fakeTerminal(80, { live: false });
    const line = new ProgressLine(terminal);
    line.update(progress);
    line.show('text');
    line.clear();
    expect(terminal.written).toBe('');
  });
});

it('fits the line of an epoch into any window', () => {
  const record = {
    epoch: 3,
    loss: 0.12345,
    dataLoss: 0.12345,
    penalty: 0,
    accuracy: 0.98765,
    valLoss: 0.1,
    valAccuracy: 0.97,
    learningRate: 0.001,
    steps: 118,
    seconds: 0.61,
    samplesPerSecond: 98_765,
  };
  for (let width = 1; width <= 120; width++) {
    expect(displayWidth(epochLine(record, 10, fakeTerminal(width)))).toBeLessThanOrEqual(width);
  }
  expect(epochLine(record, 10, fakeTerminal(80))).toBe(
    'epoch  3/10  loss 0.1235  accuracy 98.77 %  test 97.00 %   98,765/s  0.6 s',
  );
});

describe('what a stream can do', () => {
  const stream = (isTTY: boolean, columns?: number) => ({ isTTY, columns, write: () => true }) as never;

  it.each([
    ['a pipe', false, {}, 1],
    ['a pipe, forced', false, { FORCE_COLOR: '2' }, 256],
    ['a terminal of 256 colours', true, { TERM: 'xterm-256color' }, 256],
    ['a terminal of 16 colours', true, { TERM: 'xterm' }, 16],
    ['NO_COLOR', true, { TERM: 'xterm-256color', NO_COLOR: '1' }, 1],
    ['a dumb terminal', true, { TERM: 'dumb' }, 1],
  ])('knows the colours of %s', (_name, isTTY, environment, colours) => {
    expect(terminalOf(stream(isTTY), environment).colours).toBe(colours);
  });

  it('is live on a terminal that can go back', () => {
    expect(terminalOf(stream(true), { TERM: 'xterm' }).live).toBe(true);
    expect(terminalOf(stream(true), { TERM: 'dumb' }).live).toBe(false);
    expect(terminalOf(stream(false), { TERM: 'xterm' }).live).toBe(false);
  });

  it('has a width even where the terminal does not say', () => {
    expect(terminalOf(stream(true, 0), {}).width).toBe(80);
    expect(terminalOf(stream(true, 50), {}).width).toBe(50);
    expect(terminalOf(stream(false), {}).width).toBe(Infinity);
  });

  it.skipIf(process.platform === 'win32')('draws ASCII where the locale or the console has no more', () => {
    expect(terminalOf(stream(true), { LANG: 'en_US.UTF-8' }).unicode).toBe(true);
    expect(terminalOf(stream(true), {}).unicode).toBe(true);
    expect(terminalOf(stream(true), { LC_ALL: 'C', LANG: 'en_US.UTF-8' }).unicode).toBe(false);
    expect(terminalOf(stream(true), { TERM: 'linux' }).unicode).toBe(false);
  });
});
