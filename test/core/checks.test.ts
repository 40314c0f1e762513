import { describe, expect, it } from 'vitest';
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkNumber,
  checkOptions,
  checkString,
  describe as describeValue,
  nearest,
} from '../../lib/core/checks.js';
import { BlasnetError, OptionError } from '../../lib/core/errors.js';
import { thrownBy } from '../support/errors.js';

describe('describe', () => {
  const rows: [value: unknown, text: string][] = [
    [null, 'null'],
    [undefined, 'undefined'],
    ['relu', '"relu"'],
    ['', '""'],
    ['x'.repeat(41), `"${'x'.repeat(37)}…"`],
    [NaN, 'NaN'],
    [-0.5, '-0.5'],
    [true, 'true'],
    [10n, '10n'],
    [() => 1, 'a function'],
    [[1, 2], 'an array of length 2'],
    [new Float32Array(3), 'Float32Array of length 3'],
    [new DataView(new ArrayBuffer(8)), 'DataView of length 8'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [Symbol('s'), 'a symbol'],
  ];
  it.each(rows)('%o is called %s', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});

describe('what is expected, for which option, what was received', () => {
  const rows: [call: () => unknown, code: string, message: string][] = [
    [() => checkInteger('n', 1.5), 'ERR_OPTION_RANGE', 'Expected a whole number of at least 0 for n, received 1.5'],
    [() => checkInteger('n', '1'), 'ERR_OPTION_TYPE', 'Expected a whole number of at least 0 for n, received "1"'],
    [
      () => checkInteger('n', 9, { min: 1, max: 8 }),
      'ERR_OPTION_RANGE',
      'Expected a whole number from 1 to 8 for n, received 9',
    ],
    [
      () => checkInteger('n', 2 ** 53),
      'ERR_OPTION_RANGE',
      'Expected a whole number of at least 0 for n, received 9007199254740992',
    ],
    [() => checkNumber('x', NaN), 'ERR_OPTION_RANGE', 'Expected a finite number for x, received NaN'],
    [() => checkNumber('x', Infinity), 'ERR_OPTION_RANGE', 'Expected a finite number for x, received Infinity'],
    [() => checkNumber('x', 1n), 'ERR_OPTION_TYPE', 'Expected a finite number for x, received 1n'],
    [
      () => checkNumber('rate', 1, { min: 0, below: 1 }),
      'ERR_OPTION_RANGE',
      'Expected a finite number at least 0 and below 1 for rate, received 1',
    ],
    [() => checkNumber('x', 0, { above: 0 }), 'ERR_OPTION_RANGE', 'Expected a finite number above 0 for x, received 0'],
    [() => checkNumber('x', 2, { max: 1 }), 'ERR_OPTION_RANGE', 'Expected a finite number at most 1 for x, received 2'],
    [() => checkBoolean('b', 0), 'ERR_OPTION_TYPE', 'Expected true or false for b, received 0'],
    [() => checkString('s', ''), 'ERR_OPTION_TYPE', 'Expected a non-empty string for s, received ""'],
    [
      () => checkChoice('kind', 'rleu', ['relu', 'tanh']),
      'ERR_OPTION_CHOICE',
      'Expected one of "relu", "tanh" for kind, received "rleu"; did you mean "relu"?',
    ],
    [
      () => checkChoice('kind', 'transformer', ['relu', 'tanh']),
      'ERR_OPTION_CHOICE',
      'Expected one of "relu", "tanh" for kind, received "transformer"',
    ],
    [() => checkChoice('kind', 1, ['a']), 'ERR_OPTION_CHOICE', 'Expected one of "a" for kind, received 1'],
    [() => checkOptions('adam', 5, []), 'ERR_OPTION_TYPE', 'Expected an options object for adam, received 5'],
    [() => checkOptions('adam', null, []), 'ERR_OPTION_TYPE', 'Expected an options object for adam, received null'],
    [
      () => checkOptions('adam', [], []),
      'ERR_OPTION_TYPE',
      'Expected an options object for adam, received an array of length 0',
    ],
  ];
  it.each(rows)('%s', (call, code, message) => {
    const error = thrownBy(call);
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toBeInstanceOf(BlasnetError);
    expect({ code: error.code, message: error.message, name: error.name }).toEqual({
      code,
      message,
      name: 'OptionError',
    });
  });

  it('lets through what is right, as it is', () => {
    expect(checkInteger('n', 8, { min: 1, max: 8 })).toBe(8);
    expect(checkNumber('x', 1e-300, { above: 0 })).toBe(1e-300);
    expect(checkChoice('kind', 'tanh', ['relu', 'tanh'])).toBe('tanh');
    expect(checkOptions('adam', undefined, [])).toEqual({});
    const options = { beta1: 0.9 };
    expect(checkOptions<{ beta1?: number }>('adam', options, ['beta1'])).toBe(options);
  });
});

describe('unknown options', () => {
  const known = ['learningRate', 'batchSize', 'epochs', 'validation', 'seed'] as const;
  const rows: [given: string, suggestion: string][] = [
    ['lr', 'learningRate'],
    ['learning_rate', 'learningRate'],
    ['LearningRate', 'learningRate'],
    ['learningrate', 'learningRate'],
    ['batch_size', 'batchSize'],
    ['batchsize', 'batchSize'],
    ['epoch', 'epochs'],
    ['epocs', 'epochs'],
    ['validationData', 'validation'],
    ['randomSeed', 'seed'],
  ];
  it.each(rows)('%s: did you mean %s?', (given, suggestion) => {
    const error = thrownBy(() => checkOptions('fit', { [given]: 1 }, known as never));
    expect(error.code).toBe('ERR_OPTION_UNKNOWN');
    expect(error.message).toBe(`Unknown option ${given} for fit; did you mean ${suggestion}?`);
  });

  it('lists all where none is near', () => {
    const error = thrownBy(() => checkOptions('fit', { somethingElse: 1 }, known as never));
    expect(error.message).toContain('known options: learningRate, batchSize, epochs, validation, seed');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is unknown like any other', (key) => {
    const options = JSON.parse(`{ "${key}": 1 }`) as object;
    expect(thrownBy(() => checkOptions('fit', options, known as never)).code).toBe('ERR_OPTION_UNKNOWN');
  });
});

it('finds the nearest name, and none for a name that is far from all', () => {
  expect(nearest('Relu', ['relu', 'selu', 'elu'])).toBe('relu');
  expect(nearest('soft-max', ['softmax', 'softplus'])).toBe('softmax');
  expect(nearest('sigmod', ['sigmoid', 'tanh'])).toBe('sigmoid');
  expect(nearest('convolution', ['dense', 'dropout'])).toBeUndefined();
  expect(nearest('x'.repeat(100_000), ['dense'])).toBeUndefined();
  expect(nearest('a', [])).toBeUndefined();
});
