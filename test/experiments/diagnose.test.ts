import { describe, expect, it } from 'vitest';
import { diagnose, type History } from '../../lib/index.js';

describe('diagnose', () => {
  it.each([
    [{ train: 0.15, dev: 0.16 }, {}, 'bias'],
    [{ train: 0.01, dev: 0.11 }, {}, 'variance'],
    [{ train: 0.01, dev: 0.1 }, { trainDevError: 0.015 }, 'mismatch'],
    [{ train: 0.01, dev: 0.1 }, { trainDevError: 0.09 }, 'variance'],
    [{ train: 0.005, dev: 0.008 }, {}, 'none'],
  ] as const)('%o with %o: %s', (errors, options, main) => {
    const diagnosis = diagnose(errors, { humanError: 0.002, ...options });
    expect(diagnosis.main).toBe(main);
    expect(diagnosis.nextSteps.length).toBeGreaterThan(0);
    expect(diagnosis.text).toContain('%');
  });

  it('concludes from the last epoch of a history', () => {
    const history = {
      epochs: [
        { accuracy: 0.5, valAccuracy: 0.5 },
        { accuracy: 0.99, valAccuracy: 0.9 },
      ],
    } as unknown as History;
    const { main, variance } = diagnose(history);
    expect(main).toBe('variance');
    expect(variance.amount).toBeCloseTo(0.09);
    expect(diagnose(history, { trainError: 0.09 }).main).toBe('bias');
  });

  it('says what it needs', () => {
    expect(() => diagnose({ epochs: [{ accuracy: 1 }] } as unknown as History)).toThrow(
      /fit a classifier with validation/,
    );
    expect(() => diagnose({ train: 2, dev: 0 })).toThrow(/at most 1/);
    expect(() => diagnose({ train: 0, dev: 0 }, { humanErr: 1 } as object)).toThrow(/did you mean humanError/);
  });
});
