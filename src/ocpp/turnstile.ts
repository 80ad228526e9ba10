/**
 * Lets upgrade requests in at a bounded rate, so that a storm of reconnecting chargers (T15) leaves room for those that charge.
 * Who comes too early waits in line for a moment, and the networks in line take turns: whoever floods it waits behind himself, not others
 * behind him. It must never hold more than `capacity` of them.
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
  /** True: go ahead, false: turned away. A promise only when it has to wait. `source`: the network that it comes from. */
  enter(source: string): boolean | Promise<boolean>;
  waiting(): number;
  /** Turns away all that wait. */
  close(): void;
};

const STEP_MS = 10;
/** Who has waited for too long is looked for so often: there may be as many networks as places. */
const LOOK_MS = 100;

type Waiting = { readonly since: number; readonly admit: (admitted: boolean) => void };

export function createTurnstile(options: TurnstileOptions): Turnstile {
  const { perSecond, burst, capacity, maxWaitMs, monotonic } = options;
  let tokens = burst;
  let filledAt = monotonic();
  let lookedAt = filledAt;
  /** By network, whose turn is next first; none of them is empty. */
  const lines = new Map<string, Waiting[]>();
  let count = 0;
  /** The longest of them, or nearly. */
  let longest: Waiting[] = [];
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
    for (; count > 0 && tokens >= 1; tokens -= 1) admitNext();
    const now = monotonic();
    if (now - lookedAt >= LOOK_MS) {
      lookedAt = now;
      turnAwayBefore(now - maxWaitMs);
    }
    if (count > 0) timer = setTimeout(advance, STEP_MS);
  }

  function admitNext(): void {
    for (const [source, line] of lines) {
      lines.delete(source);
      const next = line.shift();
      if (line.length > 0) lines.set(source, line); // behind the others
      count -= 1;
      next?.admit(true);
      return;
    }
  }

  function turnAwayBefore(tooLong: number): void {
    longest = [];
    for (const [source, line] of lines) {
      const fresh = line.findIndex(({ since }) => since > tooLong);
      const late = line.splice(0, fresh === -1 ? line.length : fresh);
      count -= late.length;
      for (const each of late) each.admit(false);
      if (line.length === 0) lines.delete(source);
      else if (line.length > longest.length) longest = line;
    }
  }

  /** The last one of a network that holds more places than this one would gives his to it. */
  function makesRoom(own: number): boolean {
    if (longest.length <= own + 1) return false;
    count -= 1;
    longest.pop()?.admit(false);
    return true;
  }

  return {
    enter(source) {
      if (closed) return false;
      refill();
      if (count === 0 && tokens >= 1) {
        tokens -= 1;
        return true;
      }
      const line = lines.get(source) ?? [];
      if (count >= capacity && !makesRoom(line.length)) return false;
      return new Promise((admit) => {
        line.push({ since: monotonic(), admit });
        lines.set(source, line); // a new one at the end, a known one where it is
        if (line.length > longest.length) longest = line;
        count += 1;
        timer ??= setTimeout(advance, STEP_MS);
      });
    },
    waiting: () => count,
    close() {
      closed = true;
      clearTimeout(timer);
      for (const line of lines.values()) for (const each of line) each.admit(false);
      lines.clear();
      count = 0;
    },
  };
}
