/**
 * Charge detail records in the shape of OCPI 2.2.1 (mod_cdrs 10.3.1). A correction takes the record before back with a credit CDR
 * (10.1.1: the same with negative cost) and puts a new one in its place. What must be there and is not known is named, never made up. Pure.
 */
import { type Cost, planOf, type Terms, type Timeline } from '../pricing/index.ts';
import { termsOf } from '../tariffs/index.ts';
import type { Bill, Correction } from './bill-store.ts';
import { partsOf } from './cdr-parts.ts';
import type { Cdr } from './cdr-schema.ts';
import { ocpiTariff, thousandths } from './cdr-tariff.ts';
import { type Billed, chainOf } from './chain.ts';
import { periodsOf } from './periods.ts';
import { endOf, receiptNumber } from './receipt.ts';

export type Records =
  | {
      readonly at: 'complete';
      readonly cdrs: readonly Cdr[];
      /** What has not been given out before: to be kept. */
      readonly fresh: { readonly billed: number; readonly cdr: Cdr } | undefined;
    }
  /** Fields of the organization, the site or the charge point. */
  | { readonly at: 'incomplete'; readonly missing: readonly string[] };

export type Known = {
  /** undefined: its course is not known any more. */
  readonly timeline: Timeline | undefined;
  /** Numbers of receipts, by which cost they are about. */
  readonly receipts: ReadonlyMap<number, number> | undefined;
  /** What was given out before, by which cost it is about. */
  readonly given: ReadonlyMap<number, Cdr> | undefined;
};

/**
 * `bill` is of an ended session with a final cost. A record that was given out stays what it was; one that nobody has asked for before
 * it was corrected was never there.
 */
export function cdrsOf(bill: Bill, corrections: readonly Correction[], known: Known): Records {
  const chain = chainOf(bill, corrections);
  const current = chain.at(-1);
  if (current === undefined) throw new Error('a bill has a cost');
  let fresh: { readonly billed: number; readonly cdr: Cdr } | undefined;
  if (known.given?.get(current.number) === undefined) {
    const missing = missingOf(bill);
    if (missing.length > 0) return { at: 'incomplete', missing };
    fresh = { billed: current.number, cdr: cdrOf(bill, current, known) };
  }
  const told = chain.flatMap((billed) => {
    const cdr = billed === current && fresh !== undefined ? fresh.cdr : known.given?.get(billed.number);
    return cdr === undefined ? [] : [{ billed, cdr }];
  });
  const cdrs = told.flatMap(({ cdr }, i) => {
    const next = told[i + 1];
    return next === undefined ? [cdr] : [cdr, creditOf(cdr, next.billed)];
  });
  return { at: 'complete', cdrs, fresh };
}

const needed = {
  'organization.country_code': ({ organization }: Bill) => organization.countryCode,
  'organization.party_id': ({ organization }: Bill) => organization.partyId,
  'charge_point.site_id': ({ site }: Bill) => site,
  'site.address': ({ site }: Bill) => site?.address,
  'site.city': ({ site }: Bill) => site?.city,
  'site.country': ({ site }: Bill) => site?.country,
  'site.coordinates': ({ site }: Bill) => site?.latitude,
  'charge_point.connector_standard': (bill: Bill) => bill.connectorStandard,
  'charge_point.connector_format': (bill: Bill) => bill.connectorFormat,
  'charge_point.power_type': (bill: Bill) => bill.powerType,
};
const missingOf = (bill: Bill): string[] =>
  Object.entries(needed).flatMap(([name, of]) => (of(bill) === null || of(bill) === undefined ? [name] : []));

const hours = (ms: number): number => Number((ms / 3_600_000).toFixed(4));
const amount = (decimal: string): number => Number(decimal);

function cdrOf(bill: Bill, { number, cost, since }: Billed, { timeline, receipts }: Known): Cdr {
  const { organization, startedAt, energyWh } = bill;
  const [countryCode, partyId] = [organization.countryCode ?? '', organization.partyId ?? ''];
  const endedAt = endOf(bill);
  const tariffId = bill.tariffId === null ? undefined : `${bill.tariffId}:${bill.tariffVersion ?? 0}`;
  const tariff =
    bill.terms === null || tariffId === undefined
      ? undefined
      : ocpiTariff(bill.terms, { id: tariffId, countryCode, partyId, since: bill.termsAt ?? startedAt });
  const course = timeline ?? { timezone: bill.timezone ?? 'UTC', startedAt, samples: [] };
  const plan = planOf(bill.terms === null ? unpriced(cost.currency) : termsOf(bill.terms), course.timezone);
  const periods = periodsOf(course, plan, endedAt, energyWh);
  const parkedMs = periods.reduce((sum, { isCharging, ms }) => sum + (isCharging ? 0 : ms), 0);
  const receipt = receipts?.get(number);
  return {
    country_code: countryCode,
    party_id: partyId,
    id: number === 1 ? bill.sessionId : `${bill.sessionId}-${number}`,
    start_date_time: (course.reservation?.from ?? startedAt).toISOString(),
    end_date_time: endedAt.toISOString(),
    session_id: bill.sessionId,
    cdr_token: tokenOf(bill, countryCode, partyId),
    auth_method: bill.commandId === null ? 'AUTH_REQUEST' : 'COMMAND',
    cdr_location: locationOf(bill, countryCode, partyId),
    ...(isPlain(bill.meterSerial) && { meter_id: bill.meterSerial.slice(0, 255) }),
    currency: cost.currency,
    tariffs: tariff === undefined ? [] : [tariff],
    charging_periods: [
      ...reservedPeriod(course, cost, tariff?.id),
      ...periods.map(({ from, isCharging, ms, energyWh: wh, isPriced }) => ({
        start_date_time: from.toISOString(),
        dimensions: [
          ...(wh > 0 ? [{ type: 'ENERGY' as const, volume: thousandths(wh) }] : []),
          { type: isCharging ? ('TIME' as const) : ('PARKING_TIME' as const), volume: hours(ms) },
        ],
        ...(tariff !== undefined && isPriced && { tariff_id: tariff.id }),
      })),
    ],
    total_cost: { excl_vat: amount(cost.total.exclTax), incl_vat: amount(cost.total.inclTax) },
    ...partsOf(cost),
    total_energy: thousandths(energyWh),
    total_time: hours(endedAt.getTime() - startedAt.getTime()),
    total_parking_time: hours(parkedMs),
    ...(receipt !== undefined && { invoice_reference_id: receiptNumber(receipt) }),
    last_updated: since.toISOString(),
  };
}

/** The time for which the place was kept before the session began is a period of its own; the record begins with it. */
function reservedPeriod({ reservation }: Timeline, { lines }: Cost, tariffId: string | undefined) {
  if (reservation === undefined) return [];
  const { from, until } = reservation;
  const isPriced = tariffId !== undefined && lines.some(({ type }) => type === 'reservation');
  return [
    {
      start_date_time: from.toISOString(),
      dimensions: [{ type: 'RESERVATION_TIME' as const, volume: hours(until.getTime() - from.getTime()) }],
      ...(isPriced && { tariff_id: tariffId }),
    },
  ];
}

/** Its periods are cut by what happened alone. */
const unpriced = (currency: string): Terms => ({ currency, pricesIncludeTax: true, taxPercent: '0', components: [] });

const negative = (value: number): number => (value === 0 ? 0 : -value);

const creditOf = (cdr: Cdr, { since, reason }: Billed): Cdr => ({
  ...cdr,
  id: `${cdr.id}-C`,
  total_cost: {
    excl_vat: negative(cdr.total_cost.excl_vat),
    incl_vat: negative(cdr.total_cost.incl_vat ?? cdr.total_cost.excl_vat),
  },
  ...(isPlain(reason) && { remark: reason.slice(0, 255) }),
  credit: true,
  credit_reference_id: cdr.id,
  last_updated: since.toISOString(),
});

const TOKEN_TYPES: Readonly<Record<string, Cdr['cdr_token']['type']>> = { rfid: 'RFID', app: 'APP_USER' };
const isAscii = (text: string, most: number): boolean => text.length <= most && /^[\x20-\x7e]+$/.test(text);
const isPlain = (text: string | null | undefined): text is string =>
  text !== null && text !== undefined && text !== '' && !/\p{Cc}/u.test(text);

/** Whoever charged without a token is named by the session. A uid that OCPI cannot say is named by the token's id. */
function tokenOf(
  { tokenUid, tokenId, tokenType, sessionId }: Bill,
  countryCode: string,
  partyId: string,
): Cdr['cdr_token'] {
  const owner = { country_code: countryCode, party_id: partyId };
  if (tokenUid === null) return { ...owner, uid: sessionId, type: 'AD_HOC_USER', contract_id: sessionId };
  const uid = isAscii(tokenUid, 36) ? tokenUid : (tokenId ?? sessionId);
  const contract = tokenType === 'emaid' ? uid : (tokenId ?? uid);
  return { ...owner, uid, type: TOKEN_TYPES[tokenType ?? ''] ?? 'OTHER', contract_id: contract };
}

function locationOf(bill: Bill, countryCode: string, partyId: string): Cdr['cdr_location'] {
  const { site } = bill;
  if (site === null) throw new Error('missingOf() looks for it');
  return {
    id: site.id,
    name: site.name,
    address: site.address ?? '',
    city: site.city ?? '',
    ...(site.postalCode !== null && { postal_code: site.postalCode }),
    country: site.country ?? '',
    coordinates: { latitude: site.latitude ?? '', longitude: site.longitude ?? '' },
    evse_uid: `${bill.chargePointId}-${bill.evseId}`.slice(0, 36),
    evse_id: `${countryCode}*${partyId}*E${bill.chargePointNumber}*${bill.evseId}`,
    connector_id: String(bill.connectorId),
    // as: missingOf() looks for them, and REST takes no other words
    connector_standard: bill.connectorStandard as Cdr['cdr_location']['connector_standard'],
    connector_format: bill.connectorFormat as Cdr['cdr_location']['connector_format'],
    connector_power_type: bill.powerType as Cdr['cdr_location']['connector_power_type'],
  };
}
