/** What REST reads of handovers, and what the job finds. A handover is seen by its two sides, and by nobody else. */
import type { Database, Statement } from '../database/contract.ts';
import { FIELDS } from './store.ts';
import type { HandoverRow, HandoverStep } from './types.ts';

type Needs = Pick<Database, 'rows'>;

/** With what the receiving side may know of the charge point beforehand, and who holds it now (null: it was deleted). */
export type HandoverView = HandoverRow & {
  readonly vendor: string | null;
  readonly model: string | null;
  readonly holderId: string | null;
};
const VIEW = `SELECT ${FIELDS}, c.organization_id AS "holderId", coalesce(c.vendor, s.reported_vendor) AS vendor, coalesce(c.model, s.reported_model) AS model
   FROM handovers h LEFT JOIN charge_points c ON c.id = h.charge_point_id
   LEFT JOIN charge_point_states s ON s.charge_point_id = h.charge_point_id`;

const GET: Statement = {
  name: 'handovers_get',
  text: `${VIEW} WHERE h.id = $2 AND (h.organization_id = $1 OR h.to_organization_id = $1)`,
};
export const handoverById = async (db: Needs, organizationId: string, id: string): Promise<HandoverView | undefined> =>
  (await db.rows<HandoverView>(GET, [organizationId, id]))[0];

// Of any organization: whoever shows the token may see it (routes.ts compares it before anything is shown).
const FIND: Statement = { name: 'handovers_find', text: `${VIEW} WHERE h.id = $1` };
export const anyHandoverById = async (db: Needs, id: string): Promise<HandoverView | undefined> =>
  (await db.rows<HandoverView>(FIND, [id]))[0];
const BY_TOKEN: Statement = { name: 'handovers_by_token', text: `${VIEW} WHERE h.token_hash = $1` };
export const handoverByToken = async (db: Needs, tokenHash: Uint8Array): Promise<HandoverView | undefined> =>
  (await db.rows<HandoverView>(BY_TOKEN, [Buffer.from(tokenHash)]))[0];

// Plan: handovers_organization_id_id_idx or handovers_to_organization_id_id_idx backwards, filtered while it goes.
const list = (side: 'organization_id' | 'to_organization_id'): Statement => ({
  name: `handovers_list_by_${side}`,
  text: `${VIEW} WHERE h.${side} = $1 AND h.id < coalesce($2::text, 'zzzz') AND ($3::text[] IS NULL OR h.status = ANY($3))
            AND ($4::text IS NULL OR h.charge_point_id = $4)
          ORDER BY h.id DESC LIMIT $5`,
});
const LISTS = { outgoing: list('organization_id'), incoming: list('to_organization_id') };
export const listHandovers = (
  db: Needs,
  organizationId: string,
  filter: {
    readonly direction: 'outgoing' | 'incoming';
    readonly statuses: readonly string[] | undefined;
    readonly chargePointId: string | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<HandoverView[]> =>
  db.rows<HandoverView>(LISTS[filter.direction], [
    ...[organizationId, page.after ?? null, filter.statuses ?? null, filter.chargePointId ?? null, page.limit + 1],
  ]);

// A handover has a handful of steps; the limit is for a handful gone mad.
const STEPS: Statement = {
  name: 'handovers_steps',
  text: `SELECT s.handover_id AS "handoverId", s.at, s.happening, s.from_status AS "fromStatus", s.to_status AS "toStatus",
                s."by", s.by_organization_id AS "byOrganizationId", s.detail
           FROM handover_steps s WHERE s.handover_id = $1 ORDER BY s.number LIMIT 100`,
};
/** Of a handover that was found to be of one's own. */
export const stepsOf = (db: Needs, handoverId: string): Promise<HandoverStep[]> => db.rows(STEPS, [handoverId]);

// ---------------------------------------------------------------------------------------------------------------- the job

// Plan: handovers_due.
const DUE: Statement = {
  name: 'handovers_due',
  text: `SELECT h.id, h.charge_point_id AS "chargePointId" FROM handovers h WHERE h.due_at <= $1 ORDER BY h.due_at LIMIT $2`,
};
export type DueHandover = { readonly id: string; readonly chargePointId: string };
export const dueHandovers = (db: Needs, now: Date, limit: number): Promise<DueHandover[]> => db.rows(DUE, [now, limit]);

// Plan: handovers_care_due, each with its charge point by primary key.
const CARING: Statement = {
  name: 'handovers_caring',
  text: `SELECT h.id, h.charge_point_id AS "chargePointId", h.care, h.key_change AS "keyChange", s.protocol
           FROM handovers h JOIN charge_point_states s ON s.charge_point_id = h.charge_point_id
          WHERE h.care_due_at <= $1
            AND ((s.connected AND s.boot_status = 'accepted') OR h.key_change IN ('offered', 'awaiting_reconnect'))
          ORDER BY h.care_due_at LIMIT $2`,
};
export type CaringHandover = DueHandover &
  Pick<HandoverRow, 'care' | 'keyChange'> & { readonly protocol: string | null };
export const caringHandovers = (db: Needs, now: Date, limit: number): Promise<CaringHandover[]> =>
  db.rows(CARING, [now, limit]);

// A deleted charge point has no door any more through which its handovers could end.
const CLOSE_ORPHANS: Statement = {
  name: 'handovers_close_orphans',
  text: `WITH gone AS (
           UPDATE handovers h SET status = 'failed', reason = 'charge_point_deleted', due_at = NULL, ended_at = $1, updated_at = $1
             FROM handovers was
            WHERE was.id = h.id AND h.due_at IS NOT NULL
              AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = h.charge_point_id)
        RETURNING h.id, was.status)
         INSERT INTO handover_steps (handover_id, number, at, happening, from_status, to_status, "by", detail)
         SELECT g.id, 1 + coalesce((SELECT max(s.number) FROM handover_steps s WHERE s.handover_id = g.id), 0), $1, 'failed',
                g.status, 'failed', 'system', 'charge_point_deleted' FROM gone g`,
};
export const closeOrphans = (db: Needs, now: Date): Promise<unknown> => db.rows(CLOSE_ORPHANS, [now]);
