/** How charging schedules look over REST, in and out, and how they become the domain's. Equal for all versions of OCPP. */
import { z } from 'zod';
import { instantIn } from '../platform/fields.ts';
import type { ChargingSchedule, SchedulePeriod, ScheduleRates } from './types.ts';

export const MOST_INT32 = 2_147_483_647;
const MOST_RATE = 1_000_000_000;
const rate = z.number().min(-MOST_RATE).max(MOST_RATE);
const discharge = z.number().min(-MOST_RATE).max(0);
export const unit = z.enum(['A', 'W']);
export const operationModes = [
  'idle',
  'charging_only',
  'central_setpoint',
  'external_setpoint',
  'external_limits',
  'central_frequency',
  'local_frequency',
  'local_load_balancing',
] as const;

/** REST's names of the rates, and ours. */
export const RATES = {
  limit: 'limit',
  limit_l2: 'limitL2',
  limit_l3: 'limitL3',
  discharge_limit: 'dischargeLimit',
  discharge_limit_l2: 'dischargeLimitL2',
  discharge_limit_l3: 'dischargeLimitL3',
  setpoint: 'setpoint',
  setpoint_l2: 'setpointL2',
  setpoint_l3: 'setpointL3',
  setpoint_reactive: 'setpointReactive',
  setpoint_reactive_l2: 'setpointReactiveL2',
  setpoint_reactive_l3: 'setpointReactiveL3',
} as const satisfies Record<string, keyof ScheduleRates>;
type RateName = keyof typeof RATES;
const RATE_NAMES = Object.keys(RATES) as RateName[];

export const rates = {
  limit: z.number().min(0).max(MOST_RATE).optional().describe('At most one decimal; may be absent in OCPP 2.1 only'),
  limit_l2: z.number().min(0).max(MOST_RATE).optional().describe('OCPP 2.1: `limit` is of L1 then'),
  limit_l3: z.number().min(0).max(MOST_RATE).optional(),
  discharge_limit: discharge.optional().describe('OCPP 2.1; zero or negative'),
  discharge_limit_l2: discharge.optional(),
  discharge_limit_l3: discharge.optional(),
  setpoint: rate.optional().describe('OCPP 2.1; negative: discharge'),
  setpoint_l2: rate.optional(),
  setpoint_l3: rate.optional(),
  setpoint_reactive: rate.optional(),
  setpoint_reactive_l2: rate.optional(),
  setpoint_reactive_l3: rate.optional(),
};

type Rated = { readonly [Name in RateName]?: number | undefined };
export const ratesOf = (said: Rated): ScheduleRates =>
  Object.fromEntries(
    RATE_NAMES.flatMap((name) => (said[name] === undefined ? [] : [[RATES[name], said[name]]])),
  ) satisfies ScheduleRates;
export const presentRates = (given: ScheduleRates): Rated =>
  Object.fromEntries(
    RATE_NAMES.flatMap((name) => (given[RATES[name]] === undefined ? [] : [[name, given[RATES[name]]]])),
  );

const period = z.strictObject({
  start_s: z.int().min(0).max(MOST_INT32).describe('Since the beginning of the schedule'),
  ...rates,
  phases: z.int().min(1).max(3).optional(),
  phase_to_use: z.int().min(1).max(3).optional().describe('OCPP 2.x, with phases 1'),
  mode: z.enum(operationModes).optional().describe('OCPP 2.1; absent: charging_only'),
  v2x_baseline: rate.optional(),
  precondition: z.boolean().optional(),
  evse_sleep: z.boolean().optional(),
  freq_watt_curve: z
    .array(z.strictObject({ frequency_hz: z.number().min(0).max(1000), power_w: rate }))
    .min(1)
    .max(20)
    .optional(),
  signal_watt_curve: z
    .array(z.strictObject({ signal: z.int().min(-MOST_INT32).max(MOST_INT32), power_w: rate }))
    .min(1)
    .max(20)
    .optional(),
});
const passed = z.record(z.string(), z.unknown());

export const schedule = z
  .strictObject({
    id: z.int().min(0).max(MOST_INT32).optional().describe('OCPP 2.x; default: its place, from 1'),
    duration_s: z.int().min(1).max(MOST_INT32).optional().describe('Absent: until the end'),
    start_at: instantIn.optional().describe('Of the kinds absolute and recurring; default for absolute: now'),
    unit: unit.default('A'),
    min_rate: z.number().min(0).max(MOST_RATE).optional().describe('Below it a car may not charge at all'),
    use_local_time: z.boolean().optional().describe('OCPP 2.1'),
    randomized_delay_s: z.int().min(0).max(MOST_INT32).optional().describe('OCPP 2.1'),
    limit_at_soc: z
      .strictObject({ soc_percent: z.int().min(0).max(100), limit: z.number().min(0).max(MOST_RATE) })
      .optional()
      .describe('OCPP 2.1: beyond that state of charge no more than that'),
    power_tolerance: z.number().min(0).max(MOST_RATE).optional(),
    sales_tariff: passed.optional().describe("OCPP 2.x: SalesTariffType as OCPP has it, for the EV's choice"),
    absolute_prices: passed.optional().describe('OCPP 2.1: AbsolutePriceScheduleType as OCPP has it'),
    price_levels: passed.optional().describe('OCPP 2.1: PriceLevelScheduleType as OCPP has it'),
    periods: z.array(period).min(1).max(1024),
  })
  .meta({ examples: [{ unit: 'A', periods: [{ start_s: 0, limit: 16 }] }] });

/** Nothing that is undefined stands in what is kept. */
const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T; // fewer fields of the same kinds

const periodOf = (said: z.output<typeof period>): SchedulePeriod =>
  given({
    startS: said.start_s,
    ...ratesOf(said),
    phases: said.phases,
    phaseToUse: said.phase_to_use,
    mode: said.mode,
    v2xBaseline: said.v2x_baseline,
    precondition: said.precondition,
    evseSleep: said.evse_sleep,
    freqWattCurve: said.freq_watt_curve?.map((point) => ({ frequencyHz: point.frequency_hz, powerW: point.power_w })),
    signalWattCurve: said.signal_watt_curve?.map((point) => ({ signal: point.signal, powerW: point.power_w })),
  });

export const scheduleOf = (said: z.output<typeof schedule>): ChargingSchedule =>
  given({
    id: said.id,
    durationS: said.duration_s,
    startAt: said.start_at?.toISOString(),
    unit: said.unit,
    minRate: said.min_rate,
    useLocalTime: said.use_local_time,
    randomizedDelayS: said.randomized_delay_s,
    limitAtSoc:
      said.limit_at_soc === undefined
        ? undefined
        : { socPercent: said.limit_at_soc.soc_percent, limit: said.limit_at_soc.limit },
    powerTolerance: said.power_tolerance,
    salesTariff: said.sales_tariff,
    absolutePrices: said.absolute_prices,
    priceLevels: said.price_levels,
    periods: said.periods.map(periodOf),
  });

const number = z.number().nullable();
const shownPeriod = z.object({
  start_s: z.int(),
  limit: number,
  phases: z.int().nullable(),
  ...Object.fromEntries(RATE_NAMES.filter((name) => name !== 'limit').map((name) => [name, z.number().optional()])),
  phase_to_use: z.int().optional(),
  mode: z.string().optional(),
  v2x_baseline: z.number().optional(),
  precondition: z.boolean().optional(),
  evse_sleep: z.boolean().optional(),
  freq_watt_curve: z.array(z.object({ frequency_hz: z.number(), power_w: z.number() })).optional(),
  signal_watt_curve: z.array(z.object({ signal: z.number(), power_w: z.number() })).optional(),
});
export const shownSchedule = z.object({
  id: z.int().optional(),
  duration_s: z.int().nullable(),
  start_at: z.string().nullable(),
  unit,
  min_rate: number,
  use_local_time: z.boolean().optional(),
  randomized_delay_s: z.int().optional(),
  limit_at_soc: z.object({ soc_percent: z.int(), limit: z.number() }).optional(),
  power_tolerance: z.number().optional(),
  sales_tariff: passed.optional(),
  absolute_prices: passed.optional(),
  price_levels: passed.optional(),
  periods: z.array(shownPeriod),
});

export const presentPeriod = (period: SchedulePeriod): z.input<typeof shownPeriod> => ({
  start_s: period.startS,
  limit: period.limit ?? null,
  phases: period.phases ?? null,
  ...given({
    ...Object.fromEntries(Object.entries(presentRates(period)).filter(([name]) => name !== 'limit')),
    phase_to_use: period.phaseToUse,
    mode: period.mode,
    v2x_baseline: period.v2xBaseline,
    precondition: period.precondition,
    evse_sleep: period.evseSleep,
    freq_watt_curve: period.freqWattCurve?.map(({ frequencyHz, powerW }) => ({
      frequency_hz: frequencyHz,
      power_w: powerW,
    })),
    signal_watt_curve: period.signalWattCurve?.map(({ signal, powerW }) => ({ signal, power_w: powerW })),
  }),
});

export const presentSchedule = (each: ChargingSchedule): z.input<typeof shownSchedule> => ({
  duration_s: each.durationS ?? null,
  start_at: each.startAt ?? null,
  unit: each.unit,
  min_rate: each.minRate ?? null,
  periods: each.periods.map(presentPeriod),
  ...given({
    id: each.id,
    use_local_time: each.useLocalTime,
    randomized_delay_s: each.randomizedDelayS,
    limit_at_soc:
      each.limitAtSoc === undefined
        ? undefined
        : { soc_percent: each.limitAtSoc.socPercent, limit: each.limitAtSoc.limit },
    power_tolerance: each.powerTolerance,
    sales_tariff: each.salesTariff,
    absolute_prices: each.absolutePrices,
    price_levels: each.priceLevels,
  }),
});
