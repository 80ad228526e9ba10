/**
 * Charge detail records in the shape of OCPI 2.2.1 (mod_cdrs 10.3.1). A correction takes the record before back with a credit CDR
 * (10.1.1: the same with negative cost) and puts a new one in its place. What must be there and is not known is named, never made up. Pure.
 */
import type { Timeline } from '../pricing/index.ts';
import type { Bill, Correction } from './bill-store.ts';
import type { Cdr } from './cdr-schema.ts';
import { ocpiTariff, thousandths } from './cdr-tariff.ts';
import { type Billed, chainOf } from './chain.ts';
import { periodsOf } from './periods.ts';

export type Records =
  | { readonly at: 'complete'; readonly cdrs: readonly Cdr[] }
  /** Fields of the organization, the site or the charge point. */
  | { readonly at: 'incomplete'; readonly missing: readonly string[] };

/** `timeline` undefined: its course is not known any more. `bill` is of an ended session with a final cost. */
export function cdrsOf(bill: Bill, corrections: readonly Correction[], timeline: Timeline | undefined): Records {
  const missing = missingOf(bill);
  if (missing.length > 0) return { at: 'incomplete', missing };
  const chain = chainOf(bill, corrections);
  const cdrs: Cdr[] = [];
  for (const [i, billed] of chain.entries()) {
    const cdr = cdrOf(bill, billed, timeline);
    cdrs.push(cdr);
    const next = chain[i + 1];
    if (next !== undefined) cdrs.push(creditOf(cdr, next));
  }
  return { at: 'complete', cdrs };
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

function cdrOf(bill: Bill, { number, cost, since }: Billed, timeline: Timeline | undefined): Cdr {
  const { organization, startedAt, energyWh } = bill;
  const [countryCode, partyId] = [organization.countryCode ?? '', organization.partyId ?? ''];
  const endedAt = bill.endedAt !== null && bill.endedAt > startedAt ? bill.endedAt : startedAt;
  const tariffId = bill.tariffId === null ? undefined : `${bill.tariffId}:${bill.tariffVersion ?? 0}`;
  const tariff =
    bill.terms === null || tariffId === undefined
      ? undefined
      : ocpiTariff(bill.terms, { id: tariffId, countryCode, partyId, since: bill.termsAt ?? startedAt });
  const course = timeline ?? { timezone: 'UTC', startedAt, samples: [] };
  const periods = periodsOf(course, endedAt, energyWh);
  const parkedMs = periods.reduce((sum, { isCharging, ms }) => sum + (isCharging ? 0 : ms), 0);
  return {
    country_code: countryCode,
    party_id: partyId,
    id: number === 1 ? bill.sessionId : `${bill.sessionId}-${number}`,
    start_date_time: startedAt.toISOString(),
    end_date_time: endedAt.toISOString(),
    session_id: bill.sessionId,
    cdr_token: tokenOf(bill, countryCode, partyId),
    auth_method: bill.commandId === null ? 'AUTH_REQUEST' : 'COMMAND',
    cdr_location: locationOf(bill, countryCode, partyId),
    ...(isPlain(bill.meterSerial) && { meter_id: bill.meterSerial.slice(0, 255) }),
    currency: cost.currency,
    tariffs: tariff === undefined ? [] : [tariff],
    charging_periods: periods.map(({ from, isCharging, ms, energyWh: wh }) => ({
      start_date_time: from.toISOString(),
      dimensions: [
        ...(wh > 0 ? [{ type: 'ENERGY' as const, volume: thousandths(wh) }] : []),
        { type: isCharging ? ('TIME' as const) : ('PARKING_TIME' as const), volume: hours(ms) },
      ],
      ...(tariff !== undefined && { tariff_id: tariff.id }),
    })),
    total_cost: { excl_vat: amount(cost.total.exclTax), incl_vat: amount(cost.total.inclTax) },
    total_energy: thousandths(energyWh),
    total_time: hours(endedAt.getTime() - startedAt.getTime()),
    total_parking_time: hours(parkedMs),
    last_updated: since.toISOString(),
  };
}

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
