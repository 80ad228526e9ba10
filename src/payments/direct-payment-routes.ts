/** REST: a payment that was authorized elsewhere, at a terminal of its own or in the web, starts a session (2.1 C24, C25, F07). */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { chargePointById } from '../charge-points/index.ts';
import { asking, commandSchema, type IssueCommand, presentCommand, queueFor } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { ULID_DIGITS } from '../platform/derived-id.ts';
import { AppError, isRefusal } from '../platform/errors.ts';
import { currencyField } from '../platform/fields.ts';
import { nextRequestId } from '../platform/ids.ts';
import { tokenKey } from '../platform/token-key.ts';
import {
  type DirectPayment,
  type DirectPaymentView,
  forgetPayment,
  insertPayment,
  listPayments,
} from './direct-payment-store.ts';

const tag = 'Payments';
const statuses = ['waiting', 'charging', 'ended', 'expired'] as const;
/** OCPP 1.6 takes twenty characters. */
const SHORT = 17;

const fields = {
  id: z.string(),
  charge_point_id: z.string(),
  evse_id: z.int(),
  psp_ref: z.string(),
  token: z.string().describe('By which the charger knows it: the reference itself in 2.1'),
  max_cost: z.string(),
  currency: z.string().nullable(),
  card_last4: z.string().nullable(),
  via: z.enum(['terminal', 'web']),
  status: z.enum(statuses).describe('expired: no session began in time'),
  session_id: z.string().nullable(),
  valid_until: instantOut,
  created_by: z.string(),
  created_at: instantOut,
};
const shown = z.object(fields).meta({ id: 'Payment' });
const begun = z.object({ ...fields, command: commandSchema }).meta({ id: 'BegunPayment' });

const statusOf = (
  { sessionId, sessionEndedAt, validUntil }: DirectPaymentView,
  now: Date,
): (typeof statuses)[number] => {
  if (sessionId !== null) return sessionEndedAt === null ? 'charging' : 'ended';
  return validUntil > now ? 'waiting' : 'expired';
};
const present = (row: DirectPaymentView, now: Date): z.input<typeof shown> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  evse_id: row.evseId,
  psp_ref: row.pspRef,
  token: row.tokenUid,
  max_cost: row.maxCost,
  currency: row.currency,
  card_last4: row.cardLast4,
  via: row.via as z.input<typeof shown>['via'], // only this file writes it
  status: statusOf(row, now),
  session_id: row.sessionId,
  valid_until: row.validUntil,
  created_by: row.createdBy,
  created_at: row.createdAt,
});

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly issue: IssueCommand;
  readonly clock: Clock;
  readonly newId: (prefix: 'pay' | 'cmd' | 'slm', chargePointId?: string) => string;
};

export function directPaymentRoutes({ db, issue, clock, newId }: Needs): AnyRoute[] {
  const drawn = (): string => `PAY${Array.from({ length: SHORT }, () => ULID_DIGITS[randomInt(32)]).join('')}`;

  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/payments',
      operationId: 'startPaidCharging',
      summary: 'Start a session for which somebody has authorized a payment elsewhere',
      description:
        'After the payment provider has held an amount on a card (at a terminal of its own, or on the page that a QR code leads to). The ' +
        'session may cost that much at most (`limit` of the session says who keeps to it); session.ended brings its cost, to be settled with the provider. One session ' +
        'begins with it, within `starts_within_s`. Its tariff is that of the charge point.',
      tag,
      access: asking.access,
      status: 202,
      errors: { ...asking.errors, 409: 'The charge point is offline, or there is a payment of that reference already' },
      params: asking.params,
      query: z.strictObject(asking.query),
      body: z.strictObject({
        psp_ref: z
          .string()
          .trim()
          .min(8)
          .max(255)
          .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII characters without blanks' })
          .describe("The payment provider's own reference: one payment each")
          .meta({ examples: ['psp_3QpX9k2eZvKYlo2C'] }),
        evse_id: z.int().min(1).max(1000),
        max_cost: z
          .string()
          .regex(/^\d{1,9}(\.\d{1,6})?$/, { error: 'must be a decimal text, such as "20.00"' })
          .describe('What was held, tax included, in the currency of the tariff')
          .meta({ examples: ['20.00'] }),
        currency: currencyField.optional().describe('Written down only'),
        max_energy_wh: z.int().min(1).max(999_999_999).optional(),
        max_time_s: z.int().min(1).max(31_536_000).optional(),
        card_last4: z
          .string()
          .regex(/^\d{4}$/, { error: 'must be four digits' })
          .optional()
          .describe('Shown by stations of 2.1'),
        via: z.enum(['terminal', 'web']).default('web'),
        starts_within_s: z.int().min(30).max(86_400).default(900),
        timeout_s: asking.timeoutS,
      }),
      response: begun,
      async handle({ params: { id: chargePointId }, query, body, principal, res }) {
        const { organizationId, id: createdBy } = principal;
        const target = await chargePointById(db, organizationId, chargePointId);
        if (target === undefined) throw new AppError('not_found', asking.errors[404]);
        const is21 = target.protocol === 'ocpp2.1';
        const now = clock.now();
        const { psp_ref: pspRef, evse_id: evseId, max_cost: maxCost, card_last4: cardLast4 } = body;
        const wanted: DirectPayment = {
          ...{ id: newId('pay'), chargePointId, evseId, pspRef, commandId: newId('cmd', chargePointId), maxCost },
          // 1.6 and 2.0.1 have no room for a reference, or no word for what it is.
          ...{ tokenUid: is21 ? pspRef : drawn(), currency: body.currency ?? null, cardLast4: cardLast4 ?? null },
          ...{
            via: body.via,
            validUntil: new Date(now.getTime() + body.starts_within_s * 1000),
            createdBy,
            createdAt: now,
          },
        };
        const payment = await insertPayment(db, organizationId, tokenKey(wanted.tokenUid), wanted);
        if (payment === undefined)
          throw new AppError('conflict', `There is a payment with the reference ${pspRef} already`);
        const limit = {
          maxCost,
          ...(body.max_energy_wh !== undefined && { maxEnergyWh: body.max_energy_wh }),
          ...(body.max_time_s !== undefined && { maxTimeS: body.max_time_s }),
        };
        const gone = new AbortController();
        res.once('close', () => gone.abort());
        const { tokenUid, commandId } = payment;
        const tokenType = is21 ? 'direct_payment' : 'central';
        const start = {
          do: 'start',
          tokenUid,
          tokenType,
          connectorId: evseId,
          remoteStartId: nextRequestId(),
        } as const;
        try {
          const command = await issue({
            ...{ organizationId, chargePointId, commandId, requestedBy: createdBy, timeoutS: body.timeout_s },
            traceId: traceIdOf(res),
            ...{ wait: query.wait, queueForS: queueFor(query), signal: gone.signal },
            command: { ...start, ...(cardLast4 !== undefined && { cardLast4 }) },
            alongside: () => ({
              ...{ room: 'session_limits', type: 'wanted', chargePointId, receivedAt: now, limitId: newId('slm') },
              ...{ commandId, limit, source: 'payment', setBy: createdBy },
            }),
          });
          const view = { ...payment, sessionId: command.sessionId, sessionEndedAt: null };
          return { ...present(view, now), command: presentCommand(command) };
        } catch (cause) {
          // While the database is away nobody knows whether it was asked for: then the payment must be known.
          if (isRefusal(cause)) await forgetPayment(db, organizationId, payment.id);
          throw cause;
        }
      },
    }),
    route({
      method: 'get',
      path: '/payments',
      operationId: 'listPayments',
      summary: 'List the payments that were to start sessions, newest first',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject({
        charge_point_id: idParam('cp').optional(),
        psp_ref: z.string().min(1).max(255).optional(),
        ...pageQuery,
      }),
      response: pageOf(shown),
      async handle({ principal: { organizationId }, query }) {
        const page = readPage(query, idKey);
        const { psp_ref: pspRef, charge_point_id: chargePointId } = query;
        const rows = await listPayments(db, organizationId, { pspRef, chargePointId }, page);
        const now = clock.now();
        return pageFrom(
          rows,
          page.limit,
          ({ id }) => id,
          (row) => present(row, now),
        );
      },
    }),
  ];
}
