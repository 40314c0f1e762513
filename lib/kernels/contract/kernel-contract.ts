export type Axis = 'rows' | 'columns' | 'parameters';

/** A row of the kernel contract, see contract.ts for how it reads. */
export interface KernelContract {
  readonly axis: Axis;
  readonly split: string;
  readonly signature: string;
  /** Names of the numbers that a call carries, in order. */
  readonly attributes: readonly string[];
  /** Names of the step's numbers that it reads, in order; left out where it reads none. */
  readonly scalars?: readonly string[];
}
