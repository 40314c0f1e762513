import type { Layer } from '../layers/index.js';
import type { Architecture } from './architecture.js';
import { isTrainable } from './freeze.js';

/** What one layer of a network is, as `network.layers` tells it. */
export interface LayerInfo {
  readonly name: string;
  readonly type: string;
  /** Numbers per sample that it takes and gives. */
  readonly inputs: number;
  readonly outputs: number;
  /** False where it is frozen; a block is trainable while anything in it is. */
  readonly trainable: boolean;
  /** Names of its parameters, state included, and how many numbers they are. */
  readonly parameters: readonly string[];
  readonly parameterCount: number;
  /** Floating-point operations per sample of the forward pass: two for each multiply-add of its matrix products. */
  readonly flops: number;
  /** Layers inside a block. */
  readonly layers?: readonly LayerInfo[];
}

export function layerInfos(architecture: Architecture, layers: readonly Layer[] = architecture.layers): LayerInfo[] {
  return layers.map((layer) => ({
    name: layer.name,
    type: layer.type,
    inputs: layer.inputs,
    outputs: layer.outputs,
    trainable: isTrainable(architecture, layer),
    parameters: layer.parameters.map(({ name }) => name),
    parameterCount: sizeOf(layer.parameters),
    flops: 2 * layer.multiplyAdds,
    ...(layer.layers === undefined ? {} : { layers: layerInfos(architecture, layer.layers) }),
  }));
}

/** 669706 as "669,706". */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** A table of the layers: name, type, width, parameters, FLOPs per sample; layers of a block stand under it, indented. */
export function summarize(architecture: Architecture): string {
  const { inputs, parameters, loss, frozen } = architecture;
  const infos = layerInfos(architecture);
  const rows = [
    ['layer', 'type', 'output', 'parameters', 'FLOPs', ''],
    ['input', '', grouped(inputs), '', '', ''],
    ...infos.flatMap((info) => rowsOf(info, '')),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < 2 || column > 4 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + (width === 0 ? 0 : width + 2), -2));
  const learned = parameters.filter(({ role }) => role !== 'state');
  const held = sizeOf(learned.filter(({ layer }) => frozen.has(layer)));
  const state = sizeOf(parameters.filter(({ role }) => role === 'state'));
  const flops = infos.reduce((sum, info) => sum + info.flops, 0);
  const total = [
    `${grouped(sizeOf(learned) - held)} trainable parameters`,
    ...(held > 0 ? [`${grouped(held)} frozen`] : []),
    ...(state > 0 ? [`${grouped(state)} numbers of state`] : []),
  ];
  const last = `${total.join(', ')}; ${grouped(flops)} FLOPs per sample; loss ${loss.name}`;
  return [lines[0], rule, ...lines.slice(1), rule, last].join('\n');
}

function rowsOf(info: LayerInfo, indent: string): string[][] {
  const { name, type, outputs, parameterCount, flops, trainable, layers = [] } = info;
  const note = trainable ? '' : 'frozen';
  return [
    [`${indent}${name}`, type, grouped(outputs), grouped(parameterCount), grouped(flops), note],
    ...layers.flatMap((inner) => rowsOf(inner, `${indent}  `)),
  ];
}

function sizeOf(parameters: readonly { readonly size: number }[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0);
}
