/** What has to be known of a charge point before it may connect: one statement for all that knock at the same time. */
import type { Database, Statement } from '../database/contract.ts';

export type LoginRow = {
  readonly chargePointId: string;
  readonly number: number;
  readonly identity: string;
  readonly organizationId: string;
  readonly securityProfile: number;
  /** A higher one that opens too, and is the only one from its first use on (charge-points/profile-raise.ts). */
  readonly nextSecurityProfile: number | null;
  readonly strict: boolean;
  readonly assumeProtocol: string | null;
  readonly lifecycle: string;
  readonly serialNumber: string | null;
  readonly organizationName: string;
  readonly keyHash: Uint8Array | null;
  readonly keySalt: Uint8Array | null;
  readonly keyKid: string | null;
  /** A new key on its way to the charger; null: none. */
  readonly nextKeyHash: Uint8Array | null;
  readonly nextKeySalt: Uint8Array | null;
  readonly nextKeyKid: string | null;
  /** Which one that is. */
  readonly nextKeyCommandId: string | null;
  /** charge-points/key-rotation.ts */
  readonly nextKeyState: string | null;
  /** Of the newest connection; 0: there was none. */
  readonly generation: number;
  /** The process that has it; null: it is over, or was given up as that of a dead process. */
  readonly nodeId: string | null;
};

const LOGINS = `SELECT c.id AS "chargePointId", c.number, c.identity, c.organization_id AS "organizationId",
       c.security_profile AS "securityProfile", c.next_security_profile AS "nextSecurityProfile", c.strict, c.assume_protocol AS "assumeProtocol", c.lifecycle,
       c.serial_number AS "serialNumber", o.name AS "organizationName",
       c.key_hash AS "keyHash", c.key_salt AS "keySalt", c.key_kid AS "keyKid", c.next_key_hash AS "nextKeyHash",
       c.next_key_salt AS "nextKeySalt", c.next_key_kid AS "nextKeyKid", c.next_key_command_id AS "nextKeyCommandId",
       c.next_key_state AS "nextKeyState", coalesce(s.generation, 0) AS generation, s.node_id AS "nodeId"
  FROM charge_points c JOIN organizations o ON o.id = c.organization_id
  LEFT JOIN charge_point_states s ON s.charge_point_id = c.id`;

// Plan: index scan of the unique identity, once per element. Identities are unique in the installation: no organization yet.
const BY_IDENTITY: Statement = {
  name: 'ocpp_login_by_identity',
  text: `${LOGINS} WHERE c.identity = ANY($1::text[])`,
};
const BY_ID: Statement = {
  name: 'ocpp_login_by_id',
  text: `${LOGINS} WHERE c.id = ANY($1::text[])`,
};

/** One row or undefined per identity, in their order. */
export async function loginsByIdentity(
  db: Pick<Database, 'rows'>,
  identities: readonly string[],
): Promise<(LoginRow | undefined)[]> {
  const rows = await db.rows<LoginRow>(BY_IDENTITY, [[...new Set(identities)]]);
  const found = new Map(rows.map((row) => [row.identity, row]));
  return identities.map((identity) => found.get(identity));
}

/** One row or undefined per charge point id, in their order. */
export async function loginsById(
  db: Pick<Database, 'rows'>,
  ids: readonly string[],
): Promise<(LoginRow | undefined)[]> {
  const rows = await db.rows<LoginRow>(BY_ID, [[...new Set(ids)]]);
  const found = new Map(rows.map((row) => [row.chargePointId, row]));
  return ids.map((id) => found.get(id));
}
