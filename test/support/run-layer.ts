import { RandomStream } from '../../lib/core/random.js';
import type { Engine } from '../../lib/engine/engine.js';
import type { FloatArray } from '../../lib/kernels/call.js';
import { buildLayers, type LayerDescription } from '../../lib/layers/index.js';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { ParameterClaims } from '../../lib/program/parameters.js';

/** A layer alone on an engine, given its input and the gradient by its output. */
export class LayerRun {
  readonly #engine: Engine;
  readonly #description: LayerDescription;
  readonly #inputs: number;
  /** By name, such as `kernel`; the layer's own start where nothing else is set. */
  readonly parameters = new Map<string, FloatArray>();
  readonly gradients = new Map<string, FloatArray>();

  constructor(engine: Engine, description: LayerDescription, inputs: number) {
    this.#engine = engine;
    this.#description = description;
    this.#inputs = inputs;
    const { claims } = this.#build();
    for (const { name, size, shape, initialize } of claims.all) {
      const values = new Float64Array(size);
      initialize(values, { fanIn: shape[0], fanOut: shape[1] ?? shape[0], shape }, new RandomStream(1, 2));
      this.parameters.set(name.slice('layer.'.length), values);
    }
  }

  async infer(x: readonly number[]): Promise<FloatArray> {
    return this.#run('predict', x, [], 'y');
  }

  /** Output and input gradient; gradients and running statistics stand in `gradients` and `parameters` afterwards. */
  async train(x: readonly number[], dy: readonly number[]): Promise<{ y: FloatArray; dx: FloatArray }> {
    const before = new Map(this.parameters);
    const y = await this.#run('train', x, dy, 'y');
    // Once more from the same state, to hand out the other value.
    before.forEach((values, name) => this.parameters.set(name, values));
    return { y, dx: await this.#run('train', x, dy, 'dx') };
  }

  #build() {
    const claims = new ParameterClaims();
    const start = { claims, inputs: this.#inputs, count: { value: 0 }, within: '' };
    const [layer] = buildLayers([{ ...this.#description, name: 'layer' }], start);
    return { claims, layer };
  }

  async #run(
    purpose: 'train' | 'predict',
    x: readonly number[],
    dy: readonly number[],
    out: 'y' | 'dx',
  ): Promise<FloatArray> {
    const { claims, layer } = this.#build();
    const rows = x.length / this.#inputs;
    const builder = new ProgramBuilder(purpose, rows);
    builder.keepGradients = true;
    // A copy of the features that wants a gradient, as the output of a layer before this one would.
    const features = builder.features(this.#inputs);
    const input = builder.rows(this.#inputs, { requiresGradient: true });
    builder.call('activation', { input: features, output: input }, { activation: 0, parameter: 0 });
    const trace = layer.forward(builder, input);
    const dx = purpose === 'train' ? layer.backward(builder, trace, builder.targets(layer.outputs)) : undefined;
    builder.emit(out === 'dx' && dx !== undefined ? dx : trace.output);
    const program = this.#engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: claims.size }));
    const store = this.#engine.createStore(claims.size, 0);
    const short = (name: string) => name.slice('layer.'.length);
    for (const { name, offset } of claims.all) store.write('parameters', offset, this.parameters.get(short(name))!);
    const data = this.#engine.createData({
      length: rows,
      width: this.#inputs,
      features: Float64Array.from(x),
      scale: 1,
      targets: purpose === 'train' ? Float64Array.from(dy) : undefined,
      targetWidth: purpose === 'train' ? layer.outputs : 0,
    });
    const slice = { data, firstSample: 0, count: rows, scalars: new Float64Array(0), seed: 1, firstStep: 0 };
    const { output } = await program.run(store, slice);
    for (const { name, offset, size } of claims.all) {
      this.parameters.set(short(name), store.read('parameters', offset, size));
      if (purpose === 'train') this.gradients.set(short(name), store.read('gradients', offset, size));
    }
    return output!;
  }
}
