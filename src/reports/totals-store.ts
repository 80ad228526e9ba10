/** Sessions added up by place, token or time. Money is added per currency, exactly (numeric), and never over currencies. It never writes. */
import type { Database, Statement } from '../database/contract.ts';
import type { Spans } from './spans.ts';

/** Without `transaction`: one is open, and plans as it does. */
type Needs = Pick<Database, 'rows'> & { readonly transaction?: Database['transaction'] };

export const groupings = ['site', 'charge_point', 'evse', 'token', 'day', 'month'] as const;
export type Grouping = (typeof groupings)[number];

export type TotalsWanted = {
  readonly organizationId: string;
  /** By which instant a session belongs to the range, and to its day. */
  readonly by: 'started' | 'ended';
  readonly from: Date;
  readonly to: Date;
  readonly siteId?: string | undefined;
  readonly chargePointId?: string | undefined;
  readonly chargePointIds?: readonly string[] | undefined;
  /** Of day and month. */
  readonly spans?: Spans | undefined;
  readonly now: Date;
};

export type TotalsPart = {
  /** '' where a session has none; of day and month the place in `spans`, from 1, as five digits. */
  readonly key: string;
  /** null: of the sessions that have no price. */
  readonly currency: string | null;
  readonly sessions: number;
  readonly running: number;
  readonly energyWh: number;
  readonly durationS: number;
  /** Ended, priced, and not under review: what the amounts are of. */
  readonly billed: number;
  readonly underReview: number;
  readonly exclTax: string;
  readonly tax: string;
  readonly inclTax: string;
};

const KEYS: Readonly<Record<Grouping, string>> = {
  site: `coalesce(s.site_id, '')`,
  charge_point: 's.charge_point_id',
  evse: `s.charge_point_id || ' ' || lpad(s.evse_id::text, 10, '0')`,
  token: `coalesce(lower(s.token_uid), '')`,
  // Boundaries come from the calendar of this process: the server's own zones may be older, or lack the zone.
  day: `lpad(width_bucket(s.TIME, $9::timestamptz[])::text, 5, '0')`,
  month: `lpad(width_bucket(s.TIME, $9::timestamptz[])::text, 5, '0')`,
};

const CONDITIONS = [
  ['siteId', 's.site_id = ?'],
  ['chargePointId', 's.charge_point_id = ?'],
  ['chargePointIds', 's.charge_point_id = ANY(?::text[])'],
] as const satisfies readonly (readonly [keyof TotalsWanted, string])[];

const BILLED = `c.is_final AND c.total_incl_tax IS NOT NULL AND c.review_status IS DISTINCT FROM 'open' AND c.reprice_at IS NULL`;

// One pass over the sessions of the range, whatever the number of groups; the page is cut from the groups.
// Plan: sessions_organization_id_started_at_id_idx or sessions_ended, session_costs_pkey (hashed, where the range is large).
function statementOf(
  by: TotalsWanted['by'],
  grouping: Grouping,
  given: readonly (readonly [string, string])[],
): Statement {
  const time = by === 'started' ? 'started_at' : 'ended_at';
  const hasSpans = grouping === 'day' || grouping === 'month';
  const first = hasSpans ? 10 : 9;
  return {
    name: ['reports_totals', by, grouping, ...given.map(([name]) => name)].join('_'),
    text: `WITH parts AS (
             SELECT ${KEYS[grouping].replace('TIME', time)} AS key, c.currency, count(*)::int8 AS sessions,
                    count(*) FILTER (WHERE s.ended_at IS NULL)::int8 AS running, sum(s.energy_wh)::int8 AS "energyWh",
                    sum(greatest(0, extract(epoch FROM coalesce(s.ended_at, $4) - s.started_at)))::int8 AS "durationS",
                    count(*) FILTER (WHERE ${BILLED})::int8 AS billed,
                    count(*) FILTER (WHERE c.review_status = 'open')::int8 AS "underReview",
                    coalesce(sum(c.total_excl_tax::numeric) FILTER (WHERE ${BILLED}), 0)::text AS "exclTax",
                    coalesce(sum(c.total_tax::numeric) FILTER (WHERE ${BILLED}), 0)::text AS tax,
                    coalesce(sum(c.total_incl_tax::numeric) FILTER (WHERE ${BILLED}), 0)::text AS "inclTax"
               FROM sessions s LEFT JOIN session_costs c ON s.is_priced AND c.session_id = s.id
              WHERE s.organization_id = $1 AND s.${time} >= $2 AND s.${time} < $3 AND NOT s.is_test
                ${given.map(([, condition], i) => `AND ${condition.replace('?', `$${first + i}`)}`).join(' ')}
              GROUP BY 1, 2),
           page AS (
             SELECT DISTINCT key FROM parts WHERE CASE WHEN $5 THEN key > $6 ELSE key >= $6 END
              ORDER BY key LIMIT $7)
           SELECT parts.* FROM parts JOIN page USING (key) ORDER BY key, currency NULLS FIRST LIMIT $8`,
  };
}

/** A day is joined with its costs one by one, a year by reading all of them: only with its values can that be known (pool.ts makes one plan for all). */
const BY_ITS_VALUES: Statement = {
  name: 'reports_plan_by_values',
  text: `SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`,
};

/** A group has as many parts as currencies; more than these are not looked at. */
const MOST_CURRENCIES = 200;

/** `limit` groups at most, in the order of their keys, all parts of each. */
export async function totals(
  db: Needs,
  wanted: TotalsWanted,
  grouping: Grouping,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<TotalsPart[]> {
  const given = CONDITIONS.filter(([name]) => wanted[name] !== undefined);
  const values = [
    ...[wanted.organizationId, wanted.from, wanted.to, wanted.now],
    ...[page.after !== undefined, page.after ?? '', page.limit, page.limit * MOST_CURRENCIES],
    ...(wanted.spans === undefined ? [] : [wanted.spans.starts]),
    ...given.map(([name]) => wanted[name]),
  ];
  const statement = statementOf(wanted.by, grouping, given);
  if (db.transaction === undefined) return db.rows<TotalsPart>(statement, values);
  return db.transaction(async (tx) => {
    await tx.rows(BY_ITS_VALUES, []);
    return tx.rows<TotalsPart>(statement, values);
  });
}
