/** Hot SQL of what sessions cost: which tariffs a start meets, and the rows of session_costs and cost_corrections. */
import type { Protocol } from '../commands/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import { type Cost, planOf } from '../pricing/index.ts';
import { byPrecedence, keptTexts, type Level, type Plans } from '../tariffs/index.ts';
import { displayOf, SAYS, type Said } from './display.ts';
import { freeTerms } from './machine/cost.ts';
import { begunAt, eventBegunAt } from './machine.ts';
import type { Correction, Count, Manner, Place, SessionCost, SessionRow, SessionState } from './types.ts';

// ----------------------------------------------------------------------------------------------------- what a start meets

/** A charge point where a session may begin, and a token that may be its own. */
export type Meeting = {
  readonly chargePointId: string;
  /** As the charger says it: what is loaded may be foreseen, and then nobody knows yet whose it is. */
  readonly tokenUid: string | null;
  /** 1.6: the connector whose word before the start counts. */
  readonly place?: { readonly evseId: number; readonly connectorId: number };
  /** By our clock, when a session began that does not begin now: the versions count that stood then. */
  readonly at?: Date | undefined;
};

// Plans: charge_points_pkey, organizations_pkey, sites_pkey, tokens_organization_id_uid_key_key, connectors_pkey; then the unique index of tariff_assignments, once for
// each of the five levels; tariffs_pkey; tariff_versions_pkey backwards, as far as versions came after the session began: one row, mostly.
const MEET: Statement = {
  name: 'sessions_meet_tariffs',
  text: `SELECT v.cp AS "chargePointId", coalesce(site.timezone, o.timezone) AS timezone, o.currency,
                coalesce(c.authorization_policy, o.authorization_policy) = 'free' AS "isFree", k.status,
                k.status_at AS "statusAt", p.protocol, o.driver_language AS language, o.receipt_url AS "receiptUrl",
                coalesce(c.driver_messages, o.driver_messages) AS "isOn",
                CASE WHEN held.tariff_id IS NULL THEN NULL
                     ELSE (SELECT jsonb_object_agg(x.key, x.value)
                             FROM (SELECT key, value FROM charge_point_configuration
                                    WHERE charge_point_id = c.id AND key = ANY($5::text[]) AND value IS NOT NULL
                                   UNION ALL
                                   SELECT key, value FROM device_variables
                                    WHERE charge_point_id = c.id AND key = ANY($5::text[]) AND value IS NOT NULL) x) END AS said,
                owner.id AS "tokenId", owner.language AS "tokenLanguage", held.texts,
                held.level, held.target_id AS "targetId", held.tariff_id AS "tariffId", held.version, held.since
           FROM unnest($1::text[], $2::text[], $3::int4[], $4::int4[], $6::timestamptz[])
             AS v(cp, uid_key, evse_id, connector_id, at)
           JOIN charge_points c ON c.id = v.cp
           JOIN organizations o ON o.id = c.organization_id
           LEFT JOIN sites site ON site.id = c.site_id
           LEFT JOIN charge_point_states p ON p.charge_point_id = c.id
           LEFT JOIN tokens owner ON owner.organization_id = c.organization_id AND owner.uid_key = v.uid_key
           LEFT JOIN connectors k ON k.charge_point_id = v.cp AND k.evse_id = v.evse_id AND k.connector_id = v.connector_id
           LEFT JOIN LATERAL (
             SELECT target.level, target.id AS target_id, t.id AS tariff_id, stood.version, stood.created_at AS since, t.texts
               FROM (VALUES ('token', owner.id), ('token_group', owner.group_id), ('charge_point', c.id), ('site', c.site_id),
                            ('organization', c.organization_id)) AS target(level, id)
               JOIN tariff_assignments a
                 ON a.organization_id = c.organization_id AND a.target_type = target.level AND a.target_id = target.id
               JOIN tariffs t ON t.id = a.tariff_id
               JOIN LATERAL (SELECT n.version, n.created_at FROM tariff_versions n
                              WHERE n.tariff_id = t.id AND (n.created_at <= coalesce(v.at, 'infinity') OR n.version = 1)
                              ORDER BY n.version DESC LIMIT 1) stood ON true) held ON true`,
};
type Met = {
  readonly chargePointId: string;
  readonly timezone: string;
  readonly currency: string;
  readonly isFree: boolean;
  readonly status: string | null;
  readonly statusAt: Date | null;
  readonly protocol: Protocol | null;
  readonly language: string;
  readonly receiptUrl: string | null;
  /** Its drivers may be told something. */
  readonly isOn: boolean;
  /** null: it says none of them, or no tariff holds. */
  readonly said: Said | null;
  readonly tokenId: string | null;
  readonly tokenLanguage: string | null;
} & (
  | {
      readonly level: Level;
      readonly targetId: string;
      readonly tariffId: string;
      readonly version: number;
      readonly since: Date;
      readonly texts: unknown;
    }
  | { readonly level: null }
);

/** Who begins, or learns whose it is, as far as the inputs themselves say it: their question travels with the lock. */
export const meetingsOf = (inputs: readonly SessionInput[]): Meeting[] =>
  inputs.flatMap((input): Meeting[] => {
    const { chargePointId } = input;
    if (input.type === 'started') {
      const { evseId, connectorId, tokenUid, at } = input.start;
      const place = { evseId, connectorId };
      return [{ chargePointId, tokenUid, place, at: earlier(begunAt(at, input.receivedAt)) }];
    }
    if (input.type === 'driver_authorized') return [{ chargePointId, tokenUid: input.tokenUid }];
    if (input.type !== 'transaction_event') return [];
    const { event } = input;
    if (event.kind !== 'started' && event.token?.asks !== 'start') return [];
    return [{ chargePointId, tokenUid: event.token?.uid ?? null, at: earlier(eventBegunAt(input)) }];
  });
/** Of what begins now the newest version stands, whatever clock it was made by. */
export const earlier = ({ at, isReplayed }: ReturnType<typeof begunAt>): Date | undefined =>
  isReplayed ? at : undefined;

/** `since`: when the newest of the versions in it was made; undefined: there is none. */
export type Meet = { readonly place: Place; readonly since: Date | undefined };

/** By charge point. Resolves at once for nobody. */
export async function meetTariffs(
  tx: Tx,
  plans: Plans,
  meetings: readonly Meeting[],
): Promise<ReadonlyMap<string, Meet>> {
  if (meetings.length === 0) return NOWHERE;
  const rows = await tx.rows<Met>(MEET, [
    meetings.map(({ chargePointId }) => chargePointId),
    meetings.map(({ tokenUid }) => (tokenUid === null ? null : tokenKey(tokenUid))),
    meetings.map(({ place }) => place?.evseId ?? null),
    meetings.map(({ place }) => place?.connectorId ?? null),
    SAYS,
    meetings.map(({ at }) => at ?? null),
  ]);
  const wanted = rows.flatMap((row) => (row.level === null ? [] : [row]));
  const planFor = wanted.length === 0 ? undefined : await plans.of(tx, wanted);
  const places = new Map<string, Place>();
  const newest = new Map<string, Date>();
  for (const row of rows) {
    const { chargePointId, timezone, currency, isFree, status, statusAt, tokenId, tokenLanguage } = row;
    const known = places.get(chargePointId);
    const told = status === null || statusAt === null ? null : { at: statusAt, state: status };
    const place = languageKnown(
      known ?? { timezone, currency, isFree, holdings: [], told, ...displayOf(row) },
      tokenId,
      tokenLanguage,
    );
    if (row.level === null || planFor === undefined) {
      places.set(chargePointId, place);
      continue;
    }
    const { level, targetId, tariffId, version, since } = row;
    if (since > (newest.get(chargePointId) ?? 0)) newest.set(chargePointId, since);
    const holding = { level, targetId, tariffId, version, plan: planFor({ tariffId, version, timezone }) };
    const isKnown = place.holdings.some((each) => each.level === level && each.targetId === targetId);
    const own = place.shownBy === null ? [] : keptTexts(row.texts);
    const texts = own.length === 0 ? place.texts : new Map(place.texts).set(tariffId, own);
    places.set(chargePointId, isKnown ? place : { ...place, texts, holdings: [...place.holdings, holding] });
  }
  const met = new Map<string, Meet>();
  for (const [id, place] of places) {
    const holdings = place.holdings.length > 1 ? byPrecedence(place.holdings) : place.holdings;
    met.set(id, { place: { ...place, holdings }, since: newest.get(id) });
  }
  return met;
}
function languageKnown(place: Place, tokenId: string | null, language: string | null): Place {
  if (tokenId === null || language === null || place.languages.has(tokenId)) return place;
  return { ...place, languages: new Map(place.languages).set(tokenId, language) };
}
const NOWHERE: ReadonlyMap<string, Meet> = new Map();

// ------------------------------------------------------------------------------------------------------ what is kept of it

/** For sessions_load: probed only for sessions that have a row. Plan: SubPlan on session_costs_pkey. */
export const STORED_COST = `CASE WHEN s.is_priced THEN (SELECT jsonb_build_object(
    'tariffId', c.tariff_id, 'version', c.tariff_version, 'level', c.level, 'targetId', c.target_id, 'currency', c.currency,
    'timezone', c.timezone, 'count', c.tally, 'final', c.cost, 'isFinal', c.is_final, 'exclTax', c.total_excl_tax,
    'tax', c.total_tax, 'inclTax', c.total_incl_tax, 'toldAt', c.told_at, 'tellAt', c.tell_at, 'repriceAt', c.reprice_at,
    'repriceReason', c.reprice_reason, 'shownBy', c.shown_by, 'manner', c.manner, 'unpluggedAt', c.unplugged_at, 'revision', c.revision, 'reviewStatus', c.review_status,
    'reviewReasons', c.review_reasons) FROM session_costs c WHERE c.session_id = s.id) END`;

/** As PostgreSQL makes JSON of a row. */
export type StoredCost = {
  readonly tariffId: string | null;
  readonly version: number | null;
  readonly level: Level | null;
  readonly targetId: string | null;
  readonly currency: string;
  readonly timezone: string;
  readonly count: Count;
  readonly final: Cost | null;
  readonly isFinal: boolean;
  readonly exclTax: string | null;
  readonly tax: string | null;
  readonly inclTax: string | null;
  readonly toldAt: string | null;
  readonly tellAt: string | null;
  readonly repriceAt: string | null;
  readonly repriceReason: string | null;
  readonly shownBy: Protocol | null;
  readonly manner: Manner | null;
  readonly unpluggedAt: string | null;
  readonly revision: number;
  readonly reviewStatus: SessionCost['reviewStatus'];
  readonly reviewReasons: readonly string[];
};

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** With the plans of their tariffs; asks the database only for those this process has not had yet. */
export async function reviveCosts(
  tx: Pick<Tx, 'rows'>,
  plans: Plans,
  stored: readonly StoredCost[],
): Promise<(one: StoredCost) => SessionCost> {
  const named = ({ tariffId, version, timezone }: StoredCost) =>
    tariffId === null || version === null ? [] : [{ tariffId, version, timezone }];
  const wanted = stored.flatMap(named);
  const planFor = wanted.length === 0 ? undefined : await plans.of(tx, wanted);
  return (one) => {
    const { level, targetId, exclTax, tax, inclTax, toldAt, tellAt, repriceAt, unpluggedAt, ...rest } = one;
    const [of] = named(one);
    const plan = of === undefined || planFor === undefined ? undefined : planFor(of);
    const total = exclTax === null || tax === null || inclTax === null ? null : { exclTax, tax, inclTax };
    return {
      tariff:
        of === undefined || plan === undefined || level === null
          ? null
          : { tariffId: of.tariffId, version: of.version, level, targetId: targetId ?? '', plan },
      plan: plan ?? planOf(freeTerms(one.currency), one.timezone),
      currency: rest.currency,
      timezone: rest.timezone,
      count: rest.count,
      final: rest.final,
      isFinal: rest.isFinal,
      total,
      toldAt: dateOf(toldAt),
      tellAt: dateOf(tellAt),
      repriceAt: dateOf(repriceAt),
      repriceReason: rest.repriceReason,
      shownBy: rest.shownBy,
      manner: rest.manner,
      unpluggedAt: dateOf(unpluggedAt),
      revision: rest.revision,
      reviewStatus: rest.reviewStatus,
      reviewReasons: rest.reviewReasons,
    };
  };
}

type Paid = {
  readonly root: Root;
  readonly row: SessionRow;
  readonly cost: SessionCost;
  readonly before: SessionCost | null;
};
type Column = readonly [column: string, type: string, of: (paid: Paid) => unknown];

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
const COLUMNS: readonly Column[] = [
  ['tariff_id', 'text', ({ cost }) => cost.tariff?.tariffId ?? null],
  ['tariff_version', 'int4', ({ cost }) => cost.tariff?.version ?? null],
  ['level', 'text', ({ cost }) => cost.tariff?.level ?? null],
  ['target_id', 'text', ({ cost }) => cost.tariff?.targetId ?? null],
  ['currency', 'text', ({ cost }) => cost.currency],
  ['timezone', 'text', ({ cost }) => cost.timezone],
  ['tally', 'jsonb', ({ cost }) => json(cost.count)],
  ['cost', 'jsonb', ({ cost }) => json(cost.final)],
  ['is_final', 'bool', ({ cost }) => cost.isFinal],
  ['total_excl_tax', 'text', ({ cost }) => cost.total?.exclTax ?? null],
  ['total_tax', 'text', ({ cost }) => cost.total?.tax ?? null],
  ['total_incl_tax', 'text', ({ cost }) => cost.total?.inclTax ?? null],
  ['told_at', 'timestamptz', ({ cost }) => cost.toldAt],
  ['tell_at', 'timestamptz', ({ cost }) => cost.tellAt],
  ['reprice_at', 'timestamptz', ({ cost }) => cost.repriceAt],
  ['reprice_reason', 'text', ({ cost }) => cost.repriceReason],
  ['shown_by', 'text', ({ cost }) => cost.shownBy],
  ['manner', 'jsonb', ({ cost }) => json(cost.manner)],
  ['unplugged_at', 'timestamptz', ({ cost }) => cost.unpluggedAt],
  ['revision', 'int4', ({ cost }) => cost.revision],
  ['updated_at', 'timestamptz', ({ row }) => row.updatedAt],
];
/** Only where this step moves it: whoever reviews a session writes it beside this. Names of reasons have no commas. */
const REVIEW: readonly Column[] = [
  ['review_status', 'text', ({ cost, before }) => (isReviewMoved(cost, before) ? cost.reviewStatus : null)],
  ['review_reasons', 'text', ({ cost, before }) => (isReviewMoved(cost, before) ? cost.reviewReasons.join(',') : null)],
];
const isReviewMoved = (cost: SessionCost, before: SessionCost | null): boolean =>
  cost.reviewStatus !== before?.reviewStatus || cost.reviewReasons !== before.reviewReasons;
const ALL = [...COLUMNS, ...REVIEW];
const names = ALL.map(([column]) => column).join(', ');
const unnested = (from: number): string => ALL.map(([, type], i) => `$${i + from}::${type}[]`).join(', ');

const INSERT: Statement = {
  name: 'session_costs_insert',
  text: `INSERT INTO session_costs (session_id, organization_id, created_at, ${names})
         SELECT v.session_id, v.organization_id, v.updated_at, ${ALL.map(([column]) => (column === 'review_reasons' ? `coalesce(string_to_array(v.review_reasons, ','), '{}')` : `v.${column}`)).join(', ')}
           FROM unnest($1::text[], $2::text[], ${unnested(3)}) AS v(session_id, organization_id, ${names})`,
};
// Plan: session_costs_pkey.
const UPDATE: Statement = {
  name: 'session_costs_update',
  text: `UPDATE session_costs c SET ${COLUMNS.map(([column]) => `${column} = v.${column}`).join(', ')},
                review_status = coalesce(v.review_status, c.review_status),
                review_reasons = coalesce(string_to_array(v.review_reasons, ','), c.review_reasons)
           FROM unnest($1::text[], ${unnested(2)}) AS v(session_id, ${names}) WHERE c.session_id = v.session_id`,
};
const CORRECT: Statement = {
  // Of whom the session is: its charge point may have changed hands since. Plan: sessions_pkey.
  name: 'cost_corrections_insert',
  text: `INSERT INTO cost_corrections (id, organization_id, session_id, before, after, reason, corrected_by, created_at,
                                       figures_changed)
         SELECT v.id, coalesce(s.organization_id, v.organization_id), v.session_id, v.before, v.after, v.reason, v.by, v.at,
                v.figures_changed
           FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::text[], $7::text[], $8::timestamptz[],
                       $9::bool[])
             AS v(id, organization_id, session_id, before, after, reason, by, at, figures_changed)
           LEFT JOIN sessions s ON s.id = v.session_id`,
};

type Change = { readonly root: Root; readonly before: SessionState; readonly after: SessionState };

/** Sent at once, none waits for another; nothing where no session has a cost. */
export function saveCosts(tx: Tx, changes: readonly Change[]): Promise<unknown>[] {
  const born: Paid[] = [];
  const moved: Paid[] = [];
  const corrected: { root: Root; each: Correction }[] = [];
  for (const { root, before, after } of changes) {
    for (const each of after.corrections) corrected.push({ root, each });
    for (const [id, row] of after.sessions) {
      const { cost } = row;
      const known = before.sessions.get(id)?.cost ?? null;
      if (cost === null || cost === known) continue;
      (known === null ? born : moved).push({ root, row, cost, before: known });
    }
  }
  const sent: Promise<unknown>[] = [];
  const values = (paid: readonly Paid[]) => ALL.map(([, , of]) => paid.map(of));
  const ids = (paid: readonly Paid[]) => paid.map(({ row }) => row.id);
  if (born.length > 0)
    sent.push(tx.rows(INSERT, [ids(born), born.map(({ root }) => root.organizationId), ...values(born)]));
  if (moved.length > 0) sent.push(tx.rows(UPDATE, [ids(moved), ...values(moved)]));
  if (corrected.length > 0)
    sent.push(
      tx.rows(CORRECT, [
        corrected.map(({ each }) => each.id),
        corrected.map(({ root }) => root.organizationId),
        corrected.map(({ each }) => each.sessionId),
        corrected.map(({ each }) => json(each.before)),
        corrected.map(({ each }) => json(each.after)),
        corrected.map(({ each }) => each.reason),
        corrected.map(({ each }) => each.by),
        corrected.map(({ each }) => each.at),
        corrected.map(({ each }) => each.figuresChanged),
      ]),
    );
  return sent;
}
