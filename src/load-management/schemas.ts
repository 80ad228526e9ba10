/** What REST says of load management, and how it is read. Amounts outside are A per phase or W; inside whole numbers (types.ts). */
import { z } from 'zod';
import { instantIn, instantOut } from '../platform/fields.ts';
import { type CapWindow, memberReasons, type Settings, strategies, type Unit } from './types.ts';

const MOST = 100_000_000;
const amount = z.number().min(0).max(MOST);
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 06:30' })
  .meta({ examples: ['06:30'] });
const unit = z.enum(['A', 'W']);
const voltage = z.int().min(50).max(1000);
const phases = z.union([z.literal(1), z.literal(3)]);

const window = z.strictObject({
  days: z.array(z.int().min(1).max(7)).max(7).optional().describe('1 Monday … 7 Sunday. Absent: every day'),
  from: clockTime,
  to: clockTime.describe('Not later than from: over midnight'),
  cap: amount,
});
const fields = {
  enabled: z.boolean(),
  unit: unit.describe('Of every amount here: A per phase, or W of all phases together'),
  cap: amount.describe('What all chargers of the site together may draw'),
  phases: phases.describe('Of the supply'),
  voltage: voltage.describe('Between a phase and neutral'),
  strategy: z
    .enum(strategies)
    .describe(
      'equal: all alike · priority: higher ones first, alike among equals · first_come_first_served: who came first is served first. ' +
        'Everybody who charges gets his minimum before anybody gets more',
    ),
  idle_limit: amount.describe(
    'What a charge point may draw on which nobody charges: with it a session begins, also while the charge point is offline. It is ' +
      'reserved for each of them',
  ),
  evse_max: z
    .number()
    .min(0)
    .max(1_000_000)
    .describe('Of each EVSE, where a charge point does not say its own. Default 32 A'),
  evse_min: amount.nullable().describe('Below it a car waits. null: 6 A on each phase'),
  turn_s: z.int().min(60).max(86_400).describe('Who waits takes turns after so long'),
  hold_s: z.int().min(0).max(3600).describe('A limit that was just sent is not raised before'),
  schedule: z.array(window).max(50).describe("By the site's clock. Of all that hold the lowest counts"),
  price_cap: z
    .strictObject({ above: z.number().min(-MOST).max(MOST), cap: amount })
    .nullable()
    .describe('While energy costs more than that, at most so much'),
  meter: z
    .strictObject({ stale_after_s: z.int().min(2).max(3600), fallback_cap: amount })
    .nullable()
    .describe(
      'A meter tells what else the site draws, and leaves the rest to the chargers. When it is silent, the fallback holds',
    ),
};
export const loadBody = z
  .strictObject({
    ...fields,
    enabled: fields.enabled.default(true),
    phases: fields.phases.default(3),
    voltage: fields.voltage.default(230),
    strategy: fields.strategy.default('equal'),
    idle_limit: fields.idle_limit.default(0),
    evse_max: fields.evse_max.optional(),
    evse_min: fields.evse_min.default(null),
    turn_s: fields.turn_s.default(900),
    hold_s: fields.hold_s.default(30),
    schedule: fields.schedule.default([]),
    price_cap: fields.price_cap.default(null),
    meter: fields.meter.default(null),
  })
  .meta({
    examples: [
      {
        ...{ unit: 'A', cap: 250, strategy: 'equal', idle_limit: 0 },
        schedule: [{ days: [1, 2, 3, 4, 5], from: '17:00', to: '20:00', cap: 120 }],
        meter: { stale_after_s: 15, fallback_cap: 60 },
      },
    ],
  });
export const siteLoad = z.object({ ...fields, updated_at: instantOut }).meta({ id: 'SiteLoad' });

export const inner = (value: number, of: Unit): number =>
  of === 'A' ? Math.floor(value * 10 + 1e-6) : Math.floor(value);
/** Of a reading: what is not known to be free is not given away. */
export const innerUp = (value: number, of: Unit): number =>
  of === 'A' ? Math.ceil(value * 10 - 1e-6) : Math.ceil(value - 1e-6);
export const outer = (amountIn: number, of: Unit): number => (of === 'A' ? amountIn / 10 : amountIn);

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

export function settingsOf(body: z.output<typeof loadBody>): Settings {
  const whole = (value: number): number => inner(value, body.unit);
  const usual = body.unit === 'A' ? 32 : 32 * body.voltage * body.phases;
  return {
    ...{ enabled: body.enabled, unit: body.unit, cap: whole(body.cap), phases: body.phases, voltage: body.voltage },
    ...{ strategy: body.strategy, idle: whole(body.idle_limit), evseMax: whole(body.evse_max ?? usual) },
    ...{ evseMin: body.evse_min === null ? null : whole(body.evse_min), turnS: body.turn_s, holdS: body.hold_s },
    windows: body.schedule.map(
      ({ days, from, to, cap }): CapWindow => ({
        days: days ?? [],
        from: minutes(from),
        to: minutes(to),
        cap: whole(cap),
      }),
    ),
    priceCap: body.price_cap === null ? null : { above: body.price_cap.above, cap: whole(body.price_cap.cap) },
    meter:
      body.meter === null ? null : { staleAfterS: body.meter.stale_after_s, fallback: whole(body.meter.fallback_cap) },
  };
}

export function presentLoad(settings: Settings, updatedAt: Date): z.input<typeof siteLoad> {
  const out = (value: number): number => outer(value, settings.unit);
  const { enabled, unit: of, strategy, priceCap, meter, windows, evseMin } = settings;
  return {
    ...{ enabled, unit: of, strategy, cap: out(settings.cap), phases: settings.phases, voltage: settings.voltage },
    ...{
      idle_limit: out(settings.idle),
      evse_max: out(settings.evseMax),
      evse_min: evseMin === null ? null : out(evseMin),
    },
    ...{ turn_s: settings.turnS, hold_s: settings.holdS },
    schedule: windows.map(({ days, from, to, cap }) => ({
      ...(days.length > 0 && { days: [...days] }),
      ...{ from: timeOf(from), to: timeOf(to), cap: out(cap) },
    })),
    price_cap: priceCap === null ? null : { above: priceCap.above, cap: out(priceCap.cap) },
    meter: meter === null ? null : { stale_after_s: meter.staleAfterS, fallback_cap: out(meter.fallback) },
    updated_at: updatedAt,
  };
}

export const pricesBody = z
  .strictObject({
    prices: z
      .array(z.strictObject({ from: instantIn, to: instantIn, price: z.number().min(-MOST).max(MOST) }))
      .max(500)
      .describe('What energy costs, in any currency; price_cap is compared with it'),
  })
  .meta({ examples: [{ prices: [{ from: '2026-11-26T17:00:00Z', to: '2026-11-26T18:00:00Z', price: 0.41 }] }] });
export const pricesOut = z.object({
  prices: z.array(z.object({ from: instantOut, to: instantOut, price: z.number() })),
});

const reading = z.number().min(-MOST).max(MOST);
/** Of three phases at 1,000 V it is a number of watts that a row can hold. */
const MOST_AMPERES = 100_000;
export const meterBody = z
  .strictObject({
    power_w: reading.optional().describe('For a site that reckons in W'),
    currents_a: z
      .array(z.number().min(-MOST_AMPERES).max(MOST_AMPERES))
      .min(1)
      .max(3)
      .optional()
      .describe('Of each phase. A site that reckons in A counts the highest; one in W their sum'),
  })
  .describe('What the site draws beside its chargers')
  .meta({ examples: [{ currents_a: [31.5, 28.2, 40.1] }] });

export const memberBody = z
  .strictObject({
    managed: z
      .boolean()
      .default(true)
      .describe('false: its limit is taken back, it is told no other, and counts with its maximum'),
    priority: z.int().min(0).max(1000).default(0).describe('Higher goes first, where the strategy is priority'),
    phases: phases.default(3),
    balanced: z
      .boolean()
      .default(false)
      .describe(
        'All phases carry the same whatever the car does, as of a DC charger. Counts where A and W are converted',
      ),
    unit: unit
      .nullable()
      .default(null)
      .describe('In which it is told its limit. null: A, unless it says that it takes only W'),
    min: amount
      .nullable()
      .default(null)
      .describe('Of each EVSE, in that unit (A where it is null). null: as the site says'),
    max: amount
      .nullable()
      .default(null)
      .describe(
        'Of the whole charge point, in that unit (A where it is null). null: evse_max of the site for each EVSE',
      ),
  })
  .meta({ examples: [{ priority: 5, max: 16 }] });
export const memberOut = z
  .object({
    ...{ managed: z.boolean(), priority: z.int(), phases: z.int(), balanced: z.boolean(), unit: unit.nullable() },
    ...{ min: z.number().nullable(), max: z.number().nullable() },
  })
  .meta({ id: 'ChargePointLoadSettings' });

const limitOut = z.object({ limit: z.number(), unit, at: instantOut });
export const stateOut = z
  .object({
    state: z
      .enum(['met', 'lowering', 'unmet'])
      .nullable()
      .describe(
        'lowering: limits are being lowered · unmet: somebody who cannot be lowered may draw too much · null: not looked at yet',
      ),
    since: instantOut.nullable(),
    unit,
    cap: z.number().nullable(),
    cap_reason: z.enum(['settings', 'schedule', 'price', 'meter', 'meter_silent']).nullable(),
    ceiling: z
      .number()
      .nullable()
      .describe('What all chargers together may draw at most, whatever becomes of limits on their way'),
    draw_w: z.number().describe('What sessions reported last'),
    meter: z
      .object({ draw: z.number(), peak: z.number(), received_at: instantOut, age_s: z.number(), stale: z.boolean() })
      .nullable(),
    looked_at: instantOut.nullable(),
    look_at: instantOut.nullable(),
    charge_points: z.array(
      z.object({
        ...{ id: z.string(), identity: z.string(), connected: z.boolean() },
        target: z.number().nullable().describe('What it is to have; null: it was not looked at yet'),
        ceiling: z.number().nullable().describe('What it may draw at most at this moment'),
        reason: z.enum(memberReasons).nullable(),
        confirmed: limitOut
          .nullable()
          .describe('What it took last, in its own unit; null: nothing, so that it may draw its maximum'),
        in_flight: z.array(z.object({ ...limitOut.shape, doubtful: z.boolean().describe('Its answer never came') })),
        ...{ failures: z.int(), retry_at: instantOut.nullable(), power_w: z.number().nullable() },
        evses: z.array(
          z.object({
            ...{ evse_id: z.int(), state: z.enum(['idle', 'charging', 'minimum', 'paused']), amount: z.number() },
            since: instantOut,
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'SiteLoadState' });

export const historyOut = z
  .object({
    ...{ id: z.string(), at: instantOut, state: z.string(), unit, cap: z.number(), cap_reason: z.string() },
    ...{ ceiling: z.number(), charging: z.int(), paused: z.int(), offline: z.int() },
    sent: z
      .array(z.object({ charge_point_id: z.string(), limit: z.number(), why: z.enum(['lower', 'raise', 'again']) }))
      .describe('The first 100'),
    sent_count: z.int(),
  })
  .meta({ id: 'SiteLoadChange' });
