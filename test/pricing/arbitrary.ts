/** Random tariffs and sessions for the property tests of pricing. Sessions lie around changes of the clock in many zones. */
import fc from 'fast-check';
import {
  type Component,
  type Phase,
  type Sample,
  type Terms,
  type Timeline,
  weekdays,
} from '../../src/pricing/index.ts';

export const MINUTE = 60_000;

/** Zones with a change of the clock, both ways, by an hour, by half an hour, at odd offsets, and zones without any. */
export const changes: readonly (readonly [zone: string, at: string])[] = [
  ['Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z'],
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['America/St_Johns', '2026-03-08T05:30:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Pacific/Chatham', '2026-09-26T14:00:00Z'],
  ['America/Santiago', '2026-09-06T04:00:00Z'], // at midnight: the day begins at 01:00
  ['Africa/Casablanca', '2026-02-15T02:00:00Z'],
  ['Asia/Kathmandu', '2026-03-01T00:00:00Z'],
  ['UTC', '2026-02-28T23:00:00Z'],
];

/** Energy in Wh a minute; none unless it charges. */
export type Segment = {
  readonly minutes: number;
  readonly phase: Phase;
  readonly rate: number;
  readonly silent: boolean;
};
export type Story = { readonly timezone: string; readonly startedAt: Date; readonly segments: readonly Segment[] };

const segment = (rates: readonly number[], longest: number): fc.Arbitrary<Segment> =>
  fc.record({
    minutes: fc.integer({ min: 1, max: longest }),
    phase: fc.constantFrom<Phase>('charging', 'charging', 'idle', 'paused'),
    rate: fc.constantFrom(...rates),
    silent: fc.boolean(),
  });

export const story = (rates: readonly number[], longest = 300): fc.Arbitrary<Story> =>
  fc
    .record({
      change: fc.constantFrom(...changes),
      minutesBefore: fc.integer({ min: -120, max: 1500 }),
      segments: fc.array(segment(rates, longest), { maxLength: 6 }),
    })
    .map(({ change: [timezone, at], minutesBefore, segments }) => ({
      timezone,
      startedAt: new Date(Date.parse(at) - minutesBefore * MINUTE),
      segments: segments.map((each) => (each.phase === 'charging' ? each : { ...each, rate: 0 })),
    }));

/** As a session would report it; where it stops charging, at times without a reading. */
export function timelineOf({ timezone, startedAt, segments }: Story): Timeline {
  const samples: Sample[] = [];
  let at = startedAt.getTime();
  let energyWh = 0;
  for (const { minutes, phase, rate, silent } of segments) {
    samples.push({ at: new Date(at), phase, ...(!(silent && phase !== 'charging') && { energyWh }) });
    at += minutes * MINUTE;
    energyWh += minutes * rate;
  }
  samples.push({ at: new Date(at), energyWh });
  return { timezone, startedAt, samples };
}

/** The meter so many seconds after the start. `rate` is a multiple of 60, so this is whole. */
export function energyAt({ segments }: Story, seconds: number): number {
  let left = seconds;
  let energyWh = 0;
  for (const { minutes, rate } of segments) {
    const here = Math.min(left, minutes * 60);
    energyWh += (here * rate) / 60;
    left -= here;
  }
  return energyWh;
}

const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
const span = (most: number, unit: number) => fc.integer({ min: 1, max: most }).map((value) => value * unit);
const decimal = fc.integer({ min: 0, max: 30_000 }).map((value) => (value / 10_000).toFixed(4));

/** `energyUnit`: what thresholds of energy are multiples of. */
const restrictions = (type: Component['type'], energyUnit: number) =>
  fc
    .record(
      {
        weekdays: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1, maxLength: 6 }),
        startTime: clock,
        endTime: clock,
        startDate: fc.constantFrom('2026-03-01', '2026-03-29', '2026-10-25'),
        endDate: fc.constantFrom('2026-03-29', '2026-10-25', '2026-10-26'),
        minDurationS: span(600, 60),
        maxDurationS: span(600, 60),
        ...(type === 'reservation' || type === 'idle'
          ? {}
          : { minEnergyWh: span(400, energyUnit), maxEnergyWh: span(400, energyUnit) }),
        ...(type === 'energy' || type === 'time'
          ? { minPowerW: fc.constantFrom(1, 3600, 7200), maxPowerW: fc.constantFrom(3600, 7200, 10_800) }
          : {}),
      },
      { requiredKeys: [] },
    )
    // Most restrictions at once hold nowhere: keep some of them.
    .chain((all) =>
      fc
        .subarray(Object.keys(all))
        .map((kept) => Object.fromEntries(Object.entries(all).filter(([key]) => kept.slice(0, 3).includes(key)))),
    );

export const component = (energyUnit: number): fc.Arbitrary<Component> =>
  fc.constantFrom<Component['type']>('energy', 'energy', 'time', 'time', 'idle', 'flat', 'reservation').chain((type) =>
    fc.record({
      type: fc.constant(type),
      price: decimal,
      restrictions: restrictions(type, energyUnit),
      ...(type === 'energy' && { stepWh: fc.constantFrom(1, 1, 1000) }),
      ...((type === 'time' || type === 'idle' || type === 'reservation') && { stepS: fc.constantFrom(1, 1, 900) }),
      ...(type === 'idle' && { graceS: fc.constantFrom(0, 600, 3600) }),
    }),
  ) as fc.Arbitrary<Component>;

export const components = (energyUnit: number) => fc.array(component(energyUnit), { maxLength: 7 });

/** With tax of several rates, minimum and maximum. */
export const tariff: fc.Arbitrary<Terms> = fc
  .record({
    currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    pricesIncludeTax: fc.boolean(),
    taxPercent: fc.constantFrom('0', '7', '19', '8.1'),
    bounds: fc.constantFrom({}, { minTotal: '3' }, { maxTotal: '5' }, { minTotal: '1', maxTotal: '4' }),
    components: fc.array(
      fc.tuple(component(1), fc.constantFrom({}, {}, { taxPercent: '7' })).map(([each, tax]) => ({ ...each, ...tax })),
      { maxLength: 7 },
    ),
  })
  .map(({ bounds, ...rest }) => ({ ...rest, ...bounds }));
