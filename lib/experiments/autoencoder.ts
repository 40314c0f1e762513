import { activationNames, type ActivationName } from '../activations/index.js';
import { checkChoice, checkInteger, checkNumber, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { drawSeed } from '../core/random.js';
import { dataset, toDataset, type Dataset } from '../data/index.js';
import type { EngineName } from '../engine/engine.js';
import { dense, dropout, gaussianNoise, type LayerDescription } from '../layers/index.js';
import type { OptimizerLike } from '../optimizers/index.js';
import { Network, type Data, type History, type Samples } from '../training/index.js';
import { writeLayers, type PretrainedLayer, type PretrainedPart } from './pretrained-layer.js';

export interface AutoencoderOptions {
  /** Units of the encoder's layers, such as `[256, 64]`; the decoder is its mirror. */
  units: readonly number[];
  /** Of the encoder's layers and the decoder's hidden ones; default `relu`. */
  activation?: ActivationName;
  /** Of the reconstruction: `sigmoid` (default) for values from 0 to 1, `identity` for any. */
  outputActivation?: ActivationName;
  /** `greedy`: one layer after the other, each learns to reproduce what the one below gives. `endToEnd` (default): all at once. */
  mode?: 'greedy' | 'endToEnd';
  /** What spoils the inputs, so that more must be learned than a copy (denoising): default nothing. */
  noise?: { readonly kind: 'masking' | 'gaussian'; readonly amount: number };
  /** Passes over the data for each layer (greedy) or in all; at least 1, default 5. */
  epochs?: number;
  /** Default 128, or all where there are fewer. */
  batchSize?: number;
  /** Default `adam`. */
  optimizer?: OptimizerLike;
  seed?: number;
  engine?: EngineName;
  threads?: number;
  signal?: AbortSignal;
}

const optionNames = [
  'units',
  'activation',
  'outputActivation',
  'mode',
  'noise',
  'epochs',
  'batchSize',
  'optimizer',
  'seed',
  'engine',
  'threads',
  'signal',
] as const;

/** What {@link pretrainAutoencoder} gives: to look at, and to {@link stack}. */
export interface Autoencoder extends PretrainedPart {
  /** Of each training: one, or one for each layer. */
  readonly histories: readonly History[];
  /** The whole net, encoder and decoder. */
  readonly network: Network;
  /** What the encoder makes of samples, `[samples, last units]`. */
  encode(samples: Samples): Promise<Float32Array>;
  /** What the decoder makes of that, `[samples, inputs]`. */
  reconstruct(samples: Samples): Promise<Float32Array>;
}

/**
 * Trains an autoencoder on samples without labels: an encoder squeezes them, a decoder restores them, and the encoder has
 * then found features that a classifier can begin with.
 *
 *     minimize mean (decode(encode(spoilt x)) - x)²
 *
 * @param data samples; labels are not looked at
 * @param options see {@link AutoencoderOptions}
 * @throws OptionError, and all that `fit` throws
 *
 * @example
 * const autoencoder = await pretrainAutoencoder(train, { units: [256, 64], noise: { kind: 'masking', amount: 0.3 } });
 * const network = stack(autoencoder, [dense(10)]);
 *
 * Sources: Bengio, Lamblin, Popovici, Larochelle, "Greedy layer-wise training of deep networks", NIPS 2006; Vincent et al.,
 * "Stacked denoising autoencoders", JMLR 2010. The targets are copied as float32: four times the memory of bytes.
 */
export async function pretrainAutoencoder(data: Data, options: AutoencoderOptions): Promise<Autoencoder> {
  const settings = checkAutoencoder(options);
  const samples = toDataset(data, 'data');
  const context: Context = { settings, fit: fitOptions(settings, samples.length) };
  const { layers, decoder, histories } =
    settings.mode === 'greedy' ? await trainGreedily(samples, context) : await trainAtOnce(samples, context);
  const network = whole(samples.width, settings, layers, decoder);
  const encoder = encoderOf(samples.width, settings, layers);
  return {
    pretrainedLayers: layers,
    histories,
    network,
    encode: (inputs) => encoder.predict(inputs),
    reconstruct: (inputs) => network.predict(inputs),
  };
}

interface Settings extends Required<
  Pick<AutoencoderOptions, 'units' | 'activation' | 'outputActivation' | 'mode' | 'epochs' | 'optimizer' | 'seed'>
> {
  readonly noise: AutoencoderOptions['noise'];
  readonly batchSize: number | undefined;
  readonly engine: EngineName | undefined;
  readonly threads: number | undefined;
  readonly signal: AbortSignal | undefined;
}

interface Context {
  readonly settings: Settings;
  readonly fit: { epochs: number; batchSize: number; optimizer: OptimizerLike; signal: AbortSignal | undefined };
}

interface Trained {
  readonly layers: PretrainedLayer[];
  /** From the innermost layer outwards. */
  readonly decoder: PretrainedLayer[];
  readonly histories: History[];
}

async function trainAtOnce(samples: Dataset, { settings, fit }: Context): Promise<Trained> {
  const { units, activation, outputActivation, seed, engine, threads } = settings;
  const widths = [...units.slice(0, -1).reverse(), samples.width];
  const network = new Network({
    inputs: samples.width,
    layers: [
      ...noiseLayers(settings),
      ...units.map((count, i) => dense(count, { activation, name: `encoder${i + 1}` })),
      ...widths.map((count, i) =>
        dense(count, { activation: i === widths.length - 1 ? outputActivation : activation, name: `decoder${i + 1}` }),
      ),
    ],
    loss: 'meanSquaredError',
    seed,
    engine,
    threads,
  });
  const history = await network.fit(withoutLabels(samples), fit);
  const read = (name: string, inputs: number, count: number, kind: ActivationName): PretrainedLayer => ({
    inputs,
    units: count,
    activation: kind,
    kernel: network.readParameter(`${name}.kernel`),
    bias: network.readParameter(`${name}.bias`),
  });
  const layers = units.map((count, i) =>
    read(`encoder${i + 1}`, i === 0 ? samples.width : units[i - 1], count, activation),
  );
  const decoder = widths.map((count, i) => {
    const inputs = i === 0 ? units.at(-1)! : widths[i - 1];
    return read(`decoder${i + 1}`, inputs, count, i === widths.length - 1 ? outputActivation : activation);
  });
  return { layers, decoder, histories: [history] };
}

async function trainGreedily(samples: Dataset, context: Context): Promise<Trained> {
  const { settings } = context;
  const trained: Trained = { layers: [], decoder: [], histories: [] };
  let current = samples;
  for (const [i, count] of settings.units.entries()) {
    const outputActivation = i === 0 ? settings.outputActivation : settings.activation;
    const one = await trainAtOnce(current, {
      ...context,
      settings: { ...settings, units: [count], outputActivation, seed: settings.seed + i },
    });
    trained.layers.push(...one.layers);
    trained.decoder.unshift(...one.decoder);
    trained.histories.push(...one.histories);
    if (i === settings.units.length - 1) break;
    const encoded = await encoderOf(current.width, settings, one.layers).predict(current);
    current = dataset({ features: encoded, width: count });
  }
  return trained;
}

function noiseLayers({ noise }: Settings): LayerDescription[] {
  if (noise === undefined || noise.amount === 0) return [];
  return [noise.kind === 'masking' ? dropout(noise.amount) : gaussianNoise(noise.amount)];
}

function encoderOf(inputs: number, { seed, engine, threads }: Settings, layers: readonly PretrainedLayer[]): Network {
  const described = layers.map(({ units, activation }, i) => dense(units, { activation, name: `encoder${i + 1}` }));
  const network = new Network({ inputs, layers: described, loss: 'meanSquaredError', seed, engine, threads });
  writeLayers(network, layers, (i) => `encoder${i + 1}`);
  return network;
}

function whole(
  inputs: number,
  settings: Settings,
  encoder: readonly PretrainedLayer[],
  decoder: readonly PretrainedLayer[],
): Network {
  return encoderOf(inputs, settings, [...encoder, ...decoder]);
}

/** The samples with themselves as targets. */
function withoutLabels({ features, width, scale, length }: Dataset): Dataset {
  const targets = Float32Array.from({ length: length * width }, (_, i) => features[i] * scale);
  return dataset({ features, width, scale, targets });
}

function fitOptions({ epochs, batchSize, optimizer, signal }: Settings, length: number): Context['fit'] {
  return { epochs, batchSize: Math.min(batchSize ?? 128, length), optimizer, signal };
}

function checkAutoencoder(options: unknown): Settings {
  const given = checkOptions<AutoencoderOptions>('pretrainAutoencoder', options, optionNames);
  if (!Array.isArray(given.units) || given.units.length === 0) {
    throw new OptionError(
      'ERR_OPTION_TYPE',
      expected('an array with at least one number of units', 'units', given.units),
    );
  }
  const noise =
    given.noise === undefined
      ? undefined
      : checkOptions<NonNullable<AutoencoderOptions['noise']>>('noise', given.noise, ['kind', 'amount']);
  if (noise !== undefined) {
    const kind = checkChoice('noise.kind', noise.kind, ['masking', 'gaussian']);
    checkNumber('noise.amount', noise.amount, kind === 'masking' ? { min: 0, below: 1 } : { min: 0 });
  }
  return {
    units: given.units.map((count, i) => checkInteger(`units[${i}]`, count, { min: 1, max: 2 ** 24 })),
    activation: checkChoice('activation', given.activation ?? 'relu', activationNames),
    outputActivation: checkChoice('outputActivation', given.outputActivation ?? 'sigmoid', activationNames),
    mode: checkChoice('mode', given.mode ?? 'endToEnd', ['greedy', 'endToEnd']),
    noise,
    epochs: checkInteger('epochs', given.epochs ?? 5, { min: 1 }),
    batchSize: given.batchSize === undefined ? undefined : checkInteger('batchSize', given.batchSize, { min: 1 }),
    optimizer: given.optimizer ?? 'adam',
    seed: given.seed === undefined ? drawSeed() : checkInteger('seed', given.seed),
    engine: given.engine,
    threads: given.threads,
    signal: given.signal,
  };
}
