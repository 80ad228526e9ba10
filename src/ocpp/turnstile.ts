/**
 * Lets upgrade requests in at a bounded rate, so that a storm of reconnecting chargers (T15) leaves room for those that charge.
 * Who comes too early waits in line for a moment; it must never hold more than `capacity` of them.
 */

export type TurnstileOptions = {
  readonly perSecond: number;
  /** So many pass at once after a quiet time. */
  readonly burst: number;
  readonly capacity: number;
  readonly maxWaitMs: number;
  /** Milliseconds that only ever go forward. */
  readonly monotonic: () => number;
};

export type Turnstile = {
  /** True: go ahead, false: turned away. A promise only when it has to wait. */
  enter(): boolean | Promise<boolean>;
  waiting(): number;
  /** Turns away all that wait. */
  close(): void;
};

const STEP_MS = 10;

export function createTurnstile(options: TurnstileOptions): Turnstile {
  const { perSecond, burst, capacity, maxWaitMs, monotonic } = options;
  let tokens = burst;
  let filledAt = monotonic();
  let line: { readonly since: number; readonly admit: (admitted: boolean) => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function refill(): void {
    const now = monotonic();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
  }

  function advance(): void {
    timer = undefined;
    refill();
    const admitted = Math.min(line.length, Math.floor(tokens));
    tokens -= admitted;
    for (const each of line.splice(0, admitted)) each.admit(true);
    const tooLong = monotonic() - maxWaitMs;
    const fresh = line.findIndex((each) => each.since > tooLong);
    for (const each of line.splice(0, fresh === -1 ? line.length : fresh)) each.admit(false);
    if (line.length > 0) timer = setTimeout(advance, STEP_MS);
  }

  return {
    enter() {
      if (closed) return false;
      refill();
      if (line.length === 0 && tokens >= 1) {
        tokens -= 1;
        return true;
      }
      if (line.length >= capacity) return false;
      return new Promise((admit) => {
        line.push({ since: monotonic(), admit });
        timer ??= setTimeout(advance, STEP_MS);
      });
    },
    waiting: () => line.length,
    close() {
      closed = true;
      clearTimeout(timer);
      for (const each of line) each.admit(false);
      line = [];
    },
  };
}
