/** The receipt of a session: what is said to who pays. Pure. */
import { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import { instantOut } from '../platform/fields.ts';
import { billedUntil } from '../sessions/index.ts';
import { presentCost, shownCost } from '../tariffs/index.ts';
import type { Bill, Correction } from './bill-store.ts';
import { type Billed, chainOf } from './chain.ts';

const text = z.string().nullable();
export const receipt = z
  .object({
    id: z.string(),
    number: z.string().meta({ description: 'Without a hole in each organization', examples: ['R-001042'] }),
    session_id: z.string(),
    issued_at: instantOut.meta({ description: 'When it was first asked for' }),
    issuer: z.object({ name: z.string(), address: text, vat_id: text }),
    place: z.object({ name: text, address: text, postal_code: text, city: text, country: text }),
    charge_point: z.object({ identity: z.string(), evse_id: z.int(), connector_id: z.int() }),
    token: text,
    timezone: z.string().meta({ description: 'Of the site' }),
    started_at: instantOut,
    ended_at: instantOut.meta({
      description:
        'Of what is billed: the stop, or when the vehicle left where standing there went on to cost after it',
    }),
    duration_s: z.int(),
    meter_start_wh: z.int(),
    meter_stop_wh: z.int().nullable(),
    energy_wh: z.int(),
    free_of_charge: z.boolean(),
    tariff: z.object({ id: z.string(), version: z.int(), name: text }).nullable(),
    cost: shownCost,
    corrects: z
      .object({ number: z.string(), incl_tax: z.string(), currency: z.string(), reason: z.string() })
      .nullable()
      .meta({ description: 'The receipt that this one takes the place of, after a correction' }),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.input<typeof receipt>;

/** What can be billed of a session now. Throws conflict where nothing can, and says why. */
export function billedNow(bill: Bill, corrections: readonly Correction[]): Billed {
  const { endedAt, cost } = bill;
  if (bill.isTest) throw new AppError('conflict', 'The session is the test of a commissioning run: it is never billed');
  if (endedAt === null) throw new AppError('conflict', 'The session has not ended: its cost is not final');
  if (bill.currency === null) throw new AppError('conflict', 'The session has no price: no tariff holds for it');
  if (bill.reviewStatus === 'open')
    throw new AppError('conflict', 'The session is under review: decide it first (POST /sessions/{id}/review)');
  if (!bill.isFinal || bill.isInDoubt || cost === null)
    throw new AppError('conflict', 'The cost of the session is not final yet; try again');
  const current = chainOf(bill, corrections).at(-1);
  if (current === undefined) throw new Error('a bill has a cost: looked at above');
  return current;
}

/** Of what is billed. */
export function endOf({ startedAt, endedAt, unpluggedAt, isIdleAfterStop, terms }: Bill): Date {
  const hasIdle = terms?.components.some(({ type }) => type === 'idle') === true;
  const until = billedUntil(endedAt ?? startedAt, { unpluggedAt, isIdleAfterStop, hasIdle });
  return until > startedAt ? until : startedAt;
}

type Issue = {
  readonly id: string;
  readonly number: number;
  readonly issuedAt: Date;
  /** The one that was issued before for the same session. */
  readonly previous: Receipt | undefined;
};

export const receiptNumber = (number: number): string => `R-${String(number).padStart(6, '0')}`;

export function receiptOf(bill: Bill, { cost, reason }: Billed, { id, number, issuedAt, previous }: Issue): Receipt {
  const { organization, site } = bill;
  const endedAt = endOf(bill);
  return {
    id,
    number: receiptNumber(number),
    session_id: bill.sessionId,
    issued_at: issuedAt,
    issuer: {
      name: organization.legalName ?? organization.name,
      address: organization.address,
      vat_id: organization.vatId,
    },
    place: {
      name: site?.name ?? null,
      address: site?.address ?? null,
      postal_code: site?.postalCode ?? null,
      city: site?.city ?? null,
      country: site?.country ?? null,
    },
    charge_point: { identity: bill.identity, evse_id: bill.evseId, connector_id: bill.connectorId },
    token: bill.tokenUid,
    timezone: bill.timezone ?? 'UTC',
    started_at: bill.startedAt,
    ended_at: endedAt,
    duration_s: Math.round((endedAt.getTime() - bill.startedAt.getTime()) / 1000),
    meter_start_wh: bill.meterStartWh,
    meter_stop_wh: bill.meterStopWh,
    energy_wh: bill.energyWh,
    free_of_charge: bill.freeOfCharge,
    tariff:
      bill.tariffId === null || bill.tariffVersion === null
        ? null
        : { id: bill.tariffId, version: bill.tariffVersion, name: bill.tariffName },
    cost: presentCost(cost),
    corrects:
      previous === undefined
        ? null
        : {
            number: previous.number,
            incl_tax: previous.cost.total.incl_tax,
            currency: previous.cost.currency,
            reason: reason ?? '',
          },
  };
}
