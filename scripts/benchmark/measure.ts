/** Latencies of one measuring window, in milliseconds. A plain array, sorted once at the end: exact, and cheap while running. */

export type Percentiles = { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
export type Recorder = { add(ms: number): void; count(): number; percentiles(): Percentiles };

const CAPACITY = 4_000_000;

/** `digits` after the point of a millisecond. */
export function createRecorder(digits = 2): Recorder {
  const unit = 10 ** digits;
  let values = new Float32Array(65_536);
  let count = 0;
  return {
    add(ms) {
      if (count === values.length) {
        if (count >= CAPACITY) return;
        const larger = new Float32Array(count * 2);
        larger.set(values);
        values = larger;
      }
      values[count] = ms;
      count += 1;
    },
    count: () => count,
    percentiles() {
      const sorted = values.subarray(0, count).sort();
      const at = (part: number) =>
        Math.round((sorted[Math.min(count - 1, Math.floor(part * count))] ?? 0) * unit) / unit;
      return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
    },
  };
}
