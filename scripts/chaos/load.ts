/** Chargers that charge on a server all the time, two endpoints that want to hear of it, and the proof that nothing was lost. */
import type { Database } from '../../src/database/index.ts';
import { pause } from '../kit/server-process.ts';
import { until } from '../kit/until.ts';
import { type AuditOptions, createAudit } from './acknowledged.ts';
import { brokenInvariants, lookThrough } from './invariants.ts';
import type { Receiver } from './receiver.ts';
import { type RetryingCharger, type RetryingOptions, retryingCharger } from './retrying-charger.ts';
import type { ServerNode } from './server-node.ts';

export type Ground = { readonly db: Database; readonly node: ServerNode; readonly receiver: Receiver };
export type Load = {
  readonly chargers: readonly RetryingCharger[];
  /** Answers that chargers got, all together. */
  answered(): number;
  /** Resolves when that holds; rejects before when a charger was refused what must never be refused. */
  until(what: string, holds: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  /** What is broken now, in words. Empty: nothing. The server may be dead meanwhile. `isDeep`: the invariants over all rows too. */
  faults(options?: { readonly isDeep: boolean }): Promise<string[]>;
  /** Lets the chargers finish and everything be delivered. What is broken then, in words. */
  finish(): Promise<string[]>;
  /** Lets go at once. */
  abandon(): void;
};

const AT_ONCE = 8;

export async function startLoad(
  { db, node, receiver }: Ground,
  options: {
    readonly chargers: number;
    /** Where they connect to; default: the server's own port. */
    readonly port?: number;
  } & Pick<RetryingOptions, 'paceMs' | 'heard'> &
    AuditOptions,
): Promise<Load> {
  for (const [path, events] of [
    ['all', ['*']],
    ['ends', ['session.ended']],
  ] as const)
    await node.api('/webhooks/endpoints', { url: `https://127.0.0.1:${receiver.port}/${path}`, events });
  const chargers: RetryingCharger[] = [];
  let next = 0;
  async function register(): Promise<void> {
    for (let number = next++; number < options.chargers; number = next++) {
      const token = `TAG-${number}`;
      await node.api('/tokens', { uid: token });
      const { identity = '', key = '' } = await node.api('/charge-points', { identity: `CHAOS-${number}` });
      const { paceMs, heard } = options;
      const about = { url: `ws://127.0.0.1:${options.port ?? node.port}/ocpp`, identity, password: key, token };
      chargers.push(
        retryingCharger({ ...about, ...(paceMs !== undefined && { paceMs }), ...(heard !== undefined && { heard }) }),
      );
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, register));
  const refused = Promise.race(chargers.map(({ running }) => running.then(() => new Promise<never>(() => {}))));
  refused.catch(() => undefined); // told by whoever waits
  const audit = createAudit(db, chargers, options);
  const broken = async () =>
    Object.entries(await brokenInvariants(db)).map(
      ([promise, rows]) => `not so: ${promise}: ${JSON.stringify(rows.slice(0, 2))}`,
    );
  return {
    chargers,
    answered: () => chargers.reduce((all, charger) => all + charger.answers(), 0),
    async until(what, holds, withinMs = 120_000) {
      await Promise.race([refused, until(what, holds, { withinMs })]);
    },
    faults: async ({ isDeep } = { isDeep: true }) => [...(await audit.since()), ...(isDeep ? await broken() : [])],
    async finish() {
      await Promise.race([refused, Promise.all(chargers.map((charger) => charger.stop()))]);
      await releaseOfTheDead(db);
      await until('all is delivered', async () => (await undelivered(db)) === 0, { withinMs: 120_000, everyMs: 200 });
      const made = await deliveries(db);
      const heard = new Set(receiver.heard.map(({ deliveryId }) => deliveryId)).size;
      return [
        ...(await audit.all()),
        ...(await broken()),
        ...(heard === made ? [] : [`${heard} deliveries were heard of ${made}`]),
      ];
    },
    abandon() {
      for (const charger of chargers) charger.abandon();
    },
  };
}

const countOf = async (db: Database, where: string): Promise<number> => {
  const { rows } = await lookThrough<{ count: number }>(
    db,
    `SELECT count(*)::int AS count FROM webhook_deliveries WHERE ${where}`,
  );
  return rows[0]?.count ?? 0;
};
/** Who lives has what it sends acknowledged by then. */
const ALIVE_MS = 3_000;
/** What a killed process had leased is nobody's for a minute, which is not waited for; what a living one is sending stays its own. */
async function releaseOfTheDead(db: Database): Promise<void> {
  const { rows } = await db.pool.query<{ id: string; token: string }>(
    `SELECT id, lease_token AS token FROM webhook_deliveries WHERE status = 'pending' AND leased_until > now()`,
  );
  if (rows.length === 0) return;
  await pause(ALIVE_MS);
  await db.pool.query(
    `UPDATE webhook_deliveries d SET leased_until = now() FROM unnest($1::text[], $2::text[]) AS v(id, token)
      WHERE d.id = v.id AND d.lease_token = v.token AND d.status = 'pending' AND d.leased_until > now()`,
    [rows.map(({ id }) => id), rows.map(({ token }) => token)],
  );
}
const undelivered = (db: Database) => countOf(db, `status <> 'succeeded'`);
export const deliveries = (db: Database) => countOf(db, 'true');
