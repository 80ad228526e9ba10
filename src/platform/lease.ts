/**
 * How long what a process has taken (a delivery, an update, a member of a bulk) is its own. Who holds it longer renews it; what a dead process
 * held is another's then, with the next look of that job, 10 s later at most: within the 60 s that are promised (docs/reliability.md).
 */
export const LEASE_MS = 50_000;

/** Less is drift, or how long it takes to read two clocks. Leases are used up to 5 s before their end (src/webhooks/dispatcher.ts). */
const SLEPT_MS = 2_000;

/**
 * Milliseconds that only go forward, for leases that end by another machine's clock: unlike `performance.now()` they count on while this
 * machine is suspended (CLOCK_MONOTONIC of Linux stands still then). A wall clock that is set forward looks the same, and lets leases
 * end too early: what they are of is claimed again.
 */
export function createLeaseClock(
  monotonic: () => number = () => performance.now(),
  wall: () => number = () => Date.now(),
): () => number {
  let between = wall() - monotonic();
  let sleptMs = 0;
  return () => {
    const at = monotonic();
    const ahead = wall() - at - between;
    if (Math.abs(ahead) >= SLEPT_MS) {
      between += ahead;
      sleptMs += Math.max(0, ahead);
    }
    return at + sleptMs;
  };
}
