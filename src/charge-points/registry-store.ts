/** What people decide about charge points: create, change, delete. What chargers report is written by store.ts. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { holdSite } from '../sites/index.ts';
import type { Policy } from '../tokens/index.ts';
import { forgetStranger } from '../unknown-charge-points/index.ts';
import type { ChargerKeyHash } from './credentials.ts';

export type Registration = 'accepted' | 'pending' | 'rejected';
export type AssumedProtocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';

const INSERT: Statement = {
  name: 'charge_points_insert',
  text: `INSERT INTO charge_points (id, organization_id, identity, name, site_id, vendor, model, serial_number, security_profile,
                                    registration, heartbeat_interval_s, strict, assume_protocol, authorization_policy,
                                    local_list, connector_standard, connector_format, power_type, key_hash, key_salt,
                                    key_kid, created_at, updated_at, driver_messages)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22, $23)
         ON CONFLICT (identity) DO NOTHING RETURNING id`,
};
const INSERT_SEQUENCE: Statement = {
  name: 'charge_points_insert_sequence',
  text: 'INSERT INTO charge_point_sequences (charge_point_id) VALUES ($1)',
};
const INSERT_STATE: Statement = {
  name: 'charge_points_insert_state',
  text: 'INSERT INTO charge_point_states (charge_point_id, organization_id) VALUES ($1, $2)',
};
// The lock of everything that happens to a charge point: no session can begin while it is deleted. Ingest takes it first as well, and the
// row of the charge point after it; the other way round each would wait for the other.
const LOCK: Statement = {
  name: 'charge_points_lock',
  text: `SELECT q.charge_point_id FROM charge_point_sequences q JOIN charge_points c ON c.id = q.charge_point_id
          WHERE c.organization_id = $1 AND c.id = $2 FOR UPDATE OF q`,
};
// A statement of its own: it sees what was committed while the lock was waited for.
const HELD: Statement = {
  name: 'charge_points_held',
  text: 'SELECT security_profile AS "securityProfile" FROM charge_points WHERE organization_id = $1 AND id = $2',
};
type Held = { readonly securityProfile: number };
async function hold(tx: Tx, organizationId: string, id: string): Promise<Held | undefined> {
  const [, [held]] = await Promise.all([
    tx.rows(LOCK, [organizationId, id]),
    tx.rows<Held>(HELD, [organizationId, id]),
  ]);
  return held;
}
/** What the charge point is and holds; what is of its time with its owner ends or goes by src/handovers/fates.ts. */
const DELETES: readonly Statement[] = [
  ['connectors', 'charge_point_id'],
  ['charge_point_configuration', 'charge_point_id'],
  ['device_models', 'charge_point_id'],
  ['device_variables', 'charge_point_id'],
  ['variable_monitors', 'charge_point_id'],
  ['monitoring_settings', 'charge_point_id'],
  ['device_conditions', 'charge_point_id'],
  ['event_streams', 'charge_point_id'],
  ['charge_point_states', 'charge_point_id'],
  ['charge_points', 'id'],
  ['charge_point_sequences', 'charge_point_id'],
].map(([table, column]) => ({
  name: `charge_points_delete_${table}`,
  text: `DELETE FROM ${table} WHERE ${column} = ANY($1::text[])`,
}));

export type NewChargePoint = {
  readonly organizationId: string;
  readonly identity: string;
  readonly name: string | null;
  readonly siteId: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly serialNumber: string | null;
  readonly securityProfile: number;
  readonly registration: Registration;
  readonly heartbeatIntervalS: number;
  readonly strict: boolean;
  readonly assumeProtocol: AssumedProtocol | null;
  readonly authorizationPolicy: Policy | null;
  readonly localList: 'off' | 'manual' | 'auto';
  readonly driverMessages: boolean | null;
  readonly connectorStandard: string | null;
  readonly connectorFormat: string | null;
  readonly powerType: string | null;
  readonly key: ChargerKeyHash | undefined;
  /** Who registers it as an installer. */
  readonly installer: { readonly id: string; readonly createdBy: string } | undefined;
  readonly now: Date;
};

export type ChargePointCreation =
  | { readonly at: 'created'; readonly id: string }
  /** By whomever. */
  | { readonly at: 'identity_taken' }
  | { readonly at: 'no_such_site' };

/** Whoever registers a charge point as an installer works at it: nothing else would exist for him. */
const INSERT_JOB: Statement = {
  name: 'charge_points_insert_job',
  text: `INSERT INTO installer_jobs (organization_id, user_id, charge_point_id, created_by, created_at) VALUES ($1, $2, $3, $4, $5)`,
};

export async function insertChargePoint(
  db: Pick<Database, 'transaction'>,
  point: NewChargePoint,
): Promise<ChargePointCreation> {
  const { organizationId, identity, name, siteId, vendor, model, serialNumber, key } = point;
  const id = idInRequest('cp');
  return db.transaction(async (tx) => {
    if (siteId !== null && !(await holdSite(tx, organizationId, siteId))) return { at: 'no_such_site' };
    const rows = await tx.rows(INSERT, [
      ...[id, organizationId, identity, name, siteId, vendor, model, serialNumber, point.securityProfile],
      ...[point.registration, point.heartbeatIntervalS, point.strict, point.assumeProtocol],
      ...[point.authorizationPolicy, point.localList],
      ...[point.connectorStandard, point.connectorFormat, point.powerType],
      ...[bytes(key?.hash), bytes(key?.salt), key?.kid ?? null, point.now, point.driverMessages],
    ]);
    if (rows.length === 0) return { at: 'identity_taken' };
    await tx.rows(INSERT_SEQUENCE, [id]);
    await tx.rows(INSERT_STATE, [id, organizationId]);
    if (point.installer !== undefined)
      await tx.rows(INSERT_JOB, [organizationId, point.installer.id, id, point.installer.createdBy, point.now]);
    await forgetStranger(tx, identity);
    return { at: 'created', id };
  });
}

const bytes = (value: Uint8Array | undefined): Buffer | null => (value === undefined ? null : Buffer.from(value));

export type ChargePointChanges = {
  readonly [Field in
    | 'name'
    | 'siteId'
    | 'vendor'
    | 'model'
    | 'serialNumber'
    | 'securityProfile'
    | 'registration'
    | 'heartbeatIntervalS'
    | 'strict'
    | 'assumeProtocol'
    | 'authorizationPolicy'
    | 'localList'
    | 'driverMessages'
    | 'connectorStandard'
    | 'connectorFormat'
    | 'powerType']?: NewChargePoint[Field] | undefined;
} & { readonly nextSecurityProfile?: number | null | undefined };

const CHANGEABLE = [
  ['name', 'name', 'text'],
  ['siteId', 'site_id', 'text'],
  ['vendor', 'vendor', 'text'],
  ['model', 'model', 'text'],
  ['serialNumber', 'serial_number', 'text'],
  ['securityProfile', 'security_profile', 'int2'],
  ['nextSecurityProfile', 'next_security_profile', 'int2'],
  ['registration', 'registration', 'text'],
  ['heartbeatIntervalS', 'heartbeat_interval_s', 'int4'],
  ['strict', 'strict', 'bool'],
  ['assumeProtocol', 'assume_protocol', 'text'],
  ['authorizationPolicy', 'authorization_policy', 'text'],
  ['localList', 'local_list', 'text'],
  ['driverMessages', 'driver_messages', 'bool'],
  ['connectorStandard', 'connector_standard', 'text'],
  ['connectorFormat', 'connector_format', 'text'],
  ['powerType', 'power_type', 'text'],
] as const satisfies readonly (readonly [keyof ChargePointChanges, string, string])[];
const UPDATE: Statement = {
  name: 'charge_points_update',
  text: `UPDATE charge_points SET updated_at = $3, ${CHANGEABLE.map(
    ([, column, type], i) =>
      `${column} = CASE WHEN '${column}' = ANY($4::text[]) THEN $${i + 5}::${type} ELSE ${column} END`,
  ).join(', ')} WHERE organization_id = $1 AND id = $2 RETURNING id`,
};

/** Sets what is not undefined. A security profile that a person sets is the one that stands: no other is expected any more. */
export async function updateChargePoint(
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  id: string,
  changes: ChargePointChanges,
  now: Date,
): Promise<'updated' | 'unknown' | 'no_such_site' | 'not_higher'> {
  const { siteId, securityProfile, nextSecurityProfile: next } = changes;
  const whole =
    next === undefined && securityProfile !== undefined ? { ...changes, nextSecurityProfile: null } : changes;
  const given = CHANGEABLE.filter(([field]) => whole[field] !== undefined).map(([, column]) => column);
  const values = CHANGEABLE.map(([field]) => whole[field] ?? null);
  return db.transaction(async (tx) => {
    if (siteId != null && !(await holdSite(tx, organizationId, siteId))) return 'no_such_site';
    if (whole.nextSecurityProfile !== undefined) {
      // Ingest writes the same columns under it.
      const held = await hold(tx, organizationId, id);
      if (held === undefined) return 'unknown';
      if (next != null && next <= (securityProfile ?? held.securityProfile)) return 'not_higher';
    }
    const rows = await tx.rows(UPDATE, [organizationId, id, now, given, ...values]);
    return rows.length > 0 ? 'updated' : 'unknown';
  });
}

const REPLACE_KEY: Statement = {
  name: 'charge_points_replace_key',
  text: `UPDATE charge_points SET key_hash = $3, key_salt = $4, key_kid = $5, updated_at = $6, next_key_hash = NULL,
                next_key_salt = NULL, next_key_kid = NULL, next_key_command_id = NULL, next_key_state = NULL
          WHERE organization_id = $1 AND id = $2 AND greatest(security_profile, next_security_profile) > 0 RETURNING id`,
};

/**
 * The old key is gone with this transaction, and so is a new one that was on its way by OCPP. False: there is no such charge
 * point, or it has profile 0 and is expected to stay on it, and so no key.
 */
export async function replaceKey(
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  id: string,
  key: ChargerKeyHash,
  now: Date,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    await hold(tx, organizationId, id); // ingest writes the same columns under it
    const values = [organizationId, id, Buffer.from(key.hash), Buffer.from(key.salt), key.kid, now];
    return (await tx.rows(REPLACE_KEY, values)).length > 0;
  });
}

/** Under their locks, in the transaction of their deletion. Their sessions, samples, events and commands stay. */
export async function deleteChargePoints(tx: Tx, ids: readonly string[]): Promise<void> {
  await Promise.all(DELETES.map((statement) => tx.rows(statement, [ids])));
}
