/** Whether a figure that was read at equal intervals grows: the slope of the line through it, with its 95 % confidence. Pure. */

export type Trend = {
  /** Per hour. */
  readonly slope: number;
  /** The slope lies within this much of it, with 95 % confidence. */
  readonly within: number;
};

/** 97.5 % of the t distribution: from 30 degrees of freedom on near enough to the normal one. */
const T: readonly number[] = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09, 2.09,
  2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
];

const mean = (of: readonly number[]) => of.reduce((sum, each) => sum + each, 0) / of.length;
const BATCHES = 10;
/**
 * Means of as many readings each. Readings that follow each other are alike (memory that was taken is given back minutes later): taken for
 * independent they would make the confidence several times too narrow.
 */
function batched(of: readonly number[]): number[] {
  const size = Math.max(1, Math.floor(of.length / BATCHES));
  return Array.from({ length: Math.floor(of.length / size) }, (_, i) => mean(of.slice(i * size, (i + 1) * size)));
}

/** Least squares over means of ten batches. `atMs` and `values` have the same length, three at least. */
export function trendOf(atMs: readonly number[], given: readonly number[]): Trend {
  const hours = batched(atMs).map((ms) => ms / 3_600_000);
  const values = batched(given);
  const n = hours.length;
  const [meanX, meanY] = [mean(hours), mean(values)];
  const sxx = hours.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const sxy = hours.reduce((sum, x, i) => sum + (x - meanX) * ((values[i] ?? meanY) - meanY), 0);
  const slope = sxx === 0 ? 0 : sxy / sxx;
  const rest = hours.reduce((sum, x, i) => sum + ((values[i] ?? meanY) - meanY - slope * (x - meanX)) ** 2, 0);
  const error = n > 2 && sxx > 0 ? Math.sqrt(rest / (n - 2) / sxx) : Number.POSITIVE_INFINITY;
  return { slope, within: (T[n - 3] ?? 1.96) * error };
}
