/** Where the records of sharded data are, and what they are made of: what an engine is told to read them. */
export interface ShardFiles {
  readonly paths: readonly string[];
  /** Records of each file. */
  readonly lengths: readonly number[];
  readonly width: number;
  /** Features are bytes, else float32. */
  readonly bytes: boolean;
  readonly labelled: boolean;
  readonly targetWidth: number;
  readonly scale: number;
  readonly classes: number;
}
