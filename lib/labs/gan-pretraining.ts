import { adam, batchNorm, activation, dense, type Dataset, type Network } from '../index.js';
import { lines } from '../report/index.js';
import { accuracyBars, fewLabels, fineTune, fromScratch, imagesOf, type FewLabels, type Scored } from './few-labels.js';
import type { Lab, LabContext } from './lab.js';
import { normalNumbers, percent } from './support.js';

const UNITS = [256, 128];
const LATENT = 64;
const BATCH = 64;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Gradient of the mean cross-entropy by the logits, for answers that should all be `wanted`. */
function towards(logits: Float32Array, wanted: number): Float32Array {
  return logits.map((logit) => (sigmoid(logit) - wanted) / logits.length);
}

interface Pair {
  readonly generator: Network;
  readonly discriminator: Network;
  /** Shares of real and of generated digits that the discriminator tells rightly, by step. */
  readonly real: [number, number][];
  readonly generated: [number, number][];
}

function pair(context: LabContext): Pick<Pair, 'generator' | 'discriminator'> {
  const generator = context.network({
    inputs: LATENT,
    layers: [
      dense(128, { bias: false }),
      batchNorm(),
      activation('relu'),
      dense(256, { bias: false }),
      batchNorm(),
      activation('relu'),
      dense(784, { activation: 'sigmoid' }),
    ],
    loss: 'meanSquaredError',
  });
  const discriminator = context.network({
    inputs: 784,
    layers: [...UNITS.map((count) => dense(count, { activation: 'leakyRelu' })), dense(1)],
    loss: 'binaryCrossEntropy',
    seed: context.seed + 1,
  });
  return { generator, discriminator };
}

/** The two play against each other: one tells real digits from made ones, the other makes them to deceive it. */
async function play(context: LabContext, data: Dataset, steps: number): Promise<Pair> {
  const { generator, discriminator } = pair(context);
  const settings = { optimizer: adam({ learningRate: 0.0005, beta1: 0.5 }) };
  const [making, judging] = [generator.loop(settings), discriminator.loop(settings)];
  const noise = normalNumbers(BATCH * 200, LATENT, context.seed + 2);
  const noiseOf = (step: number) =>
    noise.subarray(((step * 7) % 200) * BATCH * LATENT, (((step * 7) % 200) + 1) * BATCH * LATENT);
  const [real, generated]: [number, number][][] = [[], []];
  const share = (logits: Float32Array, right: (logit: number) => boolean) =>
    logits.filter(right).length / logits.length;
  let [rightReal, rightMade] = [0.5, 0.5];
  for (let step = 0; step < steps; step++) {
    if (step % 100 === 0) context.say(`step ${step} of ${steps}`);
    const first = (step * BATCH) % (data.length - BATCH);
    const made = await making.forward(noiseOf(step));
    // The discriminator: real digits are 1, made ones 0. One-sided smoothing keeps it from being too sure.
    const onReal = await judging.forward(data.slice(first, first + BATCH));
    await judging.backward(towards(onReal, 0.9));
    const onMade = await judging.forward(made);
    await judging.backward(towards(onMade, 0));
    await judging.step();
    // The generator: what would make the discriminator say 1?
    const judged = await judging.forward(made);
    const gradient = await judging.inputGradient(towards(judged, 1));
    await making.backward(gradient);
    await making.step();
    rightReal += 0.02 * (share(onReal, (logit) => logit > 0) - rightReal);
    rightMade += 0.02 * (share(onMade, (logit) => logit <= 0) - rightMade);
    if (step % 20 === 0) {
      real.push([step, rightReal]);
      generated.push([step, rightMade]);
    }
  }
  making.dispose();
  judging.dispose();
  return { generator, discriminator, real, generated };
}

async function transfer(context: LabContext, discriminator: Network, data: FewLabels): Promise<number> {
  const network = discriminator.replaceHead([dense(10)], { loss: 'softmaxCrossEntropy', seed: context.seed });
  return fineTune(context, network, data);
}

export const lab: Lab = {
  name: 'gan-pretraining',
  title: 'Learning from digits without labels: an adversarial pair',
  lookAt: [
    'The digits shown are made from nothing but noise: one net draws, the other tells real from drawn, and both learn from that.',
    'To tell them the second net had to learn what digits look like; its lower layers are reused with 500 labels.',
  ],
  original: 'Goodfellow et al. 2014 for the pair; Radford et al. 2016 for reusing the discriminator’s features',
  async run(context) {
    const data = await fewLabels(context, 20_000, 5000);
    const steps = context.size(8000, 1200);
    const { generator, discriminator, real, generated } = await play(context, data.unlabelled, steps);
    const drawn = await generator.predict(normalNumbers(40, LATENT, context.seed + 3));
    context.say('with 500 labels');
    const results: Scored[] = [
      { name: 'from scratch', accuracy: await fineTune(context, fromScratch(context, UNITS), data) },
      { name: 'from the discriminator', accuracy: await transfer(context, discriminator, data) },
    ];
    const [scratch, transferred] = results.map(({ accuracy }) => accuracy);
    // Ink as in real digits: neither blank nor filled.
    const ink = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const spread = spreadOf(drawn);
    return {
      figures: [
        {
          name: 'drawn',
          title: 'Digits drawn by the generator',
          subtitle: `after ${steps} steps`,
          columns: 10,
          images: imagesOf(drawn),
          pixel: 3,
        },
        lines({
          name: 'game',
          title: 'How often the discriminator is right',
          subtitle: 'running mean; at 50 % it can only guess',
          x: { title: 'step' },
          y: { title: 'share told rightly', domain: [0, 1], format: '%' },
          series: [
            { name: 'real digits', points: real },
            { name: 'drawn digits', points: generated },
          ],
          points: false,
        }),
        accuracyBars(
          'Test accuracy with 500 labels',
          `784-256-128-10; ${data.unlabelled.length.toLocaleString('en')} digits without labels`,
          results,
        ),
      ],
      table: {
        columns: ['first weights', 'test accuracy'],
        rows: results.map(({ name, accuracy }) => [name, percent(accuracy)]),
      },
      ours:
        results.map(({ name, accuracy }) => `${name} ${percent(accuracy)}`).join(', ') +
        `; drawn digits have ${percent(ink)} ink (MNIST: 13 %)`,
      conclusions: [
        { claim: 'drawn images have as much ink as digits: 7 to 22 %', holds: ink > 0.07 && ink < 0.22 },
        { claim: 'they differ from each other', holds: spread > 0.1 },
        {
          claim: 'the reused layers are at most a point behind those from scratch',
          holds: transferred > scratch - 0.01,
        },
      ],
      values: { results, ink, spread, real, generated },
    };
  },
};

/** Mean standard deviation over images of the pixels that vary at all. */
function spreadOf(images: Float32Array): number {
  const count = images.length / 784;
  const deviations = Array.from({ length: 784 }, (_, pixel) => {
    const values = Array.from({ length: count }, (__, i) => images[i * 784 + pixel]);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  });
  const centre = deviations.sort((a, b) => b - a).slice(0, 200);
  return centre.reduce((sum, value) => sum + value, 0) / centre.length;
}
