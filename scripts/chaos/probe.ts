/**
 * Started with --import before main.js: what the chaos suite asks of the inside of a process over IPC. It shifts the wall clock, halts
 * the event loop, and tells the memory that is left after a garbage collection. For the chaos suite only.
 */
import { fileURLToPath } from 'node:url';
import { writeHeapSnapshot } from 'node:v8';

export type ProbeOrder =
  /** The wall clock goes so much ahead (or back) of the machine's; the monotonic one does not. */
  | { readonly do: 'shift'; readonly ms: number }
  | { readonly do: 'stall'; readonly ms: number }
  /** Needs --expose-gc. `snapshot`: a file, into which the heap is written after that; the event loop stands still for seconds. */
  | { readonly do: 'measure'; readonly snapshot?: string };
export type ProbeReport = {
  readonly heapMiB: number;
  readonly externalMiB: number;
  readonly residentMiB: number;
  /** Sockets, timers and other things that libuv holds. */
  readonly handles: number;
};

/** What Node is started with, so that the probe is in it. */
export const PROBE_FLAGS = ['--expose-gc', '--import', fileURLToPath(new URL('./probe.js', import.meta.url))];

const MIB = 1024 ** 2;

function shiftClock(): (ms: number) => void {
  const RealDate = Date;
  let shiftMs = 0;
  const now = (): number => RealDate.now() + shiftMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  return (ms) => {
    shiftMs = ms;
  };
}

function measured(): ProbeReport {
  const { gc } = globalThis;
  gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heapMiB: heapUsed / MIB,
    externalMiB: external / MIB,
    residentMiB: rss / MIB,
    handles: process.getActiveResourcesInfo().length,
  };
}

function halt(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

if (process.send !== undefined) {
  const shift = shiftClock();
  process.on('message', (message) => {
    const order = message as ProbeOrder; // as: our own parent's
    if (order.do === 'shift') shift(order.ms);
    else if (order.do === 'stall') halt(order.ms);
    else {
      const report = measured();
      if (order.snapshot !== undefined) writeHeapSnapshot(order.snapshot);
      process.send?.(report);
    }
  });
  process.channel?.unref();
}
