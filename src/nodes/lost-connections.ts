/**
 * Connections of processes that died without a word. A clock that was set, or a database that was away, makes every process look dead for
 * a moment; and clocks of machines differ. So one counts as gone only when its sign of life has not changed from look to look, by a
 * clock that nobody sets: for the whole grace, whatever its own clock said; or, if clocks agree that the grace has passed (this process may
 * have begun after the death), for longer than a living one takes to give the next sign. A process never judges itself.
 */
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { NodeStore, Sign } from './store.ts';

/** Since the last sign of life. docs/reliability.md adds up what comes to it: test/nodes holds the two together. */
export const GONE_AFTER_MS = 45_000;
/** Of one that said goodbye: its chargers were told to come back, some wait for a while before they do. */
export const STOPPED_AFTER_MS = 60_000;
/** A sign of life every so often (app-jobs.ts); eight in a row that do not come are no accident. */
export const SIGN_EVERY_MS = 5_000;
export const LOOK_EVERY_MS = 5_000;
/** More than two signs of life, and more than a time without looks can make of one. */
const WATCHED_MS = 13_000;
/** After so long without a look nothing is known of the meantime, in which nobody may have been able to write: the watch begins anew. */
const BLIND_AFTER_MS = 8_000;
const FORGET_AFTER_MS = 24 * 3_600_000;
const MOST_NODES = 1_000;
const AT_ONCE = 500;

type Needs = {
  readonly nodes: Pick<NodeStore, 'signs' | 'orphaned' | 'forgetBefore'>;
  readonly nodeId: string;
  readonly ingest: Ingest;
  readonly now: () => Date;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
};

/** The job: every {@link LOOK_EVERY_MS}. It returns how many connections were found to be lost. */
export function createLostConnections({ nodes, nodeId, ingest, now, monotonic }: Needs): () => Promise<number> {
  let watched = new Map<string, { readonly seenMs: number; readonly since: number }>();
  let lookedBefore = Number.NEGATIVE_INFINITY;
  /** Gone, and nothing is left of them. */
  let settled: ReadonlySet<string> = new Set();
  let isFirst = true;

  async function goneNodes(at: Date): Promise<string[]> {
    const others = (await nodes.signs(MOST_NODES)).filter(({ id }) => id !== nodeId);
    const looked = monotonic();
    const before = looked - lookedBefore > BLIND_AFTER_MS ? new Map<string, never>() : watched;
    lookedBefore = looked;
    const sinceOf = ({ id, seenAt }: Sign): number => {
      const known = before.get(id);
      return known?.seenMs === seenAt.getTime() ? known.since : looked;
    };
    watched = new Map(others.map((sign) => [sign.id, { seenMs: sign.seenAt.getTime(), since: sinceOf(sign) }]));
    const gone = ({ id, seenAt, hasStopped }: Sign): boolean => {
      const graceMs = hasStopped ? STOPPED_AFTER_MS : GONE_AFTER_MS;
      const watchedMs = looked - (watched.get(id)?.since ?? looked);
      return watchedMs >= graceMs || (watchedMs >= WATCHED_MS && at.getTime() - seenAt.getTime() >= graceMs);
    };
    return others.filter(gone).map(({ id }) => id);
  }

  return async () => {
    const at = now();
    const gone = await goneNodes(at);
    let count = 0;
    const isNews = isFirst || gone.some((id) => !settled.has(id)); // the dead do not connect anybody any more
    for (let found = isNews ? AT_ONCE : 0; found === AT_ONCE; ) {
      const lost = await nodes.orphaned(gone, AT_ONCE);
      found = lost.length;
      count += found;
      await Promise.all(
        lost.flatMap(({ chargePointId, generation, lostAt }) => {
          const about = { chargePointId, receivedAt: at, generation } as const;
          const since = lostAt === null ? {} : { at: lostAt };
          return [
            ingest.submit(
              { room: 'stations', type: 'disconnected', ...about, reason: 'node_lost', ...since },
              { patienceMs: PATIENCE_MS },
            ),
            ingest.submit({ room: 'commands', type: 'line_lost', ...about }, { patienceMs: PATIENCE_MS }),
          ];
        }),
      );
    }
    isFirst = false;
    settled = new Set(gone);
    await nodes.forgetBefore(new Date(at.getTime() - FORGET_AFTER_MS));
    return count;
  };
}
