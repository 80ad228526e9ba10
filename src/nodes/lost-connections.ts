/**
 * Connections of processes that died without a word. A clock that was set, or a database that was away, makes every process look
 * dead for a moment: so one counts as gone only when its sign of life has not changed between two looks, for longer than a living one
 * takes to give the next. A process never judges itself.
 */
import type { Ingest } from '../ingest/contract.ts';
import type { NodeStore } from './store.ts';

/** A process writes every 10 s that it lives; after this long without it counts as gone. */
export const GONE_AFTER_MS = 60_000;
/** From then on it is watched. */
const SUSPECT_AFTER_MS = 40_000;
/** For so long at least, by a clock that nobody sets. */
const WATCHED_MS = 12_000;
const FORGET_AFTER_MS = 24 * 3_600_000;
const MOST_NODES = 1_000;
const AT_ONCE = 500;

type Needs = {
  readonly nodes: Pick<NodeStore, 'silentSince' | 'orphaned' | 'forgetBefore'>;
  readonly nodeId: string;
  readonly ingest: Ingest;
  readonly now: () => Date;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
};

/** The job: every 5 s. It returns how many connections were found to be lost. */
export function createLostConnections({ nodes, nodeId, ingest, now, monotonic }: Needs): () => Promise<number> {
  let watched = new Map<string, { readonly seenMs: number; readonly since: number }>();
  /** Gone, and nothing is left of them. */
  let settled: ReadonlySet<string> = new Set();
  let isFirst = true;

  async function goneNodes(at: Date): Promise<string[]> {
    const silent = await nodes.silentSince(new Date(at.getTime() - SUSPECT_AFTER_MS), MOST_NODES);
    const looked = monotonic();
    const before = watched;
    watched = new Map(
      silent
        .filter(({ id }) => id !== nodeId)
        .map(({ id, seenAt }) => {
          const known = before.get(id);
          const seenMs = seenAt.getTime();
          return [id, { seenMs, since: known?.seenMs === seenMs ? known.since : looked }];
        }),
    );
    const gone = ([, { seenMs, since }]: [string, { seenMs: number; since: number }]): boolean =>
      at.getTime() - seenMs >= GONE_AFTER_MS && looked - since >= WATCHED_MS;
    return [...watched].filter(gone).map(([id]) => id);
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
            ingest.submit({ room: 'stations', type: 'disconnected', ...about, reason: 'node_lost', ...since }, soon()),
            ingest.submit({ room: 'commands', type: 'line_lost', ...about }, soon()),
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

const soon = () => ({ deadline: new Date(Date.now() + 10_000) });
