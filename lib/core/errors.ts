/**
 * Every error that blasnet throws on purpose. `code` is stable and meant for programs, `message` for people:
 * it says what was expected, for which option, and what was received.
 */
export class BlasnetError extends Error {
  override readonly name: string = 'BlasnetError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An option or argument has the wrong type, lies outside its range, or is not known (`ERR_OPTION_…`). */
export class OptionError extends BlasnetError {
  override readonly name = 'OptionError';
}

/** Array lengths or layer widths that do not fit together (`ERR_SHAPE`). */
export class ShapeError extends BlasnetError {
  override readonly name = 'ShapeError';
  constructor(message: string) {
    super('ERR_SHAPE', message);
  }
}

/** Training or test data that cannot be used: empty, ragged, labels out of range, values that are not finite. */
export class DataError extends BlasnetError {
  override readonly name = 'DataError';
}

/** A file that is not what it should be: truncated, foreign, corrupt or hostile (`ERR_FORMAT`). */
export class FormatError extends BlasnetError {
  override readonly name = 'FormatError';
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_FORMAT', message, options);
  }
}

/** A file or folder that cannot be found, read, written or downloaded. */
export class FileError extends BlasnetError {
  override readonly name = 'FileError';
}

/**
 * A checkpoint that cannot be used: damaged (`ERR_CHECKPOINT_CORRUPT`), of another format version
 * (`ERR_CHECKPOINT_VERSION`), of another network, optimizer or data (`ERR_CHECKPOINT_FOREIGN`), missing
 * (`ERR_CHECKPOINT_MISSING`), or in the way of another run's (`ERR_CHECKPOINT_EXISTS`).
 */
export class CheckpointError extends BlasnetError {
  override readonly name = 'CheckpointError';
}

/** The engine that was asked for cannot be had, or has failed (`ERR_ENGINE_…`). */
export class EngineError extends BlasnetError {
  override readonly name = 'EngineError';
}

/** A call that does not fit the present state: a network that is already training, an object already disposed. */
export class StateError extends BlasnetError {
  override readonly name = 'StateError';
  constructor(message: string) {
    super('ERR_STATE', message);
  }
}

/** Where a value that is not finite was met first. */
export interface NonFinitePlace {
  readonly layer?: string;
  /** Such as `output of dense2` or `gradient of dense1.kernel`. */
  readonly tensor: string;
  /** Samples of the training data whose rows are affected, at most 100; none for a gradient. */
  readonly samples: readonly number[];
}

/**
 * Training met a loss, a gradient or a parameter that is NaN or infinite, and stopped; the network has its last good parameters
 * (`ERR_NON_FINITE`).
 */
export class NonFiniteError extends BlasnetError {
  override readonly name = 'NonFiniteError';
  /** The step, counted from 0 over the life of the network, at which training stopped. */
  readonly step: number;
  /** Where it was met first, as a repetition of the step on the reference engine found it. */
  readonly place: NonFinitePlace | undefined;
  constructor(message: string, step: number, place?: NonFinitePlace) {
    super('ERR_NON_FINITE', message);
    this.step = step;
    this.place = place;
  }
}
