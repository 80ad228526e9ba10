/** REST: receipts of sessions, for programs and for people. Asking for the receipt of a session issues it. */
import type { Response } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { writePdf } from '../documents/index.ts';
import { idField, idParam } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, aboutToChange, downloadRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { streamOfBytes } from '../platform/row-stream.ts';
import { issueReceipt, openReceipt } from './issue-receipt.ts';
import { type Receipt, receipt } from './receipt.ts';
import { receiptDocument } from './receipt-document.ts';
import { receiptById, receiptsOf } from './receipt-store.ts';

const tag = 'Billing';
const ofSession = z.object({ id: idParam('ses') });
const params = z.object({ id: idParam('rct') });
const none = 'The session runs, has no price, is under review, or is the test of a commissioning run.';
const aboutPdf =
  'In English, with the times of the site. The same receipt gives the same bytes. Latin, Greek and Cyrillic are ' +
  'shown; other characters as ?, while the JSON has them all.';
const aboutIssue =
  'Issued when it is first asked for, with the next number of the organization; from then on it stays what it was. After a ' +
  'correction a new one is issued, which names the one before.';

type Needs = { readonly db: Pick<Database, 'rows' | 'transaction'>; readonly clock: Clock };

export function receiptRoutes({ db, clock }: Needs): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<Receipt> {
    const row = await receiptById(db, organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is no such receipt');
    return openReceipt(row);
  }
  const issue = (organizationId: string, id: string, res: Response): Promise<Receipt> =>
    issueReceipt({ db, clock, aboutToIssue: () => aboutToChange(res) }, organizationId, id);
  return [
    route({
      method: 'get',
      path: '/sessions/{id}/receipt',
      operationId: 'getReceipt',
      summary: 'The receipt of an ended session',
      description: aboutIssue,
      tag,
      access: 'read:billing',
      status: 200,
      params: ofSession,
      response: receipt,
      errors: { 409: none },
      handle: ({ principal: { organizationId }, params: { id }, res }) => issue(organizationId, id, res),
    }),
    downloadRoute({
      path: '/sessions/{id}/receipt.pdf',
      operationId: 'downloadReceipt',
      summary: 'The receipt of an ended session as PDF',
      description: `${aboutIssue} ${aboutPdf}`,
      tag,
      access: 'read:billing',
      params: ofSession,
      errors: { 409: none },
      download: ['application/pdf'],
      handle: async ({ principal: { organizationId }, params: { id }, res }) =>
        pdfOf(await issue(organizationId, id, res)),
    }),
    route({
      method: 'get',
      path: '/receipts',
      operationId: 'listReceipts',
      summary: 'List the receipts that were issued, newest first',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject({ session_id: idField('ses').optional(), ...pageQuery }),
      response: pageOf(receipt),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, z.int().min(1));
        const rows = await receiptsOf(db, organizationId, query.session_id, page);
        return pageFrom(rows, page.limit, (row) => row.number, openReceipt);
      },
    }),
    route({
      method: 'get',
      path: '/receipts/{id}',
      operationId: 'getIssuedReceipt',
      summary: 'A receipt that was issued, as it was',
      tag,
      access: 'read:billing',
      status: 200,
      params,
      response: receipt,
      handle: ({ principal: { organizationId }, params: { id } }) => find(organizationId, id),
    }),
    downloadRoute({
      path: '/receipts/{id}/pdf',
      operationId: 'downloadIssuedReceipt',
      summary: 'A receipt that was issued, as PDF',
      description: aboutPdf,
      tag,
      access: 'read:billing',
      params,
      download: ['application/pdf'],
      handle: async ({ principal: { organizationId }, params: { id } }) => pdfOf(await find(organizationId, id)),
    }),
  ];
}

async function pdfOf(found: Receipt) {
  const bytes = await writePdf(receiptDocument(found));
  const fileName = `receipt-${found.number}.pdf`;
  return { fileName, contentType: 'application/pdf', sizeBytes: bytes.length, body: streamOfBytes(bytes) };
}
