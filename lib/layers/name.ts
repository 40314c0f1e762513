import { checkString } from '../core/checks.js';

/** The name that the user gave a layer; undefined where the network names it. What it may look like is checked with all names. */
export function checkName({ name }: { readonly name?: unknown }): string | undefined {
  return name === undefined ? undefined : checkString('name', name);
}
