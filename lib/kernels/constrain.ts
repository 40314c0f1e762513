import type { ReferenceKernel } from './call.js';

/** w = w·(rate·clip(‖w‖, least, most) + (1-rate)·‖w‖) / ‖w‖ for each column w; a column of zeros stays */
export const constrainNorm: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [parameter] = operands;
  const [inputs, units] = dimensions;
  const [least, most, rate] = attributes;
  for (let unit = start; unit < end; unit++) {
    let squares = 0;
    for (let i = unit; i < inputs * units; i += units) squares += parameter[i] * parameter[i];
    const norm = Math.sqrt(squares);
    const wanted = norm < least ? least : norm > most ? most : norm;
    if (wanted === norm || norm === 0) continue;
    const scale = (rate * wanted + (1 - rate) * norm) / norm;
    for (let i = unit; i < inputs * units; i += units) parameter[i] *= scale;
  }
  return 0;
};

/** w = max(w, 0) */
export const nonNegative: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [parameter] = operands;
  const [inputs, units] = dimensions;
  for (let input = 0; input < inputs; input++) {
    for (let i = input * units + start; i < input * units + end; i++) if (parameter[i] < 0) parameter[i] = 0;
  }
  return 0;
};
