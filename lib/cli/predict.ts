import { greyLevels, Network, readPng, ShapeError, type EngineName, type Picture } from '../index.js';
import { toDigit } from './image.js';
import { largest } from './mistakes.js';
import { bar } from './terminal/bars.js';
import { beside, draw } from './terminal/drawing.js';
import { percent } from './terminal/format.js';
import { terminalOf, type Terminal } from './terminal/terminal.js';
import { displayWidth, printable } from './terminal/text.js';

/** The options of `blasnet predict`, as commander hands them over. */
export interface PredictOptions {
  readonly engine?: EngineName;
  readonly json?: boolean;
}

/** What the network gets to see. */
interface Input {
  readonly values: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly inverted: boolean;
  readonly fitted: boolean;
}

/** `blasnet predict`. */
export async function predict(modelPath: string, imagePath: string, options: PredictOptions): Promise<number> {
  const network = await Network.load(modelPath, { engine: options.engine });
  const picture = await readPng(imagePath);
  const input = inputFor(network, picture);
  const outputs = await network.predict(input.values);
  const areProbabilities = network.lossName === 'softmaxCrossEntropy';
  const out = terminalOf(process.stdout);
  if (options.json === true) {
    const prediction = largest(outputs);
    const { inverted, fitted } = input;
    const result = {
      prediction,
      ...(network.classNames === undefined ? {} : { name: network.classNames[prediction] }),
      ...(areProbabilities
        ? { probability: outputs[prediction], probabilities: [...outputs] }
        : { outputs: [...outputs] }),
      image: { width: picture.width, height: picture.height, inverted, fitted },
      engine: network.engine.name,
    };
    out.print(JSON.stringify(result, undefined, 2));
  } else print(input, outputs, areProbabilities, out, network.classNames);
  return 0;
}

/** For 784 inputs an image of any size is made into a digit; for others its pixels must be just as many. */
function inputFor(network: Network, picture: Picture): Input {
  const { width, height } = picture;
  if (network.inputs === 784) return { ...toDigit(picture), rows: 28, columns: 28 };
  if (width * height !== network.inputs) {
    throw new ShapeError(
      `Expected an image of ${network.inputs} pixels (the model's inputs), received ${width} x ${height}; ` +
        'only for models of 28 x 28 inputs are images fitted',
    );
  }
  return { values: greyLevels(picture), rows: height, columns: width, inverted: false, fitted: false };
}

/** The image, and beside it, or below where the window is narrow, a bar for each class. */
function print(
  input: Input,
  outputs: Float32Array,
  areProbabilities: boolean,
  out: Terminal,
  names?: readonly string[],
): void {
  const image = input.columns > out.drawingWidth ? [] : draw(input, out);
  const room = out.drawingWidth - input.columns - 4;
  const side = room >= 30 && image.length > 0;
  const lines = areProbabilities
    ? probabilityLines(outputs, Math.min(52, side ? room : out.drawingWidth), out, names)
    : [...outputs].map((value, index) => `${String(index).padStart(4)}  ${value.toPrecision(6)}`);
  const what = out.style('dim', input.fitted ? 'as the network sees it' : 'as it is');
  out.print();
  if (!side) [...image, what, '', ...lines].forEach((line) => out.print(line));
  else {
    const padding = Math.max(0, Math.floor((image.length - lines.length) / 2));
    const caption = what + ' '.repeat(Math.max(0, input.columns - displayWidth(what)));
    const blocks = [
      [...image, caption],
      [...Array<string>(padding).fill(''), ...lines],
    ];
    beside(blocks, [input.columns, 0], '    ').forEach((line) => out.print(line));
  }
}

const MOST_CLASSES = 20;

function probabilityLines(outputs: Float32Array, width: number, out: Terminal, names?: readonly string[]): string[] {
  const nameOf = (index: number) => printable(names?.[index] ?? String(index));
  const best = largest(outputs);
  const labelWidth = Math.max(...Array.from(outputs, (_, index) => displayWidth(nameOf(index))));
  const room = width - labelWidth - 11;
  const shown = [...outputs.keys()].filter((index) => outputs.length <= MOST_CLASSES || outputs[index] >= 0.001);
  const lines = shown.map((index) => {
    const share = percent(outputs[index], 1).padStart(8);
    const filled = room > 0 ? bar(outputs[index], room, out.unicode) : '';
    const drawn = filled + ' '.repeat(Math.max(0, room - displayWidth(filled)));
    const line = `${' '.repeat(labelWidth - displayWidth(nameOf(index)))}${nameOf(index)} ${drawn} ${share}`;
    return index === best ? out.style(['bold', 'green'], line) : line;
  });
  const verdict = `Prediction: ${nameOf(best)}, ${percent(outputs[best], 1)} sure`;
  return [...lines, '', out.style('bold', verdict)];
}
