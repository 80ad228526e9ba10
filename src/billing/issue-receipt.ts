/**
 * The receipt of a session: issued when it is first asked for, and from then on what it was. After a correction of the cost a new one
 * is issued, which names the one before; where nobody had asked for that one, there is none to name.
 */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { billOf, correctionsOf } from './bill-store.ts';
import { billedNow, type Receipt, receipt, receiptOf } from './receipt.ts';
import { type IssuedReceipt, keepReceipt, lastReceiptOf, lockNumbers } from './receipt-store.ts';

type Needs = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly clock: Clock;
  /** Before one is issued. */
  readonly aboutToIssue: () => Promise<void>;
};

/** As it was issued: what is added to receipts later must be optional. */
export const openReceipt = ({ body }: IssuedReceipt): Receipt =>
  z.encode(receipt, JSON.parse(body) as z.output<typeof receipt>);

/** Throws not_found; conflict where there is none, and says why. */
export async function issueReceipt(
  { db, clock, aboutToIssue }: Needs,
  organizationId: string,
  sessionId: string,
): Promise<Receipt> {
  const bill = await billOf(db, organizationId, sessionId);
  if (bill === undefined) throw new AppError('not_found', 'There is no such session');
  const corrections = (await correctionsOf(db, organizationId, [sessionId])).get(sessionId) ?? [];
  const billed = billedNow(bill, corrections);
  const issued = await lastReceiptOf(db, organizationId, sessionId);
  if (issued !== undefined && issued.billed >= billed.number) return openReceipt(issued);
  await aboutToIssue();
  return db.transaction(async (tx) => {
    const number = (await lockNumbers(tx, organizationId)) + 1;
    // Whoever held the lock before may have issued it.
    const before = await lastReceiptOf(tx, organizationId, sessionId);
    if (before !== undefined && before.billed >= billed.number) return openReceipt(before);
    const [id, issuedAt] = [idInRequest('rct'), clock.now()];
    const previous = before === undefined ? undefined : openReceipt(before);
    const made = receiptOf(bill, billed, { id, number, issuedAt, previous });
    const row = { id, number, sessionId, billed: billed.number, body: JSON.stringify(made), issuedAt };
    await keepReceipt(tx, organizationId, row);
    return made;
  });
}
