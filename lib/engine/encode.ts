import { spaces, type Program } from '../program/program.js';

const ENCODING_VERSION = 1;

/** A program as one array of numbers, for `decodeProgram` in native/engine/program.cc. Whole numbers are exact in float64. */
export function encodeProgram(program: Program): Float64Array {
  const { sizes, needs } = program;
  const code = [
    ENCODING_VERSION,
    program.purpose === 'train' ? 1 : 0,
    program.batchSize,
    sizes.batch,
    sizes.tile,
    sizes.fixed,
    sizes.block,
    program.totals.length,
    program.scalars,
    program.slots,
    program.parameters,
    program.outputs,
    needs.width,
    needs.labels ? 1 : 0,
    needs.targets,
    program.buffers.length,
    program.calls.length,
    program.groups.length,
    program.stages.length,
  ];
  for (const { space, slot, offset, first, second } of program.buffers) {
    code.push(spaces.indexOf(space), slot, offset, first, second);
  }
  for (const { kernel, operands, attributes, total } of program.calls) {
    code.push(kernel, ...operands, ...attributes, total);
  }
  for (const { callEnd, extent, tile } of program.groups) code.push(callEnd, extent, tile);
  for (const { groupEnd } of program.stages) code.push(groupEnd);
  // Programs without constants end here.
  if (program.constants.length > 0) code.push(program.constants.length);
  for (const { buffer, values } of program.constants) {
    code.push(program.buffers[buffer].offset, values.length, ...values);
  }
  return Float64Array.from(code);
}
