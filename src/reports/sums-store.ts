/**
 * Ended sessions added up by days (decision 013). A day is added up in one snapshot, and with it go the changes that this snapshot has seen; a
 * change that it has not seen stays, and as long as there is one the day counts as not added up.
 */
import type { Statement, Tx } from '../database/contract.ts';
import type { SumDay } from './sum-spans.ts';

/** So long after its end a day is added up. Changes of sessions older than 12 hours are written down (the triggers): no transaction takes the hour between. */
export const SETTLED_MS = 13 * 3_600_000;

/** Of `c`, a cost: what amounts are of. */
export const BILLED = `c.is_final AND c.total_incl_tax IS NOT NULL AND c.review_status IS DISTINCT FROM 'open' AND c.reprice_at IS NULL`;

/** A hundred years. */
const MOST_DAYS = 36_600;
// Only such as lie in one span of those asked for, and of which all that has changed is in. Plan: session_sum_days_organization_id_zone_starts_at_key,
// session_sum_changes_organization_id_at_idx.
const DAYS: Statement = {
  name: 'reports_sum_days',
  text: `SELECT d.id, d.starts_at AS "startsAt", d.ends_at AS "endsAt" FROM session_sum_days d
          WHERE d.organization_id = $1 AND d.zone = $2 AND d.starts_at >= $3 AND d.starts_at < $4 AND d.ends_at <= $4
            AND ($5::timestamptz[] IS NULL OR width_bucket(d.starts_at, $5) = width_bucket(d.ends_at - interval '1 millisecond', $5))
            AND NOT EXISTS (SELECT FROM session_sum_changes m
                             WHERE m.organization_id = d.organization_id AND m.at >= d.starts_at AND m.at < d.ends_at)
          ORDER BY d.starts_at LIMIT ${MOST_DAYS}`,
};
export const sumDays = (
  tx: Tx,
  of: { readonly organizationId: string; readonly zone: string; readonly from: Date; readonly to: Date },
  spanStarts: readonly Date[] | undefined,
) => tx.rows<SumDay>(DAYS, [of.organizationId, of.zone, of.from, of.to, spanStarts ?? null]);

/** From now on this transaction sees what is committed now, and nothing else. The first statement of it. */
const ONE_SNAPSHOT: Statement = {
  name: 'reports_one_snapshot',
  text: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
};
export const oneSnapshot = (tx: Tx): Promise<unknown> => tx.rows(ONE_SNAPSHOT, []);

// One after the other, whichever process: the lock is had before the snapshot is taken (LOCK takes none).
const ALONE: Statement = {
  name: 'reports_sums_alone',
  text: 'LOCK TABLE session_sum_days IN SHARE ROW EXCLUSIVE MODE',
};
const ADD_DAY: Statement = {
  name: 'reports_sums_add_day',
  text: `INSERT INTO session_sum_days (organization_id, zone, starts_at, ends_at) SELECT $1, $2, $3, $4
          WHERE $4::timestamptz <= now() - interval '${SETTLED_MS} milliseconds'
         ON CONFLICT DO NOTHING RETURNING id`,
};
const STILL_THERE: Statement = { name: 'reports_sums_day', text: 'SELECT id FROM session_sum_days WHERE id = $1' };
/** Plan: session_sum_changes_organization_id_at_idx. */
const TAKE_CHANGES: Statement = {
  name: 'reports_sums_take_changes',
  text: 'DELETE FROM session_sum_changes WHERE organization_id = $1 AND at >= $2 AND at < $3',
};
/** Plan: session_sums_pkey. */
const CLEAR: Statement = { name: 'reports_sums_clear', text: 'DELETE FROM session_sums WHERE day_id = $1' };
// By each EVSE, and by site alone. Plan: sessions_organization_id_started_at_id_idx or sessions_ended, session_costs_pkey.
const addUp = (by: 'started' | 'ended'): Statement => ({
  name: `reports_sums_add_up_${by}`,
  text: `INSERT INTO session_sums (day_id, by, charge_point_id, evse_id, site_id, currency, sessions, energy_wh, duration_ms, billed,
                                   under_review, excl_tax, tax, incl_tax)
         SELECT $1::int8, '${by}', coalesce(place, ''), coalesce(evse, -1), site, currency, count(*), sum(energy_wh),
                sum(greatest(0, extract(epoch FROM ended_at - started_at)) * 1000)::int8, count(*) FILTER (WHERE billed),
                count(*) FILTER (WHERE "isOpen"), coalesce(sum(excl) FILTER (WHERE billed), 0)::text,
                coalesce(sum(tax) FILTER (WHERE billed), 0)::text, coalesce(sum(incl) FILTER (WHERE billed), 0)::text
           FROM (SELECT s.charge_point_id AS place, s.evse_id AS evse, coalesce(s.site_id, '') AS site, coalesce(c.currency, '') AS currency,
                        s.energy_wh, s.started_at, s.ended_at, c.session_id IS NOT NULL AND ${BILLED} AS billed,
                        c.review_status = 'open' AS "isOpen", c.total_excl_tax::numeric AS excl, c.total_tax::numeric AS tax,
                        c.total_incl_tax::numeric AS incl
                   FROM sessions s LEFT JOIN session_costs c ON s.is_priced AND c.session_id = s.id
                  WHERE s.organization_id = $2 AND s.${by}_at >= $3 AND s.${by}_at < $4 AND s.ended_at IS NOT NULL AND NOT s.is_test) told
          GROUP BY GROUPING SETS ((place, evse, site, currency), (site, currency))`,
});
const ADD_UP = [addUp('started'), addUp('ended')];

export type DayOf = {
  readonly organizationId: string;
  readonly zone: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

/** A new day, or one that is there once more. False: it is not over for long enough, or somebody else was first. */
export async function addUpDay(tx: Tx, day: DayOf & { readonly id?: number }): Promise<boolean> {
  const { organizationId, zone, startsAt, endsAt } = day;
  await tx.rows(ALONE, []);
  await oneSnapshot(tx);
  const [row] =
    day.id === undefined
      ? await tx.rows<{ id: number }>(ADD_DAY, [organizationId, zone, startsAt, endsAt])
      : await tx.rows<{ id: number }>(STILL_THERE, [day.id]);
  if (row === undefined) return false;
  await tx.rows(TAKE_CHANGES, [organizationId, startsAt, endsAt]);
  if (day.id !== undefined) await tx.rows(CLEAR, [row.id]);
  for (const statement of ADD_UP) await tx.rows(statement, [row.id, organizationId, startsAt, endsAt]);
  return true;
}

const FEW = 5_000;
/** The oldest changes are taken first. Plan: session_sum_changes_pkey, session_sum_days_organization_id_zone_starts_at_key. */
const CHANGED: Statement = {
  name: 'reports_sums_changed',
  text: `SELECT DISTINCT d.id, d.organization_id AS "organizationId", d.zone, d.starts_at AS "startsAt", d.ends_at AS "endsAt"
           FROM (SELECT organization_id, at FROM session_sum_changes ORDER BY id LIMIT ${FEW}) m
           JOIN session_sum_days d ON d.organization_id = m.organization_id AND d.starts_at <= m.at AND d.ends_at > m.at`,
};
export const changedDays = (tx: Tx) => tx.rows<DayOf & SumDay>(CHANGED, []);

/** Of no day that is added up: whoever adds it up will see what changed. */
const FORGET_CHANGES: Statement = {
  name: 'reports_sums_forget_changes',
  text: `DELETE FROM session_sum_changes m USING (SELECT id FROM session_sum_changes ORDER BY id LIMIT ${FEW}) old
          WHERE m.id = old.id AND NOT EXISTS (
                SELECT FROM session_sum_days d WHERE d.organization_id = m.organization_id AND d.starts_at <= m.at AND d.ends_at > m.at)
         RETURNING 1 AS gone`,
};
/** Returns whether there may be more. */
export async function forgetChanges(tx: Tx): Promise<boolean> {
  await tx.rows(ALONE, []);
  await oneSnapshot(tx);
  return (await tx.rows(FORGET_CHANGES, [])).length === FEW;
}
