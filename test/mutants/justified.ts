/** Mutants that may survive, each with the reason: they change nothing that anyone could see, or only how fast it is. */

/** A mutant, as the report shows it. */
export interface Justified {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

export const JUSTIFIED: readonly Justified[] = [];
