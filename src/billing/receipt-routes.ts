/** REST: the receipt of a session, for programs and for people. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { writePdf } from '../documents/index.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, downloadRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { streamOfBytes } from '../platform/row-stream.ts';
import { billOf, correctionsOf } from './bill-store.ts';
import { type Receipt, receipt, receiptOf } from './receipt.ts';
import { receiptDocument } from './receipt-document.ts';

const tag = 'Billing';
const params = z.object({ id: idParam('ses') });
const none = 'The session runs, has no price, or is under review.';

export function receiptRoutes({ db }: { readonly db: Pick<Database, 'rows'> }): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<Receipt> {
    const bill = await billOf(db, organizationId, id);
    if (bill === undefined) throw new AppError('not_found', 'There is no such session');
    const corrections = await correctionsOf(db, organizationId, [id]);
    return receiptOf(bill, corrections.get(id) ?? []);
  }
  return [
    route({
      method: 'get',
      path: '/sessions/{id}/receipt',
      operationId: 'getReceipt',
      summary: 'The receipt of an ended session',
      description: 'After a correction: the newest one, which names the one before.',
      tag,
      access: 'read:billing',
      status: 200,
      params,
      response: receipt,
      errors: { 409: none },
      handle: ({ principal: { organizationId }, params: { id } }) => find(organizationId, id),
    }),
    downloadRoute({
      path: '/sessions/{id}/receipt.pdf',
      operationId: 'downloadReceipt',
      summary: 'The receipt as PDF',
      description:
        'In English, with the times of the site. The same receipt gives the same bytes. Latin, Greek and Cyrillic are ' +
        'shown; other characters as ?, while the JSON has them all.',
      tag,
      access: 'read:billing',
      params,
      errors: { 409: none },
      download: ['application/pdf'],
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const found = await find(organizationId, id);
        const bytes = await writePdf(receiptDocument(found));
        const fileName = `receipt-${found.number}.pdf`;
        return { fileName, contentType: 'application/pdf', sizeBytes: bytes.length, body: streamOfBytes(bytes) };
      },
    }),
  ];
}
