import type { ProgramBuilder } from '../program/builder.js';
import type { Constraint, Parameter } from '../program/parameters.js';

/** A bound on the norm of each unit's weights: all of maxNorm, unitNorm and minMaxNorm. */
export function normConstraint(
  config: Constraint['config'],
  bounds: { readonly least: number; readonly most: number; readonly rate: number },
): Constraint {
  return {
    name: config.name,
    config,
    write(program: ProgramBuilder, parameter: Parameter) {
      program.parameterCall(parameter, 'constrain', 'constrainNorm', { parameter }, bounds);
    },
  };
}
