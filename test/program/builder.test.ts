import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../lib/kernels/signature.js';
import { ProgramBuilder, ROWS } from '../../lib/program/builder.js';
import { ParameterClaims } from '../../lib/program/parameters.js';

const none = { scalars: 0, slots: 0, parameters: 0 };

function claimed(...shapes: number[][]) {
  const claims = new ParameterClaims();
  claims.enter('layer');
  const options = { role: 'kernel', initialize: () => undefined } as const;
  return { claims, parameters: shapes.map((shape, i) => claims.claim(`p${i}`, shape, options)) };
}

describe('parameter claims', () => {
  it('name their layer and begin on 64-byte boundaries, none inside another', () => {
    const { claims, parameters } = claimed([3, 5], [7], [16], [1]);
    expect(parameters.map(({ name, size, offset }) => [name, size, offset])).toEqual([
      ['layer.p0', 15, 0],
      ['layer.p1', 7, 16],
      ['layer.p2', 16, 32],
      ['layer.p3', 1, 48],
    ]);
    expect(claims.size).toBe(64);
  });
});

describe('a call', () => {
  it('goes by names and is kept in the order of the signature, with its dimensions found', () => {
    const builder = new ProgramBuilder('predict', 8);
    const { parameters } = claimed([5, 3]);
    const [input, output] = [builder.features(5), builder.rows(3)];
    builder.call('dense', { output, kernel: parameters[0], input }, { parameter: 0.5, activation: 2 });
    const call = builder.calls.at(-1)!;
    expect(call.signature).toBe(signatureOf('dense'));
    expect(call.dimensions).toEqual([5, 3]);
    expect(call.attributes).toEqual([2, 0.5]);
    const kernel = builder.values.find(({ home }) => home === 'parameters')!;
    expect(call.operands).toEqual([input.id, kernel.id, -1, output.id]);
    expect([input.first, input.second, kernel.first, kernel.second]).toEqual([ROWS, 5, 5, 3]);
  });

  it('adds to totals by name, each of them once', () => {
    const builder = new ProgramBuilder('evaluate', 4);
    const [scores, labels] = [builder.features(3), builder.labels()];
    for (const total of ['loss', 'accuracy', 'loss']) builder.call('accuracy', { scores, labels }, {}, { total });
    builder.call('accuracy', { scores, labels }, {});
    expect(builder.totals).toEqual(['loss', 'accuracy']);
    expect(builder.calls.slice(-4).map(({ total }) => total)).toEqual([0, 1, 0, -1]);
  });

  it('knows a parameter, its gradient and its slots as one value each', () => {
    const builder = new ProgramBuilder('train', 4);
    const { parameters } = claimed([4, 2], [2]);
    const [kernel, bias] = parameters;
    expect(builder.gradientOf(kernel)).toBe(builder.gradientOf(kernel));
    expect(builder.slotOf(kernel, 0)).not.toBe(builder.slotOf(kernel, 1));
    expect(builder.gradientOf(bias)).not.toBe(builder.gradientOf(kernel));
    expect(builder.slotOf(bias, 1)).toMatchObject({ home: 'slots', slot: 1, offset: bias.offset, first: 2, second: 1 });
  });

  const wrong: [what: string, write: (builder: ProgramBuilder) => void, says: RegExp][] = [
    [
      'an operand is missing',
      (builder) => builder.call('softmax', { input: builder.rows(3) } as never, {}),
      /Kernel softmax needs the operand output/,
    ],
    [
      'extents differ',
      (builder) => builder.call('softmax', { input: builder.rows(3), output: builder.rows(4) }, {}),
      /Operand output of kernel softmax should be \[-1, 3\] and is \[-1, 4\]/,
    ],
    [
      'a vector stands for rows',
      (builder) => builder.call('softmax', { input: builder.vector(3), output: builder.rows(3) }, {}),
      /Operand input of kernel softmax/,
    ],
    [
      'rows stand for a vector',
      (builder) => {
        const { parameters } = claimed([2, 3]);
        const operands = {
          input: builder.rows(2),
          kernel: parameters[0],
          bias: builder.rows(3),
          output: builder.rows(3),
        };
        builder.call('dense', operands, { activation: 0, parameter: 0 });
      },
      /Operand bias of kernel dense/,
    ],
    [
      'there is no such kernel',
      (builder) => builder.call('conv9d' as 'softmax', {} as never, {}),
      /no kernel named "conv9d"/,
    ],
  ];
  it.each(wrong)('is refused when %s', (_what, write, says) => {
    const builder = new ProgramBuilder('predict', 4);
    expect(() => {
      write(builder);
    }).toThrow(says);
  });
});

describe('a finished program', () => {
  it('says what it needs of the data and what it hands out', () => {
    const builder = new ProgramBuilder('predict', 4);
    const features = builder.features(6);
    builder.emit(features);
    expect(builder.finish(none)).toMatchObject({
      needs: { width: 6, labels: false, targets: 0 },
      outputs: 6,
      batchSize: 4,
      purpose: 'predict',
    });
    const labelled = new ProgramBuilder('evaluate', 4);
    labelled.labels();
    labelled.targets(2);
    expect(labelled.finish(none)).toMatchObject({ needs: { width: 0, labels: true, targets: 2 }, outputs: 0 });
  });

  it('holds numbers only: it survives JSON as it is', () => {
    const builder = new ProgramBuilder('predict', 4);
    builder.emit(builder.features(6));
    const program = builder.finish(none);
    expect(JSON.parse(JSON.stringify(program))).toEqual(program);
  });

  it('gives every kernel the numbers of a step that it reads', () => {
    const builder = new ProgramBuilder('train', 4);
    const { claims, parameters } = claimed([4, 2]);
    const [parameter] = parameters;
    const [gradient, velocity] = [builder.gradientOf(parameter), builder.slotOf(parameter, 0)];
    const attributes = { momentum: 0.9, multiplier: 1 };
    builder.parameterCall(parameter, 'update', 'momentum', { gradient, parameter, velocity }, attributes);
    const sizes = { slots: 1, parameters: claims.size };
    expect(() => builder.finish({ ...sizes, scalars: 1 })).toThrow(
      'Kernel momentum reads 2 scalars (learningRate, gradientShare), and is given 1',
    );
    expect(builder.finish({ ...sizes, scalars: 2 })).toMatchObject({ scalars: 2 });
  });
});
