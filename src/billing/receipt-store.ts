/**
 * Receipts that were issued: numbered from 1 on without a hole in each organization, and never changed. The counter is a row that is
 * locked while one is issued, which nothing but issuing waits for.
 */
import type { Database, Statement, Tx } from '../database/contract.ts';

type Rows = Pick<Database, 'rows'>;

export type IssuedReceipt = {
  readonly id: string;
  readonly number: number;
  readonly sessionId: string;
  /** Which cost of the session it is about: 1, and one more after each correction (chain.ts). */
  readonly billed: number;
  /** JSON of a receipt, as it was issued. */
  readonly body: string;
  readonly issuedAt: Date;
};

const FIELDS = `id, number::int4 AS number, session_id AS "sessionId", billed, body, issued_at AS "issuedAt"`;

// Plan: receipts_session_id_billed_key backwards.
const OF_SESSION: Statement = {
  name: 'receipts_of_session',
  text: `SELECT ${FIELDS} FROM receipts WHERE organization_id = $1 AND session_id = $2 ORDER BY billed DESC LIMIT 1`,
};

/** The newest one of a session. */
export async function lastReceiptOf(
  db: Rows,
  organizationId: string,
  sessionId: string,
): Promise<IssuedReceipt | undefined> {
  return (await db.rows<IssuedReceipt>(OF_SESSION, [organizationId, sessionId]))[0];
}

const BEGIN: Statement = {
  name: 'receipt_counters_begin',
  text: `INSERT INTO receipt_counters (organization_id, last) VALUES ($1, 0) ON CONFLICT DO NOTHING`,
};
const NEXT: Statement = {
  name: 'receipt_counters_next',
  text: 'SELECT last::int4 AS last FROM receipt_counters WHERE organization_id = $1 FOR UPDATE',
};
const COUNT: Statement = {
  name: 'receipt_counters_count',
  text: 'UPDATE receipt_counters SET last = $2 WHERE organization_id = $1',
};
const ISSUE: Statement = {
  name: 'receipts_issue',
  text: `INSERT INTO receipts (id, organization_id, number, session_id, billed, body, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

/** Until the end of the transaction nobody else of the organization issues one. Gives the last number that was given out. */
export async function lockNumbers(tx: Tx, organizationId: string): Promise<number> {
  await tx.rows(BEGIN, [organizationId]);
  const [row] = await tx.rows<{ last: number }>(NEXT, [organizationId]);
  if (row === undefined) throw new Error('the counter was begun above');
  return row.last;
}

/** `number`: one more than lockNumbers() said. */
export async function keepReceipt(tx: Tx, organizationId: string, receipt: IssuedReceipt): Promise<void> {
  const { id, number, sessionId, billed, body, issuedAt } = receipt;
  await tx.rows(COUNT, [organizationId, number]);
  await tx.rows(ISSUE, [id, organizationId, number, sessionId, billed, body, issuedAt]);
}

// Plan: receipts_organization_id_number_key backwards from the cursor.
const LIST: Statement = {
  name: 'receipts_list',
  text: `SELECT ${FIELDS} FROM receipts WHERE organization_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3`,
};
// Plan: receipts_session_id_billed_key.
const LIST_OF_SESSION: Statement = {
  name: 'receipts_list_of_session',
  text: `SELECT ${FIELDS} FROM receipts WHERE organization_id = $1 AND number < $2 AND session_id = $4 ORDER BY number DESC LIMIT $3`,
};
const GET: Statement = {
  name: 'receipts_get',
  text: `SELECT ${FIELDS} FROM receipts WHERE organization_id = $1 AND id = $2`,
};

/** Newest first. */
export const receiptsOf = (
  db: Rows,
  organizationId: string,
  sessionId: string | undefined,
  page: { readonly after: number | undefined; readonly limit: number },
): Promise<IssuedReceipt[]> => {
  const values = [organizationId, page.after ?? 2_147_483_647, page.limit + 1];
  return sessionId === undefined
    ? db.rows<IssuedReceipt>(LIST, values)
    : db.rows<IssuedReceipt>(LIST_OF_SESSION, [...values, sessionId]);
};

export async function receiptById(db: Rows, organizationId: string, id: string): Promise<IssuedReceipt | undefined> {
  return (await db.rows<IssuedReceipt>(GET, [organizationId, id]))[0];
}

/** What was issued of these sessions, for their charge detail records. Plan: receipts_session_id_billed_key. */
const NUMBERS: Statement = {
  name: 'receipts_numbers',
  text: `SELECT session_id AS "sessionId", billed, number::int4 AS number FROM receipts
          WHERE organization_id = $1 AND session_id = ANY($2::text[]) LIMIT 10000`,
};
export type ReceiptNumbers = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** By session, then by which of its costs. */
export async function receiptNumbersOf(
  db: Rows,
  organizationId: string,
  sessionIds: readonly string[],
): Promise<ReceiptNumbers> {
  const found = new Map<string, Map<number, number>>();
  if (sessionIds.length === 0) return found;
  type Row = { readonly sessionId: string; readonly billed: number; readonly number: number };
  for (const { sessionId, billed, number } of await db.rows<Row>(NUMBERS, [organizationId, sessionIds])) {
    const known = found.get(sessionId) ?? new Map<number, number>();
    found.set(sessionId, known.set(billed, number));
  }
  return found;
}
