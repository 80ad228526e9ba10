/**
 * Watches this process's own clocks, once a second: a tick that comes late means that the event loop stood still, a wall clock that
 * went otherwise than the monotonic one was set. It only counts; what must not break by it is guarded where it is (ocpp/liveness.ts).
 */

type Needs = {
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number;
  /** Nothing of this process ran for so long. */
  readonly onStall: (seconds: number) => void;
  /** The wall clock was set. */
  readonly onJump: (direction: 'forward' | 'backward', seconds: number) => void;
};

export type OwnClock = {
  start(): void;
  stop(): void;
  /** What the timer does each second. */
  tick(): void;
};

const TICK_MS = 1_000;
/** So much later than planned a tick may come. */
const STALL_MS = 1_000;
/** So much may the wall clock be brought nearer to the truth between two ticks. */
const JUMP_MS = 2_000;

export function createOwnClock({ wallMs, monotonicMs, onStall, onJump }: Needs): OwnClock {
  let timer: NodeJS.Timeout | undefined;
  let before = { wall: wallMs(), monotonic: monotonicMs() };

  function tick(): void {
    const at = { wall: wallMs(), monotonic: monotonicMs() };
    const passedMs = at.monotonic - before.monotonic;
    const jumpedMs = at.wall - before.wall - passedMs;
    before = at;
    if (passedMs > TICK_MS + STALL_MS) onStall((passedMs - TICK_MS) / 1000);
    if (Math.abs(jumpedMs) > JUMP_MS) onJump(jumpedMs > 0 ? 'forward' : 'backward', Math.abs(jumpedMs) / 1000);
  }

  return {
    start() {
      before = { wall: wallMs(), monotonic: monotonicMs() };
      timer ??= setInterval(tick, TICK_MS);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
    tick,
  };
}
