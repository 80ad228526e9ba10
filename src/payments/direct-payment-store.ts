/** SQL of payments that somebody has authorized elsewhere, and that start a session here. */
import type { Database, Statement } from '../database/contract.ts';

type Db = Pick<Database, 'rows'>;

export type DirectPayment = {
  readonly id: string;
  readonly chargePointId: string;
  readonly evseId: number;
  readonly pspRef: string;
  /** What the charger knows it by. */
  readonly tokenUid: string;
  readonly commandId: string;
  readonly maxCost: string;
  readonly currency: string | null;
  readonly cardLast4: string | null;
  readonly via: string;
  readonly validUntil: Date;
  readonly createdBy: string;
  readonly createdAt: Date;
};
export type DirectPaymentView = DirectPayment & {
  readonly sessionId: string | null;
  readonly sessionEndedAt: Date | null;
};

const COLUMNS = [
  ['id', 'id'],
  ['chargePointId', 'charge_point_id'],
  ['evseId', 'evse_id'],
  ['pspRef', 'psp_ref'],
  ['tokenUid', 'token_uid'],
  ['commandId', 'command_id'],
  ['maxCost', 'max_cost'],
  ['currency', 'currency'],
  ['cardLast4', 'card_last4'],
  ['via', 'via'],
  ['validUntil', 'valid_until'],
  ['createdBy', 'created_by'],
  ['createdAt', 'created_at'],
] as const satisfies readonly (readonly [keyof DirectPayment, string])[];

// Plan: direct_payments_organization_id_psp_ref_key.
const INSERT: Statement = {
  name: 'direct_payments_insert',
  text: `INSERT INTO direct_payments (organization_id, token_key, ${COLUMNS.map(([, column]) => column).join(', ')})
         VALUES ($1, $2, ${COLUMNS.map((_, i) => `$${i + 3}`).join(', ')})
         ON CONFLICT (organization_id, psp_ref) DO UPDATE SET psp_ref = excluded.psp_ref WHERE direct_payments.id = excluded.id
      RETURNING ${COLUMNS.map(([field, column]) => `${column} AS "${field}"`).join(', ')}`,
};
const FORGET: Statement = {
  name: 'direct_payments_forget',
  text: 'DELETE FROM direct_payments WHERE organization_id = $1 AND id = $2',
};
// Plan: direct_payments_organization_id_id_idx, backwards; session_limits_command_id_key, sessions_pkey.
const LIST: Statement = {
  name: 'direct_payments_list',
  text: `SELECT ${COLUMNS.map(([field, column]) => `p.${column} AS "${field}"`).join(', ')},
                s.id AS "sessionId", s.ended_at AS "sessionEndedAt"
           FROM direct_payments p
           LEFT JOIN session_limits l ON l.command_id = p.command_id
           LEFT JOIN sessions s ON s.id = l.session_id
          WHERE p.organization_id = $1 AND p.id < COALESCE($2::text, 'zzzz') AND ($3::text IS NULL OR p.psp_ref = $3)
            AND ($4::text IS NULL OR p.charge_point_id = $4)
          ORDER BY p.id DESC LIMIT $5`,
};

/** As it stands: of a repeat, as the first request wrote it. undefined: the reference is another payment's. */
export const insertPayment = async (
  db: Db,
  organizationId: string,
  tokenKey: string,
  payment: DirectPayment,
): Promise<DirectPayment | undefined> =>
  (await db.rows<DirectPayment>(INSERT, [organizationId, tokenKey, ...COLUMNS.map(([field]) => payment[field])]))[0];

/** It could not even be asked for. */
export const forgetPayment = async (db: Db, organizationId: string, id: string): Promise<void> =>
  void (await db.rows(FORGET, [organizationId, id]));

/** Newest first; up to `limit` + 1 of them. */
export const listPayments = (
  db: Db,
  organizationId: string,
  filter: { readonly pspRef: string | undefined; readonly chargePointId: string | undefined },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<DirectPaymentView[]> =>
  db.rows(LIST, [
    ...[organizationId, page.after ?? null, filter.pspRef ?? null, filter.chargePointId ?? null, page.limit + 1],
  ]);
