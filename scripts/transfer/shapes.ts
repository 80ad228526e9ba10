/**
 * What a row of a file means as a body of the REST API. Pure: whether it is valid is said by the schemas of the routes, which see every body.
 * SteVe: tables charge_box and ocpp_tag (its migrations B1_0_5 and V1_1_1); CitrineOS: ChargingStations, Authorizations (its models, and
 * migration 20250621120000) and Tariffs (its model, and its calculation of costs: prices are without tax, taxRate is in percent).
 */
import { Decimal } from 'decimal.js';

export const kinds = ['charge-points', 'tokens', 'tariffs'] as const;
export type Kind = (typeof kinds)[number];
export const sources = ['dynamo', 'steve', 'citrineos'] as const;
export type Source = (typeof sources)[number];

export type Shape = {
  /** For the route that creates it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** parent_id_tag of its token group, which is made if there is none. */
  readonly group?: string;
};
type Values = Readonly<Record<string, string>>;

/** Said of a row that cannot be meant. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** What MySQL and PostgreSQL write for no value. */
const isNone = (text: string | undefined): boolean =>
  text === undefined || text.trim() === '' || text === '\\N' || text === 'NULL';

/** A ' that was put before what a spreadsheet takes for a formula (scripts/export, platform/row-text.ts) is none of it. */
const unguarded = (text: string): string => (/^'[=+\-@\t\r＝＋－＠]/.test(text) ? text.slice(1) : text);

const number = (text: string): unknown => (/^-?\d+$/.test(text.trim()) ? Number(text) : text);
const truth = (text: string): unknown =>
  ({ true: true, t: true, '1': true, false: false, f: false, '0': false })[text.trim().toLowerCase()] ?? text;
const words = (text: string): unknown => text.trim().split(/[\s|]+/);
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RowError('is not valid JSON');
  }
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  security_profile: number,
  heartbeat_interval_s: number,
  max_concurrent: (text) => (text.trim() === 'unlimited' ? null : number(text)),
  strict: truth,
  driver_messages: truth,
  prices_include_tax: truth,
  allowed_site_ids: words,
  allowed_charge_point_ids: words,
  terms: json,
  texts: json,
};

/** Empty fields are left out: they change nothing. */
function plain(values: Values, without: readonly string[] = []): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (isNone(value) || without.includes(name)) continue;
    try {
      body[name] = (readers[name] ?? String)(unguarded(value));
    } catch (cause) {
      if (cause instanceof RowError) throw new RowError(`${name}: ${cause.message}`);
      throw cause;
    }
  }
  return body;
}

/** Simple tariffs without JSON: one price of each kind. */
const SIMPLE = [
  'currency',
  'prices_include_tax',
  'tax_percent',
  'energy_price',
  'time_price',
  'idle_price',
  'idle_grace_s',
  'flat_price',
];

function tariff(values: Values): Shape {
  const { terms, ...body } = plain(values, SIMPLE);
  const simple = plain(Object.fromEntries(SIMPLE.map((name) => [name, values[name] ?? ''])));
  if (terms !== undefined && Object.keys(simple).length > 0)
    throw new RowError(`terms: stands beside ${Object.keys(simple)[0]}; say either`);
  if (terms !== undefined) return { body: { ...body, terms } };
  const { currency, prices_include_tax, tax_percent } = simple;
  const components = (['energy', 'time', 'idle', 'flat'] as const).flatMap((type) => {
    const price = simple[`${type}_price`];
    const grace =
      type === 'idle' && simple['idle_grace_s'] !== undefined
        ? { grace_s: number(String(simple['idle_grace_s'])) }
        : {};
    return price === undefined ? [] : [{ type, price, ...grace }];
  });
  return {
    body: {
      ...body,
      terms: { currency, prices_include_tax, ...(tax_percent !== undefined && { tax_percent }), components },
    },
  };
}

function dynamo(kind: Kind, values: Values): Shape {
  if (kind === 'tariffs') return tariff(values);
  const group = values['group_parent_id_tag'];
  return {
    body: plain(values, ['id', 'group_parent_id_tag']),
    ...(!isNone(group) && { group: unguarded(group ?? '').trim() }),
  };
}

const text = (values: Values, ...names: readonly string[]): string | undefined => {
  const name = names.find((each) => !isNone(values[each]));
  return name === undefined ? undefined : values[name]?.trim();
};
const given = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** `2026-11-26 17:30:00.123456`, in UTC, as MySQL and PostgreSQL write it; with a zone: as it says. */
function instant(value: string | undefined): string | undefined {
  const [, day, time, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(value ?? '') ?? [];
  if (day === undefined) return value;
  const offset = zone === '' || zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  return `${day}T${time}${fraction.slice(0, 4)}${offset}`;
}

function steve(kind: Kind, values: Values): Shape {
  if (kind === 'charge-points') {
    const profile = text(values, 'security_profile');
    return {
      body: given({
        identity: text(values, 'charge_box_id'),
        name: text(values, 'description')?.replace(/\s+/g, ' '),
        vendor: text(values, 'charge_point_vendor'),
        model: text(values, 'charge_point_model'),
        serial_number: text(values, 'charge_point_serial_number', 'charge_box_serial_number'),
        registration: text(values, 'registration_status')?.toLowerCase(),
        security_profile: profile === undefined ? undefined : number(profile),
      }),
    };
  }
  const most = Number(text(values, 'max_active_transaction_count') ?? '1');
  const group = text(values, 'parent_id_tag');
  return {
    body: given({
      uid: text(values, 'id_tag'),
      type: 'rfid',
      // its view ocpp_tag_activity: none at once is blocked; fewer than none: no limit
      status: most === 0 ? 'blocked' : 'active',
      max_concurrent: most < 0 ? null : Math.max(most, 1),
      valid_until: instant(text(values, 'expiry_date')),
    }),
    ...(group !== undefined && { group }),
  };
}

const CITRINEOS_TYPES: Readonly<Record<string, string>> = {
  central: 'central',
  directpayment: 'app',
  emaid: 'emaid',
  iso14443: 'rfid',
  iso15693: 'rfid',
  keycode: 'key_code',
  local: 'local',
  macaddress: 'mac',
  other: 'rfid',
  vin: 'vin',
};

function citrineosTariff(values: Values): Shape {
  const decimal = (name: string): Decimal | undefined => {
    const written = text(values, name);
    if (written === undefined) return undefined;
    if (!/^\d+(\.\d+)?$/.test(written)) throw new RowError(`${name}: must be a number such as 0.49, and is ${written}`);
    return new Decimal(written);
  };
  if (decimal('paymentFee')?.isZero() === false)
    throw new RowError('paymentFee: has no counterpart (it is a percentage for a provider of payments); write 0 here');
  const [id, station] = [text(values, 'id'), text(values, 'stationId')];
  const prices = {
    energy: decimal('pricePerKwh'),
    time: decimal('pricePerMin')?.times(60),
    flat: decimal('pricePerSession'),
  };
  const components = Object.entries(prices).flatMap(([type, price]) =>
    price === undefined || (price.isZero() && type !== 'energy') ? [] : [{ type, price: price.toFixed() }],
  );
  return {
    body: given({
      name: id === undefined ? undefined : `CitrineOS ${id}`,
      description: station === undefined ? undefined : `Of ${station}`,
      terms: given({
        currency: text(values, 'currency'),
        prices_include_tax: false,
        tax_percent: decimal('taxRate')?.toFixed(),
        components,
      }),
    }),
  };
}

function citrineos(kind: Kind, values: Values): Shape {
  if (kind === 'tariffs') return citrineosTariff(values);
  if (kind === 'charge-points')
    return {
      body: given({
        identity: text(values, 'id'),
        vendor: text(values, 'chargePointVendor'),
        model: text(values, 'chargePointModel'),
        serial_number: text(values, 'chargePointSerialNumber', 'chargeBoxSerialNumber'),
      }),
    };
  const type = text(values, 'idTokenType') ?? 'ISO14443';
  const known = CITRINEOS_TYPES[type.toLowerCase()];
  if (known === undefined) throw new RowError(`idTokenType: ${type} has no counterpart`);
  const group = text(values, 'groupAuthorizationId');
  return {
    body: given({
      uid: text(values, 'idToken'),
      type: known,
      status: (text(values, 'status') ?? 'Accepted') === 'Accepted' ? 'active' : 'blocked',
      max_concurrent: truth(text(values, 'concurrentTransaction') ?? 'false') === true ? null : 1,
      valid_until: instant(text(values, 'cacheExpiryDateTime')),
      language: text(values, 'language1'),
    }),
    ...(group !== undefined && { group: `citrineos-${group}` }),
  };
}

/** Throws RowError. */
export function shapeOf(source: Source, kind: Kind, values: Values): Shape {
  if (source === 'dynamo') return dynamo(kind, values);
  return source === 'steve' ? steve(kind, values) : citrineos(kind, values);
}

/** Columns without which a file is none of that kind. */
export const NEEDED: Readonly<Record<Source, Readonly<Partial<Record<Kind, readonly string[]>>>>> = {
  dynamo: { 'charge-points': ['identity'], tokens: ['uid'], tariffs: ['name'] },
  steve: { 'charge-points': ['charge_box_id'], tokens: ['id_tag'] },
  citrineos: {
    'charge-points': ['id', 'chargePointVendor'],
    tokens: ['idToken', 'status'],
    tariffs: ['id', 'currency', 'pricePerKwh'],
  },
};
