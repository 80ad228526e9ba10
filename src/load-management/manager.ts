/**
 * Who looks at which site when: at once when something happened to one of its chargers or its meter, and when its row is due. In this
 * process one look of a site at a time; over all processes the row's lock. What is known here is only a hint: a look reads the database.
 */

import type { Database } from '../database/contract.ts';
import type { EmittedEvent, EventWriter } from '../ingest/contract.ts';
import { within } from '../platform/within.ts';
import { managedSites, sitesDue, sitesOfChargers } from './due-store.ts';
import { type LookNeeds, lookAt } from './look.ts';
import type { SiteState } from './types.ts';

type Log = { error(fields: object, message: string): void };
export type LoadMetrics = {
  looked(seconds: number, state: SiteState, sent: number): void;
};
export type ManagerNeeds = LookNeeds & {
  readonly db: Pick<Database, 'transaction' | 'rows'>;
  readonly log: Log;
  readonly metrics: LoadMetrics;
};

/** What happens together is looked at together. */
const GATHER_MS = 25;
const AT_ONCE = 100;
const SIDE_BY_SIDE = 4;
const KNOWN_FOR_MS = 10_000;
/** Hints, so bounded: beyond, the next due look finds what was answered. */
const MOST_ASKED = 100_000;

const CAUSES: ReadonlySet<string> = new Set([
  'session.started',
  'session.ended',
  'charge_point.connected',
  'charge_point.disconnected',
  'charge_point.status_changed',
]);

export type LoadManager = ReturnType<typeof createLoadManager>;

export function createLoadManager(needs: ManagerNeeds) {
  const { db, clock, log, metrics } = needs;
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const unqueued = new Map<string, ReadonlySet<string>>();
  const siteOf = new Map<string, string>();
  /** Of which it is not known here whether they are of a site. */
  const strangers = new Set<string>();
  let asking: NodeJS.Timeout | undefined;
  let managed: ReadonlySet<string> = new Set();
  let managedUntil = 0;
  let isStopped = false;

  async function look(siteId: string, ifDueAt: Date | undefined): Promise<void> {
    const begun = performance.now();
    const missed = unqueued.get(siteId);
    unqueued.delete(siteId);
    const looked = await lookAt(needs, siteId, { ifDueAt, ...(missed !== undefined && { unqueued: missed }) });
    if (looked === undefined) return;
    metrics.looked((performance.now() - begun) / 1000, looked.plan.state, looked.asked.length);
    if (siteOf.size > MOST_ASKED) siteOf.clear();
    for (const chargePointId of looked.asked) siteOf.set(chargePointId, siteId);
    if (looked.unqueued.size === 0) return;
    unqueued.set(siteId, looked.unqueued);
    soon(siteId);
  }

  /** Never rejects: the row is due again soon. */
  function start(siteId: string, ifDueAt?: Date): Promise<void> {
    const inHand = running.get(siteId);
    if (inHand !== undefined) {
      if (ifDueAt === undefined) again.add(siteId);
      return inHand;
    }
    if (isStopped) return Promise.resolve();
    const run = look(siteId, ifDueAt)
      .catch((cause: unknown) => {
        log.error({ err: cause, site: siteId }, 'the load of a site could not be shared; it is tried again');
      })
      .finally(() => {
        running.delete(siteId);
        if (again.delete(siteId)) soon(siteId);
      });
    running.set(siteId, run);
    return run;
  }

  function soon(siteId: string): void {
    if (isStopped || timers.has(siteId)) return;
    const timer = setTimeout(() => {
      timers.delete(siteId);
      void start(siteId); // it never rejects
    }, GATHER_MS);
    timers.set(siteId, timer);
  }

  /** A charge point's record changed, or somebody else's command of it was answered: it may be of a site. Asked for together. */
  function moved(chargePointId: string): void {
    if (managed.size === 0 || isStopped || strangers.size >= MOST_ASKED) return;
    strangers.add(chargePointId);
    asking ??= setTimeout(() => {
      asking = undefined;
      const ids = [...strangers];
      strangers.clear();
      sitesOfChargers(db, ids).then(
        (sites) => {
          for (const siteId of sites) if (managed.has(siteId)) soon(siteId);
        },
        (cause: unknown) => log.error({ err: cause }, 'sites could not be found; the next look finds them'),
      );
    }, GATHER_MS);
  }

  return {
    /** Something changed there. */
    soon,
    /** The answer to a command may be one that a site waits for, or take its limit away. */
    notify(chargePointId: string): void {
      const siteId = siteOf.get(chargePointId);
      if (siteId !== undefined) soon(siteId);
      else moved(chargePointId);
    },
    moved,
    /** Events tell what happens to chargers, after the commit that they are of. */
    watching(writer: EventWriter): EventWriter {
      return {
        prepare(tx, chargePointIds) {
          const prepared = writer.prepare(tx, chargePointIds);
          return {
            async write(events) {
              const sites = sitesOf(events);
              const written = await prepared.write(events);
              return {
                committed() {
                  written.committed();
                  for (const siteId of sites) if (managed.has(siteId)) soon(siteId);
                },
              };
            },
          };
        },
      };
    },
    /** The job: sites whose time has come, whoever was to look at them. */
    async run(): Promise<void> {
      const now = clock.now();
      if (now.getTime() >= managedUntil || managedUntil > now.getTime() + KNOWN_FOR_MS) {
        managed = new Set(await managedSites(db));
        managedUntil = now.getTime() + KNOWN_FOR_MS;
      }
      const due = await sitesDue(db, now, AT_ONCE);
      if (due.length > 0) managed = new Set([...managed, ...due]);
      const next = due.values();
      const worker = async (): Promise<void> => {
        for (const siteId of next) await start(siteId, now);
      };
      await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, due.length) }, worker));
    },
    /** Of this process: its sites with load management become known at once. */
    knows(siteId: string): void {
      managed = new Set([...managed, siteId]);
      soon(siteId);
    },
    /** Waits for the looks in hand, at most for `withinMs`. */
    async stop(withinMs: number): Promise<void> {
      isStopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      clearTimeout(asking);
      timers.clear();
      await within(withinMs, Promise.all(running.values()));
    },
  };
}

const sitesOf = (events: readonly EmittedEvent[]): ReadonlySet<string> =>
  new Set(events.flatMap(({ root, event }) => (root.siteId !== null && CAUSES.has(event.type) ? [root.siteId] : [])));
