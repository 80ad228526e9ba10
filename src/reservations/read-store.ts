/** What REST reads of reservations, always within one organization. */
import type { Database, Statement } from '../database/contract.ts';
import { FIELDS } from './store.ts';
import type { ReservationRow } from './types.ts';

export type ReservationView = ReservationRow & {
  readonly chargePointId: string;
  readonly chargePointIdentity: string | null;
};

const SHOWN = `${FIELDS}, r.charge_point_id AS "chargePointId", c.identity AS "chargePointIdentity"`;
const GET: Statement = {
  name: 'reservations_get',
  text: `SELECT ${SHOWN} FROM reservations r LEFT JOIN charge_points c ON c.id = r.charge_point_id
          WHERE r.organization_id = $1 AND r.id = $2`,
};
// Plan: reservations_organization_id_id_idx, or reservations_charge_point_id_id_idx, backwards from the cursor, filtered on the way.
const LIST: Statement = {
  name: 'reservations_list',
  text: `SELECT ${SHOWN} FROM reservations r LEFT JOIN charge_points c ON c.id = r.charge_point_id
          WHERE r.organization_id = $1 AND r.id < COALESCE($2::text, 'zzzz')
            AND ($3::text IS NULL OR r.charge_point_id = $3) AND ($4::text[] IS NULL OR r.status = ANY($4))
            AND ($5::text IS NULL OR lower(btrim(r.token_uid)) = lower(btrim($5)))
          ORDER BY r.id DESC LIMIT $6`,
};
const GROUP_TAG: Statement = {
  name: 'reservations_group_tag',
  text: 'SELECT parent_id_tag AS tag FROM token_groups WHERE organization_id = $1 AND id = $2',
};

export async function reservationById(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  id: string,
): Promise<ReservationView | undefined> {
  return (await db.rows<ReservationView>(GET, [organizationId, id]))[0];
}

export const listReservations = (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  filter: {
    readonly chargePointId?: string | undefined;
    readonly statuses?: readonly string[] | undefined;
    readonly token?: string | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ReservationView[]> =>
  db.rows<ReservationView>(LIST, [
    organizationId,
    page.after ?? null,
    filter.chargePointId ?? null,
    filter.statuses ?? null,
    filter.token ?? null,
    page.limit + 1,
  ]);

/** What chargers call this group; undefined: the organization has none with this id. */
export async function tagOfGroup(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  groupId: string,
): Promise<string | undefined> {
  return (await db.rows<{ tag: string }>(GROUP_TAG, [organizationId, groupId]))[0]?.tag;
}
