/** SQL of QR codes: which station shows them by which secret. Secrets are sealed. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { GivenWebPayment } from './types.ts';

type Db = Pick<Database, 'rows'>;

export type WebPaymentRow = {
  readonly chargePointId: string;
  readonly identity: string;
  /** 0: the station shows one for all of its EVSEs. */
  readonly evseId: number;
  readonly urlTemplate: string;
  readonly validityS: number;
  readonly length: number;
  readonly secret: Uint8Array;
  /** The one before: the station may not have taken the new one. */
  readonly previousSecret: Uint8Array | null;
  readonly setBy: string;
  readonly updatedAt: Date;
};

const FIELDS = `w.charge_point_id AS "chargePointId", c.identity, w.evse_id AS "evseId", w.url_template AS "urlTemplate",
  w.validity_s AS "validityS", w.length, w.secret, w.previous_secret AS "previousSecret", w.set_by AS "setBy", w.updated_at AS "updatedAt"
  FROM web_payments w JOIN charge_points c ON c.id = w.charge_point_id`;

// Plan: web_payments_pkey.
const SAVE: Statement = {
  name: 'web_payments_save',
  text: `INSERT INTO web_payments (organization_id, charge_point_id, evse_id, url_template, validity_s, length, secret, set_by, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::int4[], $4::text[], $5::int4[], $6::int4[], $7::bytea[], $8::text[], $9::timestamptz[])
         ON CONFLICT (charge_point_id, evse_id) DO UPDATE
           SET url_template = excluded.url_template, validity_s = excluded.validity_s, length = excluded.length,
               previous_secret = web_payments.secret, secret = excluded.secret, set_by = excluded.set_by, updated_at = excluded.updated_at`,
};
const LIST: Statement = {
  name: 'web_payments_list',
  text: `SELECT ${FIELDS} WHERE w.organization_id = $1 AND w.charge_point_id = $2 ORDER BY w.evse_id LIMIT 1000`,
};
// Plan: charge_points' unique index of identities, then web_payments_pkey.
const FIND: Statement = {
  name: 'web_payments_find',
  text: `SELECT ${FIELDS} WHERE w.organization_id = $1 AND c.organization_id = $1 AND c.identity = $2 AND w.evse_id = ANY($3::int4[])
          ORDER BY w.evse_id DESC`,
};
// Plan: web_payments_organization_id_idx.
const TEMPLATES: Statement = {
  name: 'web_payments_templates',
  text: `SELECT DISTINCT url_template AS "urlTemplate" FROM web_payments WHERE organization_id = $1 LIMIT 100`,
};
const FORGET: Statement = {
  name: 'web_payments_forget',
  text: `DELETE FROM web_payments WHERE organization_id = $1 AND charge_point_id = $2 AND evse_id = $3 RETURNING evse_id`,
};

type Where = { readonly organizationId: string; readonly chargePointId: string };

/** In the transaction that queues the command: a station that takes a secret which nobody here knows would show codes that are never genuine. */
export async function saveWebPayments(
  tx: Tx,
  given: readonly { readonly root: Root; readonly row: GivenWebPayment }[],
): Promise<void> {
  if (given.length === 0) return;
  const of = <T>(pick: (row: GivenWebPayment) => T): T[] => given.map(({ row }) => pick(row));
  await tx.rows(SAVE, [
    given.map(({ root }) => root.organizationId),
    given.map(({ root }) => root.chargePointId),
    of((row) => row.evseId),
    of((row) => row.urlTemplate),
    of((row) => row.validityS),
    of((row) => row.length),
    of((row) => row.secret),
    of((row) => row.setBy),
    of((row) => row.updatedAt),
  ]);
}

export const listWebPayments = (db: Db, { organizationId, chargePointId }: Where): Promise<WebPaymentRow[]> =>
  db.rows(LIST, [organizationId, chargePointId]);

/** That of the EVSE, and that of the whole station. */
export const webPaymentsOf = (
  db: Db,
  organizationId: string,
  identity: string,
  evseId: number,
): Promise<WebPaymentRow[]> => db.rows(FIND, [organizationId, identity, [...new Set([evseId, 0])]]);

export async function templatesOf(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db.rows<{ urlTemplate: string }>(TEMPLATES, [organizationId]);
  return rows.map(({ urlTemplate }) => urlTemplate);
}

/** Whether there was one. */
export const forgetWebPayment = async (db: Db, where: Where, evseId: number): Promise<boolean> =>
  (await db.rows(FORGET, [where.organizationId, where.chargePointId, evseId])).length > 0;
