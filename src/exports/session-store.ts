/**
 * Sessions, oldest first, page by page: each page begins behind the last row of the one before, so that no transaction and no
 * snapshot is held while a slow reader reads. It never writes.
 */
import type { Database, Statement } from '../database/contract.ts';
import type { SessionView } from '../sessions/index.ts';

type Needs = Pick<Database, 'rows'>;

/** Rows that are held at a time: a page lives until its reader has taken it. */
export const PAGE = 250;

export type ExportedSession = Pick<
  SessionView,
  | 'id'
  | 'transactionId'
  | 'ocppTransactionId'
  | 'chargePointId'
  | 'chargePointNumber'
  | 'chargePointIdentity'
  | 'siteId'
  | 'evseId'
  | 'connectorId'
  | 'status'
  | 'tokenUid'
  | 'tokenId'
  | 'authorization'
  | 'commandId'
  | 'reservationId'
  | 'freeOfCharge'
  | 'startedAt'
  | 'endedAt'
  | 'meterStartWh'
  | 'meterStopWh'
  | 'energyWh'
  | 'stopReason'
  | 'stopTokenUid'
  | 'flags'
  | 'updatedAt'
> & {
  /** null: not asked for, or it has no price. */
  readonly tariffId: string | null;
  readonly tariffVersion: number | null;
  readonly currency: string | null;
  readonly exclTax: string | null;
  readonly tax: string | null;
  readonly inclTax: string | null;
  /** It has ended, and its cost was told. */
  readonly isFinal: boolean | null;
  readonly reviewStatus: string | null;
};

export type SessionsWanted = {
  readonly organizationId: string;
  /** The instant that `from` and `to` are about, and by which they are sorted. 'ended' leaves out those that run. */
  readonly by: 'started' | 'ended';
  /** At or after. */
  readonly from?: Date | undefined;
  /** Before. */
  readonly to?: Date | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly siteId?: string | undefined;
  readonly chargePointId?: string | undefined;
  readonly tokenId?: string | undefined;
  /** In any case. */
  readonly tokenUid?: string | undefined;
  readonly withCost: boolean;
};

const CONDITIONS = [
  ['statuses', 's.status = ANY(?::text[])'],
  ['siteId', 's.site_id = ?'],
  ['chargePointId', 's.charge_point_id = ?'],
  ['tokenId', 's.token_id = ?'],
  ['tokenUid', 'lower(s.token_uid) = lower(?)'],
] as const satisfies readonly (readonly [keyof SessionsWanted, string])[];
const FIXED = 4;

const FIELDS = `s.id, s.transaction_id AS "transactionId", s.ocpp_transaction_id AS "ocppTransactionId",
  s.charge_point_id AS "chargePointId", s.charge_point_number AS "chargePointNumber",
  s.charge_point_identity AS "chargePointIdentity", s.site_id AS "siteId", s.evse_id AS "evseId",
  s.connector_id AS "connectorId", s.status, s.token_uid AS "tokenUid", s.token_id AS "tokenId", s."authorization",
  s.command_id AS "commandId", s.reservation_id AS "reservationId", s.free_of_charge AS "freeOfCharge",
  s.started_at AS "startedAt", s.ended_at AS "endedAt", s.meter_start_wh AS "meterStartWh",
  s.meter_stop_wh AS "meterStopWh", s.energy_wh AS "energyWh", s.stop_reason AS "stopReason",
  s.stop_token_uid AS "stopTokenUid", s.flags, s.updated_at AS "updatedAt"`;
const COST = `c.tariff_id AS "tariffId", c.tariff_version AS "tariffVersion", c.currency, c.total_excl_tax AS "exclTax",
  c.total_tax AS tax, c.total_incl_tax AS "inclTax", c.is_final AS "isFinal", c.review_status AS "reviewStatus"`;
const NO_COST = `NULL AS "tariffId", NULL AS "tariffVersion", NULL AS currency, NULL AS "exclTax", NULL AS tax,
  NULL AS "inclTax", NULL AS "isFinal", NULL AS "reviewStatus"`;

// One lower bound: beside a second one (time >= from) the index is entered there, and every page walks through all pages before it. The size
// of a page stands in the text: of a parameter the planner expects a tenth of the table, and joins all costs for each page.
// Plan: sessions_organization_id_started_at_id_idx backwards or sessions_ended; sessions_charge_point_id_started_at_idx for one
// charge point; session_costs_pkey.
function statementOf(wanted: SessionsWanted, page: number): Statement {
  const given = CONDITIONS.filter(([name]) => wanted[name] !== undefined);
  const { by, withCost } = wanted;
  const time = by === 'started' ? 's.started_at' : 's.ended_at';
  // By their places: PostgreSQL keeps 63 characters of a name.
  const filters = CONDITIONS.flatMap(([name], i) => (wanted[name] === undefined ? [] : [i]));
  return {
    name: ['exports_sessions', by, withCost ? 'cost' : 'bare', page, ...filters].join('_'),
    text: `SELECT ${FIELDS}, ${withCost ? COST : NO_COST}
             FROM sessions s ${withCost ? 'LEFT JOIN session_costs c ON s.is_priced AND c.session_id = s.id' : ''}
            WHERE s.organization_id = $1 AND (${time}, s.id) > ($2, $3) AND ${time} < $4
              AND NOT s.is_test
              ${given.map(([, condition], i) => `AND ${condition.replace('?', `$${FIXED + 1 + i}`)}`).join(' ')}
            ORDER BY ${time}, s.id LIMIT ${page}`,
  };
}

export async function* sessionPages(
  db: Needs,
  wanted: SessionsWanted,
  page: number,
): AsyncGenerator<readonly ExportedSession[]> {
  const statement = statementOf(wanted, page);
  const given = CONDITIONS.filter(([name]) => wanted[name] !== undefined);
  let after: ExportedSession | undefined;
  for (;;) {
    const rows: ExportedSession[] = await db.rows<ExportedSession>(statement, [
      wanted.organizationId,
      (wanted.by === 'started' ? after?.startedAt : after?.endedAt) ?? wanted.from ?? '-infinity',
      after?.id ?? '',
      wanted.to ?? 'infinity',
      ...given.map(([name]) => wanted[name]),
    ]);
    if (rows.length > 0) yield rows;
    after = rows.at(-1);
    if (rows.length < page) return;
  }
}
