/**
 * The CDR object of OCPI 2.2.1 as a JSON Schema of its own, written down from the tables of mod_cdrs 10.3.1 and 10.4, mod_tariffs 11.4
 * and types 16: which fields there are, how long, of which words, and which must be there. Beside it what a schema cannot say.
 */
import { expect } from '@jest/globals';
import { Ajv, type JSONSchemaType } from 'ajv';

type Schema = Readonly<Record<string, unknown>>;
const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const ascii = (maxLength: number): Schema => ({ ...text(maxLength), pattern: '^[\\x20-\\x7e]*$' });
const number: Schema = { type: 'number', multipleOf: 0.0001 };
const dateTime: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$' };
const words = (...all: string[]): Schema => ({ enum: all });
/** Fields with a `?` behind their name need not be there. */
function object(fields: Readonly<Record<string, Schema>>): Schema {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name.replace('?', ''), schema]),
  );
  const required = Object.keys(fields).filter((name) => !name.endsWith('?'));
  return { type: 'object', properties, required, additionalProperties: false };
}
const many = (items: Schema, minItems: number): Schema => ({ type: 'array', items, minItems });

const price = object({ excl_vat: number, 'incl_vat?': number });
const restrictions = object({
  ...{ 'start_time?': text(5), 'end_time?': text(5), 'start_date?': text(10), 'end_date?': text(10) },
  ...{ 'min_kwh?': number, 'max_kwh?': number, 'min_current?': number, 'max_current?': number },
  ...{ 'min_power?': number, 'max_power?': number },
  ...{ 'min_duration?': { type: 'integer' }, 'max_duration?': { type: 'integer' } },
  'day_of_week?': many(words('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'), 0),
  'reservation?': words('RESERVATION', 'RESERVATION_EXPIRES'),
});
const component = object({
  type: words('ENERGY', 'FLAT', 'PARKING_TIME', 'TIME'),
  price: number,
  'vat?': number,
  step_size: { type: 'integer' },
});
const tariff = object({
  ...{ country_code: ascii(2), party_id: ascii(3), id: ascii(36), currency: { ...text(3), minLength: 3 } },
  'type?': words('AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN', 'REGULAR'),
  ...{ 'min_price?': price, 'max_price?': price },
  elements: many(object({ price_components: many(component, 1), 'restrictions?': restrictions }), 1),
  ...{ 'start_date_time?': dateTime, 'end_date_time?': dateTime, last_updated: dateTime },
});
const dimension = object({
  type: words(
    ...['CURRENT', 'ENERGY', 'ENERGY_EXPORT', 'ENERGY_IMPORT', 'MAX_CURRENT', 'MIN_CURRENT', 'MAX_POWER', 'MIN_POWER'],
    ...['PARKING_TIME', 'POWER', 'RESERVATION_TIME', 'STATE_OF_CHARGE', 'TIME'],
  ),
  volume: number,
});
const schema = object({
  ...{ country_code: ascii(2), party_id: ascii(3), id: ascii(39), start_date_time: dateTime, end_date_time: dateTime },
  'session_id?': ascii(36),
  cdr_token: object({
    ...{ country_code: ascii(2), party_id: ascii(3), uid: ascii(36) },
    ...{ type: words('AD_HOC_USER', 'APP_USER', 'OTHER', 'RFID'), contract_id: ascii(36) },
  }),
  auth_method: words('AUTH_REQUEST', 'COMMAND', 'WHITELIST'),
  'authorization_reference?': ascii(36),
  cdr_location: object({
    ...{ id: ascii(36), 'name?': text(255), address: text(45), city: text(45), 'postal_code?': text(10) },
    'state?': text(20),
    country: { ...text(3), pattern: '^[A-Z]{3}$' },
    coordinates: object({
      latitude: { type: 'string', pattern: '^-?[0-9]{1,2}\\.[0-9]{5,7}$' },
      longitude: { type: 'string', pattern: '^-?[0-9]{1,3}\\.[0-9]{5,7}$' },
    }),
    ...{ evse_uid: ascii(36), evse_id: ascii(48), connector_id: ascii(36) },
    ...{ connector_standard: text(40), connector_format: words('SOCKET', 'CABLE') },
    connector_power_type: words('AC_1_PHASE', 'AC_2_PHASE', 'AC_2_PHASE_SPLIT', 'AC_3_PHASE', 'DC'),
  }),
  'meter_id?': text(255),
  currency: { ...text(3), minLength: 3 },
  'tariffs?': many(tariff, 0),
  charging_periods: many(
    object({ start_date_time: dateTime, dimensions: many(dimension, 1), 'tariff_id?': ascii(36) }),
    1,
  ),
  'signed_data?': { type: 'object' },
  ...{ total_cost: price, 'total_fixed_cost?': price, total_energy: number, 'total_energy_cost?': price },
  ...{ total_time: number, 'total_time_cost?': price, 'total_parking_time?': number, 'total_parking_cost?': price },
  ...{ 'total_reservation_cost?': price, 'remark?': text(255), 'invoice_reference_id?': ascii(39) },
  ...{ 'credit?': { type: 'boolean' }, 'credit_reference_id?': ascii(39) },
  'home_charging_compensation?': { type: 'boolean' },
  last_updated: dateTime,
});
const validate = new Ajv({ strict: false, allErrors: true, multipleOfPrecision: 9 }).compile(
  schema as unknown as JSONSchemaType<unknown>,
);

export type OcpiCdr = {
  readonly id: string;
  readonly start_date_time: string;
  readonly end_date_time: string;
  readonly tariffs: readonly { readonly id: string }[];
  readonly charging_periods: readonly {
    readonly start_date_time: string;
    readonly dimensions: readonly { readonly type: string; readonly volume: number }[];
    readonly tariff_id?: string;
  }[];
  readonly total_energy: number;
  readonly total_time: number;
  readonly total_parking_time: number;
  readonly credit?: boolean;
  readonly credit_reference_id?: string;
};

export const volumeOf = ({ charging_periods: periods }: OcpiCdr, type: string): number =>
  periods.reduce(
    (sum, { dimensions }) => sum + dimensions.reduce((all, each) => all + (each.type === type ? each.volume : 0), 0),
    0,
  );

export function expectOcpi(cdr: OcpiCdr): void {
  validate(cdr);
  expect(validate.errors ?? []).toEqual([]);
  const starts = cdr.charging_periods.map(({ start_date_time: at }) => Date.parse(at));
  expect(starts[0]).toBe(Date.parse(cdr.start_date_time));
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(starts.at(-1)).toBeLessThanOrEqual(Date.parse(cdr.end_date_time));
  const known = cdr.tariffs.map(({ id }) => id);
  for (const { tariff_id: id } of cdr.charging_periods) if (id !== undefined) expect(known).toContain(id);
  // Each volume has four digits.
  const digits = 3 - Math.ceil(Math.log10(cdr.charging_periods.length + 1));
  expect(volumeOf(cdr, 'ENERGY')).toBeCloseTo(cdr.total_energy, 6);
  expect(volumeOf(cdr, 'PARKING_TIME')).toBeCloseTo(cdr.total_parking_time, digits);
  expect(volumeOf(cdr, 'TIME') + volumeOf(cdr, 'PARKING_TIME')).toBeCloseTo(cdr.total_time, digits);
  expect(cdr.credit === true).toBe(cdr.credit_reference_id !== undefined);
}
