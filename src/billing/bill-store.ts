/** Sessions that have a final cost, with all that receipts and charge detail records say of them. It never writes. */
import type { Database, Statement } from '../database/contract.ts';
import type { Cost } from '../pricing/index.ts';
import type { StoredTerms } from '../tariffs/index.ts';

type Needs = Pick<Database, 'rows'>;

export type Bill = {
  readonly sessionId: string;
  readonly transactionId: number;
  readonly chargePointId: string;
  readonly chargePointNumber: number;
  readonly identity: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly tokenUid: string | null;
  readonly tokenId: string | null;
  readonly tokenType: string | null;
  readonly commandId: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** 1.6: its vehicle was gone then; standing there goes on to cost after the stop. */
  readonly unpluggedAt: Date | null;
  readonly isIdleAfterStop: boolean;
  readonly meterStartWh: number;
  readonly meterStopWh: number | null;
  readonly energyWh: number;
  readonly freeOfCharge: boolean;
  /** A commissioning run tried the charger out: it is never billed. */
  readonly isTest: boolean;
  /** null: it has no price. */
  readonly currency: string | null;
  readonly timezone: string | null;
  readonly cost: Cost | null;
  readonly isFinal: boolean;
  /** It is to be priced anew in a moment. */
  readonly isInDoubt: boolean;
  readonly reviewStatus: string | null;
  readonly tariffId: string | null;
  readonly tariffVersion: number | null;
  readonly tariffName: string | null;
  readonly terms: StoredTerms | null;
  readonly termsAt: Date | null;
  readonly organization: {
    readonly name: string;
    readonly legalName: string | null;
    readonly address: string | null;
    readonly vatId: string | null;
    readonly countryCode: string | null;
    readonly partyId: string | null;
  };
  /** null: the charge point had no site when it began. */
  readonly site: {
    readonly id: string;
    readonly name: string;
    readonly address: string | null;
    readonly postalCode: string | null;
    readonly city: string | null;
    readonly country: string | null;
    readonly latitude: string | null;
    readonly longitude: string | null;
  } | null;
  readonly connectorStandard: string | null;
  readonly connectorFormat: string | null;
  readonly powerType: string | null;
  readonly meterSerial: string | null;
};

const FIELDS = `s.id AS "sessionId", s.transaction_id AS "transactionId", s.charge_point_id AS "chargePointId",
  s.charge_point_number AS "chargePointNumber", s.charge_point_identity AS identity, s.evse_id AS "evseId",
  s.connector_id AS "connectorId", s.token_uid AS "tokenUid", s.token_id AS "tokenId", k.type AS "tokenType",
  s.command_id AS "commandId", s.started_at AS "startedAt", s.ended_at AS "endedAt", s.meter_start_wh AS "meterStartWh",
  s.meter_stop_wh AS "meterStopWh", s.energy_wh AS "energyWh", s.free_of_charge AS "freeOfCharge", s.is_test AS "isTest",
  c.unplugged_at AS "unpluggedAt", coalesce((c.manner->>'isIdleAfterStop')::bool, false) AS "isIdleAfterStop",
  c.currency, c.timezone, c.cost, coalesce(c.is_final, false) AS "isFinal", c.reprice_at IS NOT NULL AS "isInDoubt",
  c.review_status AS "reviewStatus", c.tariff_id AS "tariffId",
  c.tariff_version AS "tariffVersion", t.name AS "tariffName", v.terms, v.created_at AS "termsAt",
  json_build_object('name', o.name, 'legalName', o.legal_name, 'address', o.address, 'vatId', o.vat_id,
                    'countryCode', o.country_code, 'partyId', o.party_id) AS organization,
  CASE WHEN i.id IS NOT NULL THEN json_build_object('id', i.id, 'name', i.name, 'address', i.address,
    'postalCode', i.postal_code, 'city', i.city, 'country', i.country, 'latitude', i.latitude, 'longitude', i.longitude) END AS site,
  coalesce(f.connector_standard, p.connector_standard) AS "connectorStandard",
  coalesce(f.connector_format, p.connector_format) AS "connectorFormat",
  coalesce(f.power_type, p.power_type) AS "powerType", coalesce(f.meter_serial, q.meter_serial) AS "meterSerial"`;
const PLACE = 'id, name, address, postal_code, city, country, latitude, longitude';
// What belongs to another organization by now (a charge point that was handed over) is not looked at. A charge point that left the
// organization is as it was then, and so is a site that was deleted.
const JOINS = `JOIN organizations o ON o.id = s.organization_id
  LEFT JOIN session_costs c ON c.session_id = s.id
  LEFT JOIN tariffs t ON t.id = c.tariff_id AND t.organization_id = s.organization_id
  LEFT JOIN tariff_versions v ON v.tariff_id = t.id AND v.version = c.tariff_version
  LEFT JOIN tokens k ON k.id = s.token_id AND k.organization_id = s.organization_id
  LEFT JOIN LATERAL (
    SELECT ${PLACE} FROM sites WHERE id = s.site_id AND organization_id = s.organization_id
     UNION ALL SELECT ${PLACE} FROM former_sites WHERE id = s.site_id AND organization_id = s.organization_id) i ON true
  LEFT JOIN former_charge_points f ON f.number = s.charge_point_number AND f.organization_id = s.organization_id
  LEFT JOIN charge_points p ON p.id = s.charge_point_id AND p.organization_id = s.organization_id
  LEFT JOIN charge_point_states q ON q.charge_point_id = p.id`;

// Plan: primary keys.
const GET: Statement = {
  name: 'billing_get',
  text: `SELECT ${FIELDS} FROM sessions s ${JOINS} WHERE s.organization_id = $1 AND s.id = $2`,
};

export async function billOf(db: Needs, organizationId: string, sessionId: string): Promise<Bill | undefined> {
  return (await db.rows<Bill>(GET, [organizationId, sessionId]))[0];
}

/** Where a page ended: by the end of the session, oldest first. */
export type BillKey = { readonly endedAt: Date; readonly id: string };

// Plan: sessions_ended, then primary keys.
const LIST: Statement = {
  name: 'billing_list',
  text: `SELECT ${FIELDS} FROM sessions s ${JOINS}
          WHERE s.organization_id = $1 AND s.ended_at >= $2 AND s.ended_at < $3 AND (s.ended_at, s.id) > ($4, $5)
            AND NOT s.is_test AND c.is_final AND c.cost IS NOT NULL AND c.review_status IS DISTINCT FROM 'open' AND c.reprice_at IS NULL
          ORDER BY s.ended_at, s.id LIMIT $6`,
};

/** Those that can be billed: ended, priced, not under review, no tests. */
export async function billsEnded(
  db: Needs,
  organizationId: string,
  span: { readonly from: Date | undefined; readonly to: Date | undefined },
  page: { readonly after: BillKey | undefined; readonly limit: number },
): Promise<Bill[]> {
  return db.rows<Bill>(LIST, [
    ...[organizationId, span.from ?? '-infinity', span.to ?? 'infinity'],
    ...[page.after?.endedAt ?? '-infinity', page.after?.id ?? '', page.limit + 1],
  ]);
}

export type Correction = {
  readonly sessionId: string;
  readonly before: Cost | null;
  readonly after: Cost | null;
  /** Its energy or its times are others than before. */
  readonly figuresChanged: boolean;
  readonly reason: string;
  readonly at: Date;
};

/** More corrections of one session are not looked at. */
export const MOST_CORRECTIONS = 100;

// Plan: cost_corrections_organization_id_session_id_id_idx, for each session.
const CORRECTIONS: Statement = {
  name: 'billing_corrections',
  text: `SELECT w.id AS "sessionId", c.before, c.after, c.figures_changed AS "figuresChanged", c.reason, c.created_at AS at
           FROM unnest($2::text[]) AS w(id)
          CROSS JOIN LATERAL (
            SELECT * FROM cost_corrections c WHERE c.organization_id = $1 AND c.session_id = w.id
             ORDER BY c.id LIMIT ${MOST_CORRECTIONS}) c
          ORDER BY w.id, c.id`,
};

/** Oldest first, by session. */
export async function correctionsOf(
  db: Needs,
  organizationId: string,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Correction[]>> {
  const found = new Map<string, Correction[]>();
  if (sessionIds.length === 0) return found;
  for (const correction of await db.rows<Correction>(CORRECTIONS, [organizationId, sessionIds]))
    found.set(correction.sessionId, [...(found.get(correction.sessionId) ?? []), correction]);
  return found;
}
