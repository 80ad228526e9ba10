/**
 * The CDR object of OCPI 2.2.1 (mod_cdrs 10.3.1, mod_tariffs 11.3, types 16), with its lengths, words and cardinalities: what is
 * answered is checked against it before it goes out. Optional fields that we never fill are left out.
 */
import { z } from 'zod';
import { connectorFormats, connectorStandards, powerTypes } from '../platform/ocpi-words.ts';

/** CiString: printable ASCII. string: any text without line breaks. */
const ciString = (max: number) =>
  z
    .string()
    .regex(/^[\x20-\x7e]+$/)
    .max(max);
const string = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u);
/** RFC 3339, UTC. */
const dateTime = z.iso.datetime({ precision: 3 });
/** At most four digits after the point. */
const number = z.number().refine((value) => Number(value.toFixed(4)) === value, { error: 'has more than four digits' });
const price = z.object({ excl_vat: number, incl_vat: number.optional() });

const priceComponent = z.object({
  type: z.enum(['ENERGY', 'FLAT', 'PARKING_TIME', 'TIME']),
  price: number,
  vat: number.optional(),
  step_size: z.int().min(1),
});
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const weekday = z.enum(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']);
const restrictions = z.object({
  start_time: clock.optional(),
  end_time: clock.optional(),
  start_date: z.iso.date().optional(),
  end_date: z.iso.date().optional(),
  min_kwh: number.optional(),
  max_kwh: number.optional(),
  min_power: number.optional(),
  max_power: number.optional(),
  min_duration: z.int().optional(),
  max_duration: z.int().optional(),
  day_of_week: z.array(weekday).optional(),
  reservation: z.literal('RESERVATION').optional(),
});
const tariff = z.object({
  country_code: ciString(2),
  party_id: ciString(3),
  id: ciString(36),
  currency: string(3),
  min_price: price.optional(),
  max_price: price.optional(),
  elements: z
    .array(z.object({ price_components: z.array(priceComponent).min(1), restrictions: restrictions.optional() }))
    .min(1),
  last_updated: dateTime,
});

const dimension = z.object({ type: z.enum(['ENERGY', 'TIME', 'PARKING_TIME', 'RESERVATION_TIME']), volume: number });
const period = z.object({
  start_date_time: dateTime,
  dimensions: z.array(dimension).min(1),
  tariff_id: ciString(36).optional(),
});

const cdrToken = z.object({
  country_code: ciString(2),
  party_id: ciString(3),
  uid: ciString(36),
  type: z.enum(['AD_HOC_USER', 'APP_USER', 'OTHER', 'RFID']),
  contract_id: ciString(36),
});
const cdrLocation = z.object({
  id: ciString(36),
  name: string(255).optional(),
  address: string(45),
  city: string(45),
  postal_code: string(10).optional(),
  country: z.string().regex(/^[A-Z]{3}$/),
  coordinates: z.object({
    latitude: z.string().regex(/^-?\d{1,2}\.\d{5,7}$/),
    longitude: z.string().regex(/^-?\d{1,3}\.\d{5,7}$/),
  }),
  evse_uid: ciString(36),
  evse_id: ciString(48),
  connector_id: ciString(36),
  connector_standard: z.enum(connectorStandards),
  connector_format: z.enum(connectorFormats),
  connector_power_type: z.enum(powerTypes),
});

export const cdrSchema = z
  .object({
    country_code: ciString(2),
    party_id: ciString(3),
    id: ciString(39),
    start_date_time: dateTime,
    end_date_time: dateTime,
    session_id: ciString(36).optional(),
    cdr_token: cdrToken,
    auth_method: z.enum(['AUTH_REQUEST', 'COMMAND', 'WHITELIST']),
    cdr_location: cdrLocation,
    meter_id: string(255).optional(),
    currency: string(3),
    tariffs: z.array(tariff),
    charging_periods: z.array(period).min(1),
    total_cost: price,
    total_fixed_cost: price.optional(),
    total_energy: number,
    total_energy_cost: price.optional(),
    total_time: number,
    total_time_cost: price.optional(),
    total_parking_time: number.optional(),
    total_parking_cost: price.optional(),
    total_reservation_cost: price.optional(),
    remark: string(255).optional(),
    invoice_reference_id: ciString(39).optional(),
    credit: z.boolean().optional(),
    credit_reference_id: ciString(39).optional(),
    last_updated: dateTime,
  })
  .refine(({ credit, credit_reference_id: reference }) => (credit === true) === (reference !== undefined), {
    error: 'a credit CDR names the one that it takes back, and only a credit CDR does',
  })
  .refine(({ id, credit }) => credit === true || id.length <= 36, {
    error: 'the id of a CDR has at most 36 characters',
  })
  .meta({ id: 'Cdr', description: 'The CDR object of OCPI 2.2.1; money and quantities are numbers there' });
export type Cdr = z.output<typeof cdrSchema>;
