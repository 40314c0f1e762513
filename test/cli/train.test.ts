import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weightsSha256 } from '../../lib/cli/training-json.js';
import { Network } from '../../lib/index.js';
import { runCli, startCli, writeDigits } from '../support/cli.js';
import { mnistFolder, mnistUsed } from '../support/mnist.js';

let folder: string;
let digits: string;
const quick = ['--layers', '30', '--batch-size', '50', '--seed', '1'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-train-'));
  digits = writeDigits(join(folder, 'digits'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function trainJson(...args: string[]) {
  const { code, stdout, stderr } = await runCli(['train', digits, '--json', ...quick, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('blasnet train', () => {
  it('tells what it trains, one line an epoch, and what went wrong', async () => {
    const { code, stdout, stderr } = await runCli(['train', digits, '--epochs', '3', ...quick]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [header, ...lines] = stdout.split('\n');
    expect(header).toMatch(
      /^Data from .*digits · 600 \+ 200 images · 784-30-10 relu, dropout 0\.2 · 23,860 parameters · /,
    );
    expect(header).toMatch(/(native|reference) engine, \d+ threads?$/);
    lines.slice(0, 3).forEach((line, index) => {
      expect(line).toMatch(
        new RegExp(
          `^epoch ${index + 1}/3  loss \\d\\.\\d{4}  accuracy +[\\d.]+ %  test +[\\d.]+ % +[\\d,]+/s  [\\d.]+ s$`,
        ),
      );
    });
    const rest = lines.slice(3).join('\n');
    expect(rest).toMatch(/^\nTest accuracy [\d.]+ % · \d+ of 200 wrong · test loss [\d.]+\n3 epochs, 36 steps in /);
    expect(rest).toMatch(/\nMost confused\n {2}\d taken for \d +\d+ +█/);
    expect(rest).toMatch(/\nMost surely wrong\n[ .:=+*#%@\n-]+\d taken for \d, \d+ %/);
    // Nothing that steers a terminal: this is a pipe.
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\r');
  });

  it('prints one JSON object and nothing else', async () => {
    const result = await trainJson(
      '--epochs',
      '2',
      '--batch-norm',
      '--l2',
      '1e-4',
      '--optimizer',
      'sgd',
      '--schedule',
      'constant',
    );
    expect(result).toMatchObject({
      testAccuracy: expect.any(Number),
      testLoss: expect.any(Number),
      epochs: 2,
      steps: 24,
      seconds: expect.any(Number),
      samplesPerSecond: expect.any(Number),
      engine: expect.stringMatching(/^(native|reference)$/),
      threads: expect.any(Number),
      seed: 1,
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      interrupted: null,
      saved: null,
      parameters: 784 * 30 + 2 * 30 + 30 * 10 + 10,
      data: { name: digits, source: digits, train: 600, test: 200, inputs: 784, classes: 10 },
      options: {
        layers: [30],
        batchNorm: true,
        l2: 1e-4,
        optimizer: 'sgd',
        learningRate: 0.01,
        schedule: 'constant',
        batchSize: 50,
      },
    });
    expect(result['history']).toHaveLength(2);
    expect(result['testAccuracy']).toBeGreaterThan(0);
    expect(result['testAccuracy']).toBeLessThanOrEqual(1);
  });

  it('gives the same weights for a seed at any number of threads, and others for another', async () => {
    const [one, two, other] = await Promise.all([
      trainJson('--epochs', '1', '--threads', '1'),
      trainJson('--epochs', '1', '--threads', '2'),
      trainJson('--epochs', '1', '--seed', '2'),
    ]);
    expect(one['weightsSha256']).toBe(two['weightsSha256']);
    expect(one['weightsSha256']).not.toBe(other['weightsSha256']);
  });

  it('trains on other images where it is told to', async () => {
    const plain = await trainJson('--epochs', '1');
    const [one, two] = [await trainJson('--epochs', '1', '--augment'), await trainJson('--epochs', '1', '--augment')];
    expect([plain['options'], one['options']]).toMatchObject([{ augment: false }, { augment: true }]);
    expect(one['weightsSha256']).toBe(two['weightsSha256']);
    expect(one['weightsSha256']).not.toBe(plain['weightsSha256']);
    const { stdout } = await runCli(['train', digits, '--epochs', '1', '--augment', ...quick]);
    expect(stdout).toMatch(/784-30-10 relu, dropout 0\.2, augmented · /);
  });

  it('lets the learning rate fall along a cosine, from twice what the optimizer has by default', async () => {
    const { options, history } = await trainJson('--epochs', '4');
    expect(options).toMatchObject({ optimizer: 'adam', learningRate: 0.002, schedule: 'cosine' });
    const rates = (history as { learningRate: number }[]).map(({ learningRate }) => learningRate);
    expect(rates[1]).toBeGreaterThan(0.001);
    expect(rates[1]).toBeLessThan(0.00115);
    expect(rates[3]).toBeGreaterThan(0);
    expect(rates[3]).toBeLessThan(0.00001);
  });

  it('saves what it hashed', async () => {
    const path = join(folder, 'model.safetensors');
    const result = await trainJson('--epochs', '1', '--save', path);
    expect(result['saved']).toBe(path);
    expect(weightsSha256(await Network.load(path))).toBe(result['weightsSha256']);
  });

  it('draws a seed where none is given, and says it', async () => {
    const { stdout } = await runCli(['train', digits, '--epochs', '1', '--layers', 'none']);
    expect(stdout).toMatch(/ · 784-10 · 7,850 parameters · /);
    expect(stdout).toMatch(/ · seed \d+\n/);
  });

  it('runs on the reference engine, with the same result to four digits', async () => {
    const [native, reference] = await Promise.all([
      trainJson('--epochs', '1'),
      trainJson('--epochs', '1', '--engine', 'reference'),
    ]);
    expect(reference['engine']).toBe('reference');
    expect(reference['testLoss']).toBeCloseTo(native['testLoss'] as number, 3);
  });

  it('trains on synthetic digits where that is asked for', async () => {
    const { code, stdout, stderr } = await runCli(['train', 'synthetic', '--epochs', '1', ...quick]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Synthetic digits · 20,000 \+ 4,000 images · /);
  });

  it.skipIf(mnistFolder() === undefined)(`finds MNIST by BLASNET_DATA and by --data (${mnistUsed})`, async () => {
    const mnist = mnistFolder()!;
    const args = ['train', '--epochs', '1', '--layers', '50', '--seed', '1'];
    const [byEnvironment, byOption] = await Promise.all([
      runCli(args, { BLASNET_DATA: mnist }),
      runCli([...args, '--data', mnist, '--json']),
    ]);
    expect(byEnvironment.stdout).toMatch(/^MNIST from .*mnist · 60,000 \+ 10,000 images · /);
    expect(JSON.parse(byOption.stdout)).toMatchObject({ data: { name: 'mnist', source: mnist } });
    expect((JSON.parse(byOption.stdout) as { testAccuracy: number }).testAccuracy).toBeGreaterThan(0.88);
  });
});

describe.skipIf(process.platform === 'win32')('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops training, which then saves and reports', async (signal, code) => {
    const path = join(folder, `${signal}.safetensors`);
    const running = startCli(['train', digits, '--epochs', '1000000', ...quick, '--save', path]);
    await firstEpoch(running.child);
    running.child.kill(signal);
    const result = await running.result;
    expect(result.code).toBe(code);
    expect(result.stdout).toContain(`${signal}: stopped. What there is by now:\n\nTest accuracy `);
    expect(result.stdout).toContain(`Saved ${path}`);
    expect((await Network.load(path)).step).toBeGreaterThan(0);
  });

  it('twice ends at once', async () => {
    const running = startCli([
      'train',
      digits,
      '--epochs',
      '1000000',
      '--layers',
      '2000,2000',
      '--engine',
      'reference',
    ]);
    await Promise.race([new Promise((wake) => running.child.stdout?.once('data', wake)), running.result]);
    running.child.kill('SIGINT');
    setTimeout(() => running.child.kill('SIGINT'), 50);
    expect((await running.result).code).toBe(130);
  });

  it('shows in JSON too', async () => {
    const running = startCli(['train', digits, '--epochs', '1000000', ...quick, '--json']);
    setTimeout(() => running.child.kill('SIGINT'), 1500);
    const { code, stdout } = await running.result;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: 'SIGINT' });
  });
});

describe.skipIf(process.platform === 'win32')('a reader that goes away', () => {
  it('ends the training quietly', async () => {
    const running = startCli(['train', digits, '--epochs', '1000000', ...quick]);
    running.child.stdout?.once('data', () => running.child.stdout?.destroy());
    const { code, stderr } = await running.result;
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
  });

  it('does not cost a model that is to be saved', async () => {
    const path = join(folder, 'unread.safetensors');
    const running = startCli(['train', digits, '--epochs', '3', ...quick, '--save', path]);
    running.child.stdout?.destroy();
    expect(await running.result).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(path)).toBe(true);
  });
});

const script = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path));

describe.skipIf(process.platform !== 'linux' || script === undefined)('in a terminal', () => {
  it('shows a line that is written over, in colour, and none with --no-progress', () => {
    const capture = (...args: string[]) => {
      const log = join(folder, 'typescript');
      const command = [process.execPath, join('dist', 'cli', 'main.js'), 'train', digits, ...quick, ...args].join(' ');
      spawnSync(script!, ['-qec', `stty cols 70; ${command}`, log], {
        cwd: join(import.meta.dirname, '..', '..'),
        env: {
          ...process.env,
          TERM: 'xterm-256color',
          CI: undefined,
          NO_COLOR: undefined,
          FORCE_COLOR: undefined,
          LC_ALL: 'C.UTF-8',
        },
      });
      return readFileSync(log, 'utf8');
    };
    const said = capture('--epochs', '40');
    expect(said).toContain('\r\u001b[J');
    expect(said).toContain('━');
    expect(said).toContain('\u001b[38;5;');
    expect(said).toContain('▀');
    expect(capture('--epochs', '2', '--no-progress')).not.toContain('━');
  });
});

async function firstEpoch(child: ReturnType<typeof startCli>['child']): Promise<void> {
  await new Promise<void>((wake) => {
    child.stdout?.on('data', (text: string) => {
      if (text.includes('epoch ')) wake();
    });
  });
}
