/** All SQL of the payments room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { PaymentInput } from '../ingest/inputs.ts';
import { redactUrls } from '../platform/transfer-url.ts';
import { transactionKeySql } from '../sessions/index.ts';
import type { PaymentState, SettlementRow, SettlementStatus } from './types.ts';
import { loadOffers, saveOffers } from './web-payment-store.ts';

const COLUMNS = [
  ['id', 'id', 'text'],
  ['pspRef', 'psp_ref', 'text'],
  ['receivedAt', 'received_at', 'timestamptz'],
  ['status', 'status', 'text'],
  ['info', 'info', 'text'],
  ['amount', 'amount', 'numeric'],
  ['settledAt', 'settled_at', 'timestamptz'],
  ['ocppTransactionId', 'ocpp_transaction_id', 'text'],
  ['receiptId', 'receipt_id', 'text'],
  ['receiptByCsms', 'receipt_by_csms', 'bool'],
  ['receiptUrl', 'receipt_url', 'text'],
  ['vatNumber', 'vat_number', 'text'],
  ['company', 'company', 'jsonb'],
  ['earlier', 'earlier', 'jsonb'],
  ['updatedAt', 'updated_at', 'timestamptz'],
] as const;
const FIELDS = COLUMNS.map(([field, column, type]) =>
  type === 'numeric' ? `trim_scale(s.${column})::text AS "${field}"` : `s.${column} AS "${field}"`,
).join(', ');

// Plan: the unique index (charge_point_id, psp_ref).
const LOAD: Statement = {
  name: 'settlements_load',
  text: `SELECT s.charge_point_id AS "chargePointId", ${FIELDS}
           FROM unnest($1::text[], $2::text[]) AS asked(charge_point_id, psp_ref)
           JOIN settlements s USING (charge_point_id, psp_ref)`,
};
const SAVE: Statement = {
  name: 'settlements_save',
  text: `INSERT INTO settlements (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (charge_point_id, psp_ref) DO UPDATE
           SET ${COLUMNS.slice(3)
             .map(([, column]) => `${column} = excluded.${column}`)
             .join(', ')}`,
};

export async function loadPayments(tx: Tx, inputs: readonly PaymentInput[]): Promise<Map<string, PaymentState>> {
  const named = inputs.flatMap((input) => (input.type === 'settled' ? [input] : []));
  const [rows, offers] = await Promise.all([
    named.length === 0
      ? []
      : tx.rows<SettlementRow & { chargePointId: string }>(LOAD, [
          named.map(({ chargePointId }) => chargePointId),
          named.map(({ pspRef }) => pspRef),
        ]),
    loadOffers(tx, inputs),
  ]);
  const found = new Map(inputs.map(({ chargePointId }) => [chargePointId, new Map<string, SettlementRow>()]));
  for (const { chargePointId, ...row } of rows) found.get(chargePointId)?.set(row.pspRef, row);
  return new Map([...found].map(([id, settlements]) => [id, { settlements, offers: offers.get(id) ?? new Map() }]));
}

type Change = { readonly root: Root; readonly before: PaymentState; readonly after: PaymentState };

export async function savePayments(tx: Tx, changes: readonly Change[]): Promise<void> {
  await Promise.all([saveOffers(tx, changes), saveSettlements(tx, changes)]);
}

async function saveSettlements(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.settlements.values()]
      .filter((row) => before.settlements.get(row.pspRef) !== row)
      .map((row) => ({ root, row })),
  );
  if (changed.length === 0) return;
  const stored = (row: SettlementRow, field: (typeof COLUMNS)[number][0]): unknown => {
    if (field === 'company') return row.company === null ? null : JSON.stringify(row.company);
    if (field === 'earlier') return JSON.stringify(row.earlier);
    if (field === 'receiptUrl') return row.receiptUrl === null ? null : redactUrls(row.receiptUrl);
    return row[field];
  };
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    ...COLUMNS.map(([field]) => changed.map(({ row }) => stored(row, field))),
  ]);
}

export type SettlementView = SettlementRow & { readonly chargePointId: string; readonly sessionId: string | null };

// Plan: settlements_organization_id_id_idx (or _charge_point_id_id_idx) backwards from the cursor; the sessions by
// sessions_charge_point_id_start_key_key.
const LIST: Statement = {
  name: 'settlements_list',
  text: `SELECT ${FIELDS}, s.charge_point_id AS "chargePointId", ses.id AS "sessionId" FROM settlements s
           LEFT JOIN sessions ses ON ses.charge_point_id = s.charge_point_id
                                 AND ses.start_key = ${transactionKeySql('s.ocpp_transaction_id')}
          WHERE s.organization_id = $1 AND s.id < COALESCE($2::text, 'zzzz')
            AND ($3::text IS NULL OR s.charge_point_id = $3) AND ($4::text[] IS NULL OR s.status = ANY($4))
            AND ($5::text IS NULL OR s.psp_ref = $5) AND ($6::text IS NULL OR ses.id = $6)
          ORDER BY s.id DESC LIMIT $7`,
};

/** Newest first; up to `limit` + 1 of them. */
export const listSettlements = (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  filter: {
    readonly chargePointId: string | undefined;
    readonly statuses: readonly SettlementStatus[] | undefined;
    readonly pspRef: string | undefined;
    readonly sessionId: string | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<SettlementView[]> =>
  db.rows<SettlementView>(LIST, [
    organizationId,
    page.after ?? null,
    filter.chargePointId ?? null,
    filter.statuses ?? null,
    filter.pspRef ?? null,
    filter.sessionId ?? null,
    page.limit + 1,
  ]);
