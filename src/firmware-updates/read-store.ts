/** What REST reads of updates, always within one organization. Never on a charger's path. */
import type { Protocol } from '../commands/index.ts';
import type { Database, Statement } from '../database/contract.ts';
import { FIELDS } from './store.ts';
import type { UpdateRow, UpdateStatus } from './types.ts';

type Rows = Pick<Database, 'rows'>;
export type StoredUpdate = UpdateRow & { readonly chargePointId: string };

// Plan: the primary key.
const FIND: Statement = {
  name: 'firmware_updates_find',
  text: `SELECT u.charge_point_id AS "chargePointId", ${FIELDS} FROM firmware_updates u WHERE u.organization_id = $1 AND u.id = $2`,
};
// Plan: firmware_updates_charge_point_id_id_idx or _organization_id_id_idx backwards from the cursor, filtered.
const LIST: Statement = {
  name: 'firmware_updates_list',
  text: `SELECT u.charge_point_id AS "chargePointId", ${FIELDS} FROM firmware_updates u
          WHERE u.organization_id = $1 AND u.id < COALESCE($2::text, 'zzzz')
            AND ($3::text IS NULL OR u.charge_point_id = $3) AND ($4::text IS NULL OR u.rollout_id = $4)
            AND ($5::text[] IS NULL OR u.status = ANY($5)) AND ($6::bool IS NULL OR (u.failed_at IS NOT NULL) = $6)
          ORDER BY u.id DESC LIMIT $7`,
};
// What the charger says of itself goes before what people wrote down.
const FACTS: Statement = {
  name: 'firmware_updates_charger',
  text: `SELECT c.id, c.identity, s.protocol, coalesce(s.reported_vendor, c.vendor) AS vendor,
                coalesce(s.reported_model, c.model) AS model, s.firmware_version AS "firmwareVersion"
           FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id = $2`,
};

export const findUpdate = async (db: Rows, organizationId: string, id: string): Promise<StoredUpdate | undefined> =>
  (await db.rows<StoredUpdate>(FIND, [organizationId, id]))[0];

/** Newest first; up to `limit` + 1 of them. */
export const listUpdates = (
  db: Rows,
  query: {
    readonly organizationId: string;
    readonly chargePointId: string | undefined;
    readonly rolloutId: string | undefined;
    readonly statuses: readonly UpdateStatus[] | undefined;
    readonly failed: boolean | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<StoredUpdate[]> =>
  db.rows<StoredUpdate>(LIST, [
    query.organizationId,
    page.after ?? null,
    query.chargePointId ?? null,
    query.rolloutId ?? null,
    query.statuses ?? null,
    query.failed ?? null,
    page.limit + 1,
  ]);

export type ChargerFacts = {
  readonly id: string;
  readonly identity: string;
  /** null: it has never been connected. */
  readonly protocol: Protocol | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly firmwareVersion: string | null;
};
export const chargerFacts = async (db: Rows, organizationId: string, id: string): Promise<ChargerFacts | undefined> =>
  (await db.rows<ChargerFacts>(FACTS, [organizationId, id]))[0];
