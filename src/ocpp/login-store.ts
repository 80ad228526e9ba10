/** What has to be known of a charge point before it may connect: one statement for all that knock at the same time. */
import type { Database, Statement } from '../database/contract.ts';

export type LoginRow = {
  readonly chargePointId: string;
  readonly number: number;
  readonly identity: string;
  readonly organizationId: string;
  readonly securityProfile: number;
  readonly strict: boolean;
  readonly assumeProtocol: string | null;
  readonly lifecycle: string;
  readonly keyHash: Uint8Array | null;
  readonly keySalt: Uint8Array | null;
  readonly keyKid: string | null;
  /** A new key on its way to the charger; null: none. */
  readonly nextKeyHash: Uint8Array | null;
  readonly nextKeySalt: Uint8Array | null;
  readonly nextKeyKid: string | null;
  /** Which one that is. */
  readonly nextKeyCommandId: string | null;
};

const COLUMNS = `id AS "chargePointId", number, identity, organization_id AS "organizationId",
       security_profile AS "securityProfile", strict, assume_protocol AS "assumeProtocol", lifecycle,
       key_hash AS "keyHash", key_salt AS "keySalt", key_kid AS "keyKid", next_key_hash AS "nextKeyHash",
       next_key_salt AS "nextKeySalt", next_key_kid AS "nextKeyKid", next_key_command_id AS "nextKeyCommandId"`;

// Plan: index scan of the unique identity, once per element. Identities are unique in the installation: no organization yet.
const BY_IDENTITY: Statement = {
  name: 'ocpp_login_by_identity',
  text: `SELECT ${COLUMNS} FROM charge_points WHERE identity = ANY($1::text[])`,
};
const BY_ID: Statement = {
  name: 'ocpp_login_by_id',
  text: `SELECT ${COLUMNS} FROM charge_points WHERE id = ANY($1::text[])`,
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
