/** What REST reads of charge points: the record, what is known of the charger, its connectors. */
import { HAS_DRIFT } from '../configuration/index.ts';
import type { Database, Statement } from '../database/contract.ts';

/** The record and what is known of the charger, as REST shows it. */
export type ChargePointRow = {
  readonly id: string;
  readonly identity: string;
  readonly name: string | null;
  readonly siteId: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly serialNumber: string | null;
  readonly securityProfile: number;
  /** A higher one that it is expected to log in with. */
  readonly nextSecurityProfile: number | null;
  readonly registration: string;
  readonly heartbeatIntervalS: number;
  readonly strict: boolean;
  readonly assumeProtocol: string | null;
  readonly authorizationPolicy: string | null;
  readonly localList: string;
  readonly driverMessages: boolean | null;
  readonly connectorStandard: string | null;
  readonly connectorFormat: string | null;
  readonly powerType: string | null;
  readonly lifecycle: string;
  readonly hasKey: boolean;
  /** A new key is on its way to it by OCPP. */
  readonly keyRotation: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly connected: boolean;
  readonly protocol: string | null;
  readonly remoteAddress: string | null;
  readonly connectedAt: Date | null;
  readonly disconnectedAt: Date | null;
  readonly lastSeenAt: Date | null;
  readonly bootedAt: Date | null;
  readonly bootStatus: string | null;
  readonly reportedVendor: string | null;
  readonly reportedModel: string | null;
  readonly reportedSerial: string | null;
  readonly firmwareVersion: string | null;
  readonly iccid: string | null;
  readonly imsi: string | null;
  readonly meterType: string | null;
  readonly meterSerial: string | null;
  readonly firmwareStatus: string | null;
  readonly firmwareStatusAt: Date | null;
  readonly diagnosticsStatus: string | null;
  readonly diagnosticsStatusAt: Date | null;
  readonly clockOffsetMs: number | null;
  readonly degraded: boolean;
  readonly rebootPending: boolean;
};
export type ConnectorView = {
  readonly chargePointId: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: string;
  readonly rawStatus: string;
  readonly errorCode: string | null;
  readonly info: string | null;
  readonly vendorId: string | null;
  readonly vendorErrorCode: string | null;
  readonly statusAt: Date;
};

const FIELDS = `c.id, c.identity, c.name, c.site_id AS "siteId", c.vendor, c.model, c.serial_number AS "serialNumber",
  c.security_profile AS "securityProfile", c.next_security_profile AS "nextSecurityProfile", c.registration, c.heartbeat_interval_s AS "heartbeatIntervalS", c.strict,
  c.assume_protocol AS "assumeProtocol", c.authorization_policy AS "authorizationPolicy", c.local_list AS "localList", c.driver_messages AS "driverMessages",
  c.connector_standard AS "connectorStandard", c.connector_format AS "connectorFormat", c.power_type AS "powerType", c.lifecycle, c.key_hash IS NOT NULL AS "hasKey", c.next_key_state AS "keyRotation", c.created_at AS "createdAt",
  c.updated_at AS "updatedAt", COALESCE(s.connected, false) AS connected, s.protocol, s.remote_address AS "remoteAddress",
  s.connected_at AS "connectedAt", s.disconnected_at AS "disconnectedAt", s.last_seen_at AS "lastSeenAt",
  s.booted_at AS "bootedAt", s.boot_status AS "bootStatus", s.reported_vendor AS "reportedVendor",
  s.reported_model AS "reportedModel", s.reported_serial AS "reportedSerial", s.firmware_version AS "firmwareVersion",
  s.iccid, s.imsi, s.meter_type AS "meterType", s.meter_serial AS "meterSerial", s.firmware_status AS "firmwareStatus",
  s.firmware_status_at AS "firmwareStatusAt", s.diagnostics_status AS "diagnosticsStatus",
  s.diagnostics_status_at AS "diagnosticsStatusAt", s.clock_offset_ms AS "clockOffsetMs",
  COALESCE(s.degraded, false) AS degraded, COALESCE(s.reboot_pending, false) AS "rebootPending"`;

const GET: Statement = {
  name: 'charge_points_get',
  text: `SELECT ${FIELDS} FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id = $2`,
};
// Plan: charge_points_organization_id_id_idx backwards from the cursor, filtered while it goes.
const LIST: Statement = {
  name: 'charge_points_list',
  text: `SELECT ${FIELDS} FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id < COALESCE($2::text, 'zzzz')
            AND ($3::text IS NULL OR c.identity = $3) AND ($4::text IS NULL OR c.site_id = $4)
            AND ($5::bool IS NULL OR COALESCE(s.connected, false) = $5) AND ($6::text IS NULL OR c.lifecycle = $6)
            AND ($7::text IS NULL OR c.registration = $7)
            AND ($8::text[] IS NULL OR EXISTS (SELECT 1 FROM connectors k WHERE k.charge_point_id = c.id AND k.status = ANY($8)))
            AND ($10::bool IS NULL OR ${HAS_DRIFT} = $10) AND ($11::text[] IS NULL OR c.id = ANY($11))
          ORDER BY c.id DESC LIMIT $9`,
};
const CONNECTORS: Statement = {
  name: 'charge_points_connectors',
  text: `SELECT charge_point_id AS "chargePointId", evse_id AS "evseId", connector_id AS "connectorId", status,
                raw_status AS "rawStatus", error_code AS "errorCode", info, vendor_id AS "vendorId",
                vendor_error_code AS "vendorErrorCode", status_at AS "statusAt"
           FROM connectors WHERE organization_id = $1 AND charge_point_id = ANY($2::text[])
          ORDER BY charge_point_id, evse_id, connector_id`,
};
export type ChargePointFilter = {
  readonly identity?: string | undefined;
  readonly siteId?: string | undefined;
  readonly connected?: boolean | undefined;
  readonly lifecycle?: string | undefined;
  readonly registration?: string | undefined;
  /** Some setting differs from what templates say. */
  readonly drift?: boolean | undefined;
  /** Some connector, or the charge point itself, is in one of these. */
  readonly statuses?: readonly string[] | undefined;
  /** None but these: what is asked for, and what the caller's membership reaches. */
  readonly ids?: readonly string[] | undefined;
};

export async function chargePointById(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  id: string,
): Promise<ChargePointRow | undefined> {
  return (await db.rows<ChargePointRow>(GET, [organizationId, id]))[0];
}

export async function listChargePoints(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  filter: ChargePointFilter,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ChargePointRow[]> {
  const { identity, siteId, connected, lifecycle, registration, statuses, drift } = filter;
  return db.rows<ChargePointRow>(LIST, [
    organizationId,
    page.after ?? null,
    identity ?? null,
    siteId ?? null,
    connected ?? null,
    lifecycle ?? null,
    registration ?? null,
    statuses ?? null,
    page.limit + 1,
    drift ?? null,
    filter.ids ?? null,
  ]);
}

/** Of several charge points, by evse and connector. */
export async function connectorsOf(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  chargePointIds: readonly string[],
): Promise<ConnectorView[]> {
  if (chargePointIds.length === 0) return [];
  return db.rows<ConnectorView>(CONNECTORS, [organizationId, chargePointIds]);
}
