/**
 * Sessions added up by place, token or time: from days that are added up (sums-store.ts), and from sessions where there is no such day. Money is
 * added per currency, exactly (numeric), and never over currencies. It never writes.
 */
import type { Database, Statement } from '../database/contract.ts';
import type { Range } from './range.ts';
import type { Spans } from './spans.ts';
import { type SumSpans, sumSpans } from './sum-spans.ts';
import { BILLED, oneSnapshot, sumDays } from './sums-store.ts';

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
  /** Whose days are taken where they are added up; absent: all is added up from sessions. */
  readonly zone?: string | undefined;
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

/** What is added up by days has them all, but tokens: there are about as many as sessions. */
const KEYS: Readonly<Record<Grouping, { readonly session: string; readonly sum?: string }>> = {
  site: { session: `coalesce(s.site_id, '')`, sum: 'x.site_id' },
  charge_point: { session: 's.charge_point_id', sum: 'x.charge_point_id' },
  evse: {
    session: `s.charge_point_id || ' ' || lpad(s.evse_id::text, 10, '0')`,
    sum: `x.charge_point_id || ' ' || lpad(x.evse_id::text, 10, '0')`,
  },
  token: { session: `coalesce(lower(s.token_uid), '')` },
  // Boundaries come from the calendar of this process: the server's own zones may be older, or lack the zone.
  day: { session: placeOf('s.TIME'), sum: placeOf('d.starts_at') },
  month: { session: placeOf('s.TIME'), sum: placeOf('d.starts_at') },
};
function placeOf(instant: string): string {
  return `lpad(width_bucket(${instant}, SPANS::timestamptz[])::text, 5, '0')`;
}

/** Of sessions and of sums alike. */
const CONDITIONS = [
  ['siteId', 'site_id = ?'],
  ['chargePointId', 'charge_point_id = ?'],
  ['chargePointIds', 'charge_point_id = ANY(?::text[])'],
] as const satisfies readonly (readonly [keyof TotalsWanted, string])[];

type Page = { readonly after: string | undefined; readonly limit: number };
/** A group has as many parts as currencies; more than these are not looked at. */
const MOST_CURRENCIES = 200;

// One pass over what is in the range, whatever the number of groups; the page is cut from the groups.
// Plan: sessions_organization_id_started_at_id_idx or sessions_ended, session_costs_pkey (hashed, where the range is large); session_sums_pkey;
// sessions_running for those that began in a day that is added up and have not ended.
function questionOf(wanted: TotalsWanted, grouping: Grouping, page: Page, { dayIds, summed, raw }: SumSpans) {
  const { organizationId, by, spans } = wanted;
  const values: unknown[] = [];
  const value = (one: unknown): string => `$${values.push(one)}`;
  const organization = value(organizationId);
  const given = CONDITIONS.filter(([name]) => wanted[name] !== undefined).map(
    ([name, condition]) => [name, condition.replace('?', value(wanted[name]))] as const,
  );
  const conditionsOf = (alias: 's' | 'x'): string =>
    given.map(([, condition]) => ` AND ${alias}.${condition}`).join('');
  const time = by === 'started' ? 'started_at' : 'ended_at';
  const starts = spans === undefined ? '' : value(spans.starts);
  const keys = KEYS[grouping];
  const within = ({ from, to }: Range): string => `s.${time} >= ${value(from)} AND s.${time} < ${value(to)}`;
  const sessionsWhere = (condition: string): string => `
    SELECT ${keys.session.replace('TIME', time).replace('SPANS', starts)} AS key, c.currency, count(*) AS sessions,
           count(*) FILTER (WHERE s.ended_at IS NULL) AS running, sum(s.energy_wh) AS wh,
           sum(greatest(0, extract(epoch FROM coalesce(s.ended_at, ${value(wanted.now)}) - s.started_at))) AS seconds,
           count(*) FILTER (WHERE ${BILLED}) AS billed, count(*) FILTER (WHERE c.review_status = 'open') AS open,
           sum(c.total_excl_tax::numeric) FILTER (WHERE ${BILLED}) AS excl, sum(c.total_tax::numeric) FILTER (WHERE ${BILLED}) AS tax,
           sum(c.total_incl_tax::numeric) FILTER (WHERE ${BILLED}) AS incl
      FROM sessions s LEFT JOIN session_costs c ON s.is_priced AND c.session_id = s.id
     WHERE s.organization_id = ${organization} AND ${condition} AND NOT s.is_test${conditionsOf('s')}
     GROUP BY 1, 2`;
  const parts = raw.map((span) => sessionsWhere(within(span)));
  if (dayIds.length > 0 && keys.sum !== undefined) {
    const isOfPlaces = grouping === 'charge_point' || grouping === 'evse' || given.some(([name]) => name !== 'siteId');
    if (by === 'started')
      parts.push(sessionsWhere(`s.ended_at IS NULL AND (${summed.map((span) => `(${within(span)})`).join(' OR ')})`));
    parts.push(`
    SELECT ${keys.sum.replace('SPANS', starts)}, nullif(x.currency, ''), sum(x.sessions), 0, sum(x.energy_wh), sum(x.duration_ms) / 1000.0,
           sum(x.billed), sum(x.under_review), sum(x.excl_tax::numeric), sum(x.tax::numeric), sum(x.incl_tax::numeric)
      FROM session_sums x JOIN session_sum_days d ON d.id = x.day_id
     WHERE x.day_id = ANY(${value(dayIds)}::int8[]) AND x.by = '${by}' AND x.charge_point_id ${isOfPlaces ? '>' : '='} ''${conditionsOf('x')}
     GROUP BY 1, 2`);
  }
  const text = `WITH parts AS (
      SELECT key, currency, sum(sessions)::int8 AS sessions, sum(running)::int8 AS running, sum(wh)::int8 AS "energyWh",
             sum(seconds)::int8 AS "durationS", sum(billed)::int8 AS billed, sum(open)::int8 AS "underReview",
             coalesce(sum(excl), 0)::text AS "exclTax", coalesce(sum(tax), 0)::text AS tax, coalesce(sum(incl), 0)::text AS "inclTax"
        FROM (${parts.join(' UNION ALL ')}) AS part(key, currency, sessions, running, wh, seconds, billed, open, excl, tax, incl)
       GROUP BY 1, 2),
    page AS (
      SELECT DISTINCT key FROM parts WHERE key ${page.after === undefined ? '>=' : '>'} ${value(page.after ?? '')}
       ORDER BY key LIMIT ${value(page.limit)})
    SELECT parts.* FROM parts JOIN page USING (key) ORDER BY key, currency NULLS FIRST LIMIT ${value(page.limit * MOST_CURRENCIES)}`;
  const shape = [
    raw.length,
    summed.length,
    page.after === undefined ? 'first' : 'next',
    ...given.map(([name]) => CONDITIONS.findIndex(([each]) => each === name)), // by their places: names of statements are short
  ];
  return { statement: { name: ['reports_totals', by, grouping, ...shape].join('_'), text }, values };
}

/** A day is joined with its costs one by one, a year by reading all of them: only with its values can that be known (pool.ts makes one plan for all). */
const BY_ITS_VALUES: Statement = {
  name: 'reports_plan_by_values',
  text: `SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`,
};

/** `limit` groups at most, in the order of their keys, all parts of each. */
export async function totals(db: Needs, wanted: TotalsWanted, grouping: Grouping, page: Page): Promise<TotalsPart[]> {
  const { organizationId, from, to, zone, spans } = wanted;
  const ask = (tx: Pick<Database, 'rows'>, of: SumSpans): Promise<TotalsPart[]> => {
    const { statement, values } = questionOf(wanted, grouping, page, of);
    return tx.rows<TotalsPart>(statement, values);
  };
  const nothing = sumSpans([], { from, to });
  if (db.transaction === undefined) return ask(db, nothing);
  return db.transaction(async (tx) => {
    const isSummed = zone !== undefined && KEYS[grouping].sum !== undefined;
    // Days and sessions of one moment: a day that is added up meanwhile is in both, or in neither.
    if (isSummed) await oneSnapshot(tx);
    await tx.rows(BY_ITS_VALUES, []);
    if (!isSummed) return ask(tx, nothing);
    const days = await sumDays(tx, { organizationId, zone, from, to }, spans?.starts);
    return ask(tx, sumSpans(days, { from, to }));
  });
}
