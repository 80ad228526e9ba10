/** What a scenario of the chaos suite is: one row of the promises table, with the figure that is demanded and the one that was found. */

export type Size = 'medium' | 'full';
export type Verdict = {
  /** The figure, in words. */
  readonly found: string;
  /** 'skipped': it cannot be tried here, and `found` says why. */
  readonly passed: boolean | 'skipped';
};
export type Tools = {
  readonly size: Size;
  /** For files; goes with the run. */
  readonly folder: string;
  say(text: string): void;
};
export type Scenario = {
  readonly name: string;
  readonly promise: string;
  readonly demanded: string;
  /** How long it takes at most, about. */
  readonly minutes: { readonly medium: number; readonly full: number };
  run(tools: Tools): Promise<Verdict>;
};

/** What is broken first, then the figures. */
export function judged(broken: readonly string[], figures: string): Verdict {
  return broken.length === 0
    ? { found: figures, passed: true }
    : { found: `${broken.slice(0, 3).join('; ')} (${figures})`, passed: false };
}

/** A limit that was not kept, in words; nothing if it was. */
export const above = (what: string, found: number, most: number, unit: string): string[] =>
  found <= most ? [] : [`${what}: ${rounded(found)} ${unit}, at most ${most}`];

export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;
