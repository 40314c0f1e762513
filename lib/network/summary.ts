import type { Architecture } from './architecture.js';

/** 669706 as "669,706". */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** A table of the layers: name, width, parameters, multiply-adds per sample. */
export function summarize({ inputs, layers, parameters, loss }: Architecture): string {
  const rows = [
    ['layer', 'type', 'output', 'parameters', 'multiply-adds'],
    ['input', '', grouped(inputs), '', ''],
    ...layers.map((layer) => {
      const size = layer.parameters.reduce((sum, parameter) => sum + parameter.size, 0);
      return [layer.name, layer.type, grouped(layer.outputs), grouped(size), grouped(layer.multiplyAdds)];
    }),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  const trained = sizeOf(parameters.filter(({ role }) => role !== 'state'));
  const state = sizeOf(parameters.filter(({ role }) => role === 'state'));
  const total = `${grouped(trained)} trainable parameters${state > 0 ? `, ${grouped(state)} numbers of state` : ''}`;
  return [lines[0], rule, ...lines.slice(1), rule, `${total}; loss ${loss.name}`].join('\n');
}

function sizeOf(parameters: readonly { readonly size: number }[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0);
}
