import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StationTariff } from '../../src/commands/index.ts';
import { createCallValidator } from '../../src/ocpp/index.ts';
import { friendly, whyNot } from '../../src/ocpp/v2/index.ts';
import { price } from '../../src/pricing/index.ts';
import { versionOf } from './support.ts';

type Terms = StationTariff['terms'];
const validate = createCallValidator([versionOf('ocpp2.1')]);
const terms = (more: Partial<Terms>): Terms => ({
  currency: 'EUR',
  pricesIncludeTax: true,
  taxPercent: '19',
  components: [],
  ...more,
});
const said = (of: Terms) =>
  friendly({ do: 'set_default_tariff', evseId: 0, tariff: { tariffId: 'tar_1:1', terms: of } })?.payload['tariff'];

test('prices go out without tax, per kWh and per minute, with their conditions', () => {
  const day = { startTime: '08:00', endTime: '20:00', weekdays: ['monday' as const, 'sunday' as const] };
  const tariff = said(
    terms({
      minTotal: '1.19',
      maxTotal: '119',
      components: [
        { type: 'energy', price: '0.595', restrictions: { ...day, maxEnergyWh: 20_000, minPowerW: 11_000 } },
        { type: 'energy', price: '0.357' },
        {
          type: 'time',
          price: '1.428',
          restrictions: { minDurationS: 3600, startDate: '2026-12-01', endDate: '2027-01-01' },
        },
        { type: 'idle', price: '0.119', graceS: 900 },
        { type: 'flat', price: '1.19' },
        { type: 'reservation', price: '7.14' },
      ],
    }),
  );
  const vat = [{ type: 'VAT', tax: 19 }];
  expect(tariff).toEqual({
    tariffId: 'tar_1:1',
    currency: 'EUR',
    energy: {
      prices: [
        {
          priceKwh: 0.5,
          conditions: {
            startTimeOfDay: '08:00',
            endTimeOfDay: '20:00',
            dayOfWeek: ['Monday', 'Sunday'],
            maxEnergy: 20_000,
            minPower: 11_000,
          },
        },
        { priceKwh: 0.3 },
      ],
      taxRates: vat,
    },
    chargingTime: {
      prices: [
        { priceMinute: 0.02, conditions: { validFromDate: '2026-12-01', validToDate: '2027-01-01', minTime: 3600 } },
      ],
      taxRates: vat,
    },
    idleTime: { prices: [{ priceMinute: 0.1, conditions: { minIdleTime: 900 } }], taxRates: vat },
    fixedFee: { prices: [{ priceFixed: 1 }], taxRates: vat },
    reservationTime: { prices: [{ priceMinute: 0.1 }], taxRates: vat },
    minCost: { exclTax: 1, inclTax: 1.19, taxRates: vat },
    maxCost: { exclTax: 100, inclTax: 119, taxRates: vat },
  });
});

describe('a grace that another price of idle time follows', () => {
  const components: Terms['components'] = [
    { type: 'idle', price: '0.10', graceS: 900, restrictions: { startTime: '08:00', endTime: '20:00' } },
    { type: 'idle', price: '0.05' },
  ];
  const ours = terms({ taxPercent: '0', components });
  const wire = (said(ours) as { idleTime: { prices: Price[] } }).idleTime;
  const hours = { startTimeOfDay: '08:00', endTimeOfDay: '20:00' };

  test('is a price of nothing before its own', () => {
    expect(wire.prices).toEqual([
      { priceMinute: 0, conditions: { ...hours, maxIdleTime: 900 } },
      { priceMinute: 0.1, conditions: { ...hours, minIdleTime: 900 } },
      { priceMinute: 0.05 },
    ]);
    const call = friendly({ do: 'set_default_tariff', evseId: 0, tariff: { tariffId: 'tar_1:1', terms: ours } });
    expect(call && validate('ocpp2.1', call.action, call.payload)).toEqual([]);
  });

  type Price = {
    priceMinute: number;
    conditions?: { startTimeOfDay: string; endTimeOfDay: string; maxIdleTime?: number; minIdleTime?: number };
  };
  /** 2.1: minIdleTime is inclusive, maxIdleTime exclusive. Of the prices the first one counts whose conditions are all met. */
  const isMet = ({ conditions }: Price, clock: string, idleS: number): boolean =>
    conditions === undefined ||
    (clock >= conditions.startTimeOfDay &&
      clock < conditions.endTimeOfDay &&
      idleS >= (conditions.minIdleTime ?? 0) &&
      idleS < (conditions.maxIdleTime ?? Number.POSITIVE_INFINITY));

  test.each([
    ['within the grace', '10:00', 10, '0.00'],
    ['beyond it', '10:00', 20, '0.50'],
    ['where it does not hold', '21:00', 20, '1.00'],
    ['from where it holds to where not', '19:50', 20, '0.50'],
    ['from where it does not hold to where it does', '07:50', 20, '1.00'],
  ])('a station charges what is charged here: %s', (_what, from, minutes, total) => {
    const startedAt = new Date(`2026-03-02T${from}:00Z`);
    const at = (minute: number) => new Date(startedAt.getTime() + minute * 60_000);
    const station = Array.from({ length: minutes }, (_, minute) => {
      const clock = at(minute).toISOString().slice(11, 16);
      return wire.prices.find((each) => isMet(each, clock, minute * 60))?.priceMinute ?? 0;
    });
    const samples = [{ at: startedAt, phase: 'idle' as const }];
    const here = price({ timezone: 'UTC', startedAt, endedAt: at(minutes), samples }, ours);
    expect([station.reduce((sum, each) => sum + each, 0).toFixed(2), here.total.inclTax]).toEqual([total, total]);
  });
});

test('prices without tax stay as they are, and no tax is no rate', () => {
  const components = [{ type: 'energy' as const, price: '0.42' }];
  expect(said(terms({ pricesIncludeTax: false, components }))).toMatchObject({
    energy: { prices: [{ priceKwh: 0.42 }], taxRates: [{ type: 'VAT', tax: 19 }] },
  });
  expect(said(terms({ taxPercent: '0', components }))).toMatchObject({ energy: { prices: [{ priceKwh: 0.42 }] } });
  expect(JSON.stringify(said(terms({ taxPercent: '0', components })))).not.toContain('taxRates');
});

describe('what OCPP 2.1 has no words for is not sent', () => {
  test.each<[string, Terms['components']]>([
    ['steps', [{ type: 'energy', price: '1', stepWh: 500 }]],
    ['steps', [{ type: 'time', price: '1', stepS: 60 }]],
    [
      'several rates of tax for energy',
      [
        { type: 'energy', price: '1' },
        { type: 'energy', price: '2', taxPercent: '7' },
      ],
    ],
    [
      'a flat price that depends on energy, duration or power',
      [{ type: 'flat', price: '1', restrictions: { minEnergyWh: 1000 } }],
    ],
  ])('%s', (why, components) => {
    const wish = {
      do: 'set_default_tariff',
      evseId: 0,
      tariff: { tariffId: 'tar_1:1', terms: terms({ components }) },
    } as const;
    expect(friendly(wish)).toBeUndefined();
    expect(whyNot(wish)).toBe(`OCPP 2.1 has no words for ${why} in a tariff`);
  });
});

test('whatever can be said satisfies the schema', () => {
  const price = fc
    .tuple(fc.nat(999), fc.nat(999_999))
    .map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`);
  const component = fc.record({
    type: fc.constantFrom('energy' as const, 'time' as const, 'idle' as const, 'flat' as const, 'reservation' as const),
    price,
    restrictions: fc.option(
      fc.record(
        {
          startTime: fc.constant('06:30'),
          weekdays: fc.constant(['friday' as const]),
          startDate: fc.constant('2026-01-01'),
        },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(
      fc.array(component, { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      fc.constantFrom('0', '7', '19', '25.5'),
      (components, pricesIncludeTax, taxPercent) => {
        const call = friendly({
          do: 'change_tariff',
          ocppTransactionId: 'T-1',
          tariff: { tariffId: 'tar_1:1', terms: terms({ components, pricesIncludeTax, taxPercent }) },
        });
        expect(call && validate('ocpp2.1', call.action, call.payload)).toEqual([]);
      },
    ),
  );
});
