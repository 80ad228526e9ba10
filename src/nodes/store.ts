/** Rows of running processes, and the sockets of those that are not heard of any more. */
import type { Statement, Tx } from '../database/contract.ts';

/** Longer ago than that is no sign of life: the process stood still, its machine slept, or its clock was set. */
const GAP = `interval '60 seconds'`;
/**
 * The row may be gone: forgotten by others while this process was suspended for a day, or lost in a failover of the database. Nobody has
 * served since an hour that is still to come: a clock that was ahead, at the start or later, has been set right.
 */
const SEEN: Statement = {
  name: 'nodes_seen',
  text: `INSERT INTO nodes (id, host, pid, started_at, seen_at, serving_since)
         VALUES ($1, $2, $3, $4::timestamptz, $5::timestamptz, CASE WHEN $5 - $4 > ${GAP} OR $4 > $5 THEN $5 END)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at,
            serving_since = CASE WHEN excluded.seen_at - nodes.seen_at > ${GAP}
                                   OR coalesce(nodes.serving_since, nodes.started_at) > excluded.seen_at THEN excluded.seen_at
                                 ELSE nodes.serving_since END`,
};
// Plan: Seq Scan on nodes (a handful).
const SERVING: Statement = {
  name: 'nodes_serving_since',
  text: `SELECT coalesce(min(coalesce(serving_since, started_at)), $1::timestamptz) AS since FROM nodes
          WHERE stopped_at IS NULL AND seen_at > $1::timestamptz - ${GAP}`,
};
/** Since when this installation has had a living process without a break: what is longer ago was heard by nobody. */
export async function servingSince(db: Tx, now: Date): Promise<Date> {
  const [row] = await db.rows<{ since: Date }>(SERVING, [now]);
  return row?.since ?? now;
}
const STOPPED: Statement = {
  name: 'nodes_stopped',
  text: `UPDATE nodes SET stopped_at = $2, seen_at = $2 WHERE id = $1`,
};
const FORGET: Statement = {
  name: 'nodes_forget',
  text: `DELETE FROM nodes n WHERE n.seen_at < $1
            AND NOT EXISTS (SELECT 1 FROM charge_point_states s WHERE s.node_id = n.id AND s.connected)`,
};
/** The latest first. Plan: the table has a row for each process of the last day. */
const SIGNS: Statement = {
  name: 'nodes_signs',
  text: `SELECT id, seen_at AS "seenAt", stopped_at IS NOT NULL AS "hasStopped" FROM nodes ORDER BY seen_at DESC, id LIMIT $1`,
};
export type Node = { readonly id: string; readonly host: string; readonly pid: number; readonly startedAt: Date };
/** The last sign of life of a process; its goodbye is one. */
export type Sign = { readonly id: string; readonly seenAt: Date; readonly hasStopped: boolean };
/** Connected charge points of these processes, or of one that nobody knows. */
const ORPHANED: Statement = {
  name: 'nodes_orphaned',
  text: `SELECT s.charge_point_id AS "chargePointId", s.generation, coalesce(n.stopped_at, n.seen_at) AS "lostAt" FROM charge_point_states s
           LEFT JOIN nodes n ON n.id = s.node_id
          WHERE s.connected AND (n.id IS NULL OR s.node_id = ANY($1::text[])) LIMIT $2`,
};

/**
 * Taken, or kept: it is free, or ours; or it ends so late that only a clock that was hours ahead can have said so: every claim of a job is as
 * long as the next one, and the longest is about a minute. Plan: job_claims_pkey.
 */
const CLAIM: Statement = {
  name: 'nodes_claim_job',
  text: `INSERT INTO job_claims AS j (name, node_id, until) VALUES ($1, $2, $4::timestamptz)
         ON CONFLICT (name) DO UPDATE SET node_id = excluded.node_id, until = excluded.until
          WHERE j.until <= $3::timestamptz OR j.node_id = excluded.node_id
             OR j.until > excluded.until + interval '5 minutes' RETURNING name`,
};

/** A claim outlives the pause between two runs, so that the same process goes on; it is another's when that one is gone. */
const SLACK_MS = 5_000;

/**
 * Whether this process is the one of the installation to run a job now, which is due every `everyMs`. A claim saves work and promises nothing:
 * when its holder dies it ends by itself, and a run may be had twice.
 */
export async function claimJob(
  db: Tx,
  job: { readonly name: string; readonly nodeId: string; readonly now: Date; readonly everyMs: number },
): Promise<boolean> {
  const until = new Date(job.now.getTime() + job.everyMs + SLACK_MS);
  return (await db.rows(CLAIM, [job.name, job.nodeId, job.now, until])).length > 0;
}

export type Orphaned = { readonly chargePointId: string; readonly generation: number; readonly lostAt: Date | null };

const NOTIFY: Statement = {
  name: 'nodes_notify',
  text: 'SELECT pg_notify($1, text) FROM unnest($2::text[]) AS messages(text)',
};

/** Outside of any transaction with work in it: commits that notify wait for each other. */
export const notifyNodes = (db: Tx, channel: string, texts: readonly string[]): Promise<unknown> =>
  db.rows(NOTIFY, [channel, texts]);

export const nodeStore = (db: Tx) => ({
  /** The first sign of life of a process registers it. */
  seen: ({ id, host, pid, startedAt }: Node, now: Date) => db.rows(SEEN, [id, host, pid, startedAt, now]),
  stopped: (id: string, now: Date) => db.rows(STOPPED, [id, now]),
  forgetBefore: (before: Date) => db.rows(FORGET, [before]),
  signs: (limit: number) => db.rows<Sign>(SIGNS, [limit]),
  orphaned: (nodeIds: readonly string[], limit: number) => db.rows<Orphaned>(ORPHANED, [nodeIds, limit]),
});
export type NodeStore = ReturnType<typeof nodeStore>;
