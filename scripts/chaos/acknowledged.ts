/** What chargers were told that the server has, held against what it really has: the difference is what was lost. */
import type { Database } from '../../src/database/index.ts';
import { lookThrough } from './invariants.ts';
import type { RetryingCharger } from './retrying-charger.ts';

type SessionRow = {
  identity: string;
  transactionId: number;
  startedAt: Date;
  meterStartWh: string;
  meterStopWh: string | null;
  status: string;
};

const SESSIONS = `
  SELECT charge_point_identity AS identity, transaction_id AS "transactionId", started_at AS "startedAt",
         meter_start_wh::text AS "meterStartWh", meter_stop_wh::text AS "meterStopWh", status
    FROM sessions WHERE transaction_id = ANY($1::int[])`;
const SAMPLES = `SELECT transaction_id AS "transactionId", at FROM meter_samples WHERE transaction_id = ANY($1::int[])`;
const STATUSES = `
  SELECT c.identity, h.at, h.raw_status AS status FROM status_history h JOIN charge_points c ON c.number = h.charge_point_number
   WHERE c.identity = ANY($1::text[]) AND h.at >= $2`;
const COUNTS = `SELECT charge_point_identity AS identity, count(*)::int AS count FROM sessions GROUP BY 1`;

export type AuditOptions = {
  /** The server's clock goes wrong on purpose: it corrects what chargers say by it, so only registers and counts can be compared. */
  readonly isClockWrong?: boolean;
};

/** Remembers how far it has looked: each promise is looked at once it was made, and all of them again by `all`. */
export function createAudit(
  db: Pick<Database, 'pool'>,
  chargers: readonly RetryingCharger[],
  { isClockWrong = false }: AuditOptions = {},
) {
  const seen = new Map<RetryingCharger, { sessions: number; statuses: number }>();

  async function look(from: (charger: RetryingCharger) => { sessions: number; statuses: number }): Promise<string[]> {
    const lost: string[] = [];
    // what was acknowledged by now; a session in progress is looked at again
    const promised = chargers.map((charger) => {
      const { identity, sessions, statuses } = charger.acknowledged;
      const since = from(charger);
      const told = sessions.slice(since.sessions).map((each) => ({ ...each, samples: [...each.samples] }));
      seen.set(charger, { sessions: Math.max(0, sessions.length - 1), statuses: statuses.length });
      return { identity, sessions: told, statuses: statuses.slice(since.statuses) };
    });
    const ids = promised.flatMap(({ sessions }) => sessions.map(({ transactionId }) => transactionId));
    const { rows: sessions } = await lookThrough<SessionRow>(db, SESSIONS, [ids]);
    const { rows: samples } = await lookThrough<{ transactionId: number; at: Date }>(db, SAMPLES, [ids]);
    const byId = new Map(sessions.map((row) => [row.transactionId, row]));
    const kept = new Set(samples.map(({ transactionId, at }) => `${transactionId} ${at.toISOString()}`));
    const counts = new Map<number, number>();
    for (const { transactionId } of samples) counts.set(transactionId, (counts.get(transactionId) ?? 0) + 1);
    for (const { identity, sessions: told } of promised) {
      for (const { transactionId, startedAt, meterStart, meterStop, samples: instants } of told) {
        const row = byId.get(transactionId);
        const what = `${identity}: session ${transactionId}`;
        if (row === undefined || row.identity !== identity) lost.push(what);
        else if (
          row.meterStartWh !== String(meterStart) ||
          (!isClockWrong && row.startedAt.toISOString() !== startedAt)
        )
          lost.push(`${what}: its start was another one`);
        else if (meterStop !== undefined && (row.status !== 'ended' || row.meterStopWh !== String(meterStop)))
          lost.push(`${what}: its stop`);
        const count = counts.get(transactionId) ?? 0;
        if (count < instants.length) lost.push(`${what}: ${count} samples of ${instants.length}`);
        if (!isClockWrong)
          for (const at of instants) if (!kept.has(`${transactionId} ${at}`)) lost.push(`${what}: sample ${at}`);
      }
    }
    const first = promised.flatMap(({ statuses }) => statuses.map(({ at }) => at)).sort()[0];
    if (first === undefined || isClockWrong) return lost;
    const { rows: history } = await lookThrough<{ identity: string; at: Date; status: string }>(db, STATUSES, [
      promised.map(({ identity }) => identity),
      first,
    ]);
    const had = new Set(history.map(({ identity, at, status }) => `${identity} ${at.toISOString()} ${status}`));
    for (const { identity, statuses } of promised)
      for (const { status, at } of statuses)
        if (!had.has(`${identity} ${at} ${status}`)) lost.push(`${identity}: status ${status} of ${at}`);
    return lost;
  }

  return {
    /** Of what was acknowledged since the last look. */
    since: () => look((charger) => seen.get(charger) ?? { sessions: 0, statuses: 0 }),
    /** At the end, when every session is over: all of it, and that there is no session that nobody was told of. */
    async all(): Promise<string[]> {
      const lost = await look(() => ({ sessions: 0, statuses: 0 }));
      const { rows } = await lookThrough<{ identity: string; count: number }>(db, COUNTS);
      const counts = new Map(rows.map(({ identity, count }) => [identity, count]));
      for (const { acknowledged } of chargers) {
        const count = counts.get(acknowledged.identity) ?? 0;
        const { length } = acknowledged.sessions;
        if (count !== length) lost.push(`${acknowledged.identity}: ${count} sessions of ${length}`);
      }
      return lost;
    },
  };
}
