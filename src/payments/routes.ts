/** REST: what payment terminals of charging stations tell, and what stations are told of payments in the web (2.1). */
import { z } from 'zod';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { listSettlements, type SettlementView } from './store.ts';
import { settlementStatuses } from './types.ts';

const tag = 'Payments';

const settlement = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    session_id: z.string().nullable(),
    ocpp_transaction_id: z.string().nullable(),
    psp_ref: z.string().describe("The payment provider's own reference: one settlement each"),
    status: z.enum(settlementStatuses),
    info: z.string().nullable(),
    amount: z.string().describe('A decimal, in the currency that the terminal settles in; the message names none'),
    settled_at: instantOut,
    receipt_id: z.string().nullable(),
    receipt_by: z.enum(['station', 'csms']).nullable().describe('csms: the number was given here'),
    receipt_url: z.string().nullable(),
    vat_number: z.string().nullable(),
    company: z
      .object({
        name: z.string(),
        address1: z.string(),
        address2: z.string().nullable(),
        city: z.string(),
        postal_code: z.string().nullable(),
        country: z.string(),
      })
      .nullable(),
    earlier: z.array(z.object({ status: z.enum(settlementStatuses), amount: z.string(), at: z.string() })),
    received_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'Settlement' });

const present = (row: SettlementView): z.input<typeof settlement> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  session_id: row.sessionId,
  ocpp_transaction_id: row.ocppTransactionId,
  psp_ref: row.pspRef,
  status: row.status,
  info: row.info,
  amount: row.amount,
  settled_at: row.settledAt,
  receipt_id: row.receiptId,
  receipt_by: row.receiptId === null ? null : row.receiptByCsms ? 'csms' : 'station',
  receipt_url: row.receiptUrl,
  vat_number: row.vatNumber,
  company:
    row.company === null
      ? null
      : {
          name: row.company.name,
          address1: row.company.address1,
          address2: row.company.address2 ?? null,
          city: row.company.city,
          postal_code: row.company.postalCode ?? null,
          country: row.company.country,
        },
  earlier: [...row.earlier],
  received_at: row.receivedAt,
  updated_at: row.updatedAt,
});

type Needs = { readonly db: Pick<Database, 'rows'>; readonly issue: IssueCommand };

export function paymentRoutes({ db, issue }: Needs): AnyRoute[] {
  const send = createSend(issue);
  return [
    route({
      method: 'get',
      path: '/settlements',
      operationId: 'listSettlements',
      summary: 'List the settlements that payment terminals have told of, newest first',
      description:
        'OCPP 2.1 NotifySettlement. A settlement that is told again is one; a failed one that was tried again has its story in `earlier`.',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject({
        charge_point_id: idParam('cp').optional(),
        session_id: idField('ses').optional(),
        status: listParam(settlementStatuses).optional(),
        psp_ref: z.string().min(1).max(255).optional(),
        ...pageQuery,
      }),
      response: pageOf(settlement),
      async handle({ principal: { organizationId }, query }) {
        const page = readPage(query, idKey);
        const { charge_point_id: chargePointId, session_id: sessionId, status: statuses, psp_ref: pspRef } = query;
        const rows = await listSettlements(db, organizationId, { chargePointId, statuses, pspRef, sessionId }, page);
        return pageFrom(rows, page.limit, ({ id }) => id, present);
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/web-payment-started',
      operationId: 'notifyWebPaymentStarted',
      summary: 'Tell a charging station that somebody is paying for one of its EVSEs in the web',
      description:
        'OCPP 2.1: after the QR code was scanned. The station shows it, and keeps the EVSE free for so long.',
      tag,
      access: asking.access,
      status: 202,
      errors: asking.errors,
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject(asking.query),
      body: z.strictObject({
        evse_id: z.int().min(1).max(1000),
        pays_within_s: z
          .int()
          .min(1)
          .max(86_400)
          .default(180)
          .describe('After so long without a start nobody pays any more'),
        timeout_s: asking.timeoutS,
      }),
      response: commandSchema,
      handle: (asked) =>
        send(asked, { do: 'web_payment_started', evseId: asked.body.evse_id, withinS: asked.body.pays_within_s }),
    }),
  ];
}
