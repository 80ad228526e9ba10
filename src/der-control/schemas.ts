/** How DER controls look over REST, and how they become the domain's. */
import { z } from 'zod';
import { instantIn } from '../platform/fields.ts';
import { nameOf } from './checks.ts';
import type { DerControl, DerCurve, DerSettings } from './types.ts';

export const controlTypes = [
  'enter_service',
  'freq_droop',
  'freq_watt',
  'fixed_pf_absorb',
  'fixed_pf_inject',
  'fixed_var',
  'gradients',
  'hf_must_trip',
  'hf_may_trip',
  'hv_must_trip',
  'hv_mom_cess',
  'hv_may_trip',
  'limit_max_discharge',
  'lf_must_trip',
  'lv_must_trip',
  'lv_mom_cess',
  'lv_may_trip',
  'power_monitoring_must_trip',
  'volt_var',
  'volt_watt',
  'watt_pf',
  'watt_var',
] as const;
const units = [
  'not_applicable',
  'pct_max_w',
  'pct_max_var',
  'pct_w_avail',
  'pct_var_avail',
  'pct_effective_v',
] as const;

const MOST_INT32 = 2_147_483_647;
const figure = z.number().min(-1_000_000_000).max(1_000_000_000);
const seconds = z.number().min(0).max(31_536_000);

const curve = z.strictObject({
  points: z
    .array(z.strictObject({ x: figure, y: figure }))
    .min(1)
    .max(10),
  y_unit: z.enum(units).default('not_applicable'),
  response_time_s: seconds.optional(),
  hysteresis: z
    .strictObject({
      high: figure.optional(),
      low: figure.optional(),
      delay_s: seconds.optional(),
      gradient: figure.optional(),
    })
    .optional(),
  reactive_power: z
    .strictObject({
      v_ref: figure.optional(),
      autonomous_v_ref: z.boolean().optional(),
      time_constant_s: seconds.optional(),
    })
    .optional(),
  voltage: z
    .strictObject({
      hv_10min_mean: figure.optional(),
      hv_10min_trip_delay_s: seconds.optional(),
      during_cessation: z.enum(['active', 'reactive']).optional(),
    })
    .optional(),
});

const settings = {
  curve: curve.optional(),
  enter_service: z
    .strictObject({
      high_voltage: figure,
      low_voltage: figure,
      high_freq: figure,
      low_freq: figure,
      delay_s: seconds.optional(),
      random_delay_s: seconds.optional(),
      ramp_rate: figure.optional(),
    })
    .optional(),
  fixed_pf: z.strictObject({ displacement: figure, excitation: z.boolean() }).optional(),
  fixed_var: z.strictObject({ setpoint: figure, unit: z.enum(units) }).optional(),
  freq_droop: z
    .strictObject({
      over_freq: figure,
      under_freq: figure,
      over_droop: figure,
      under_droop: figure,
      response_time_s: seconds,
    })
    .optional(),
  gradient: z.strictObject({ gradient: figure, soft_gradient: figure }).optional(),
  limit_max_discharge: z
    .strictObject({
      pct_max_discharge_power: z.number().min(0).max(100).optional(),
      power_monitoring_must_trip: curve.optional(),
    })
    .optional(),
};

export const controlBody = {
  type: z.enum(controlTypes).meta({ examples: ['limit_max_discharge'] }),
  is_default: z
    .boolean()
    .default(false)
    .describe('Holds whenever no scheduled one does; it has no start and no length'),
  control_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,36}$/)
    .optional()
    .describe('By which the charge point knows it; replaces the one of that id; default: a new one'),
  priority: z.int().min(0).max(MOST_INT32).default(0).describe('Of one type the smallest counts'),
  start_at: instantIn.optional(),
  duration_s: seconds.optional(),
  ...settings,
};
export const controlExample = {
  type: 'limit_max_discharge',
  start_at: '2026-11-30T18:00:00.000Z',
  duration_s: 3600,
  limit_max_discharge: { pct_max_discharge_power: 50 },
};

type Body = z.output<z.ZodObject<typeof controlBody>>;
/** Nothing that is undefined stands in what is kept. */
const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T; // fewer fields of the same kinds

const curveOf = (said: z.output<typeof curve>): DerCurve =>
  given({
    points: said.points,
    yUnit: said.y_unit,
    responseTimeS: said.response_time_s,
    hysteresis:
      said.hysteresis &&
      given({
        high: said.hysteresis.high,
        low: said.hysteresis.low,
        delayS: said.hysteresis.delay_s,
        gradient: said.hysteresis.gradient,
      }),
    reactivePower:
      said.reactive_power &&
      given({
        vRef: said.reactive_power.v_ref,
        autonomousVRef: said.reactive_power.autonomous_v_ref,
        timeConstantS: said.reactive_power.time_constant_s,
      }),
    voltage:
      said.voltage &&
      given({
        hv10MinMean: said.voltage.hv_10min_mean,
        hv10MinTripDelayS: said.voltage.hv_10min_trip_delay_s,
        duringCessation: said.voltage.during_cessation,
      }),
  });

/** The settings that the body names: exactly one, or undefined. */
export function settingsIn(said: Body): DerSettings | undefined {
  const named = Object.keys(settings).filter((name) => said[name as keyof typeof settings] !== undefined);
  if (named.length !== 1) return undefined;
  if (said.curve) return { curve: curveOf(said.curve) };
  if (said.enter_service) {
    const { high_voltage, low_voltage, high_freq, low_freq, delay_s, random_delay_s, ramp_rate } = said.enter_service;
    return {
      enterService: given({
        highVoltage: high_voltage,
        lowVoltage: low_voltage,
        highFreq: high_freq,
        lowFreq: low_freq,
        delayS: delay_s,
        randomDelayS: random_delay_s,
        rampRate: ramp_rate,
      }),
    };
  }
  if (said.fixed_pf) return { fixedPf: said.fixed_pf };
  if (said.fixed_var) return { fixedVar: said.fixed_var };
  if (said.freq_droop) {
    const { over_freq, under_freq, over_droop, under_droop, response_time_s } = said.freq_droop;
    return {
      freqDroop: {
        overFreq: over_freq,
        underFreq: under_freq,
        overDroop: over_droop,
        underDroop: under_droop,
        responseTimeS: response_time_s,
      },
    };
  }
  if (said.gradient)
    return { gradient: { gradient: said.gradient.gradient, softGradient: said.gradient.soft_gradient } };
  const { pct_max_discharge_power: pctMaxDischargePower, power_monitoring_must_trip: trip } =
    said.limit_max_discharge ?? {};
  return {
    limitMaxDischarge: given({ pctMaxDischargePower, powerMonitoringMustTrip: trip && curveOf(trip) }),
  };
}

export const controlOf = (said: Body, controlId: string, content: DerSettings): DerControl =>
  given({
    controlId,
    isDefault: said.is_default,
    type: said.type,
    priority: said.priority,
    startAt: said.start_at?.toISOString(),
    durationS: said.duration_s,
    settings: content,
  });

/** camelCase to snake_case, all the way down: the domain's settings have the same structure as REST's. */
function snake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [NAMES[name] ?? snakeOf(name), snake(each)]));
}
/** Where a figure stands inside a name. */
const NAMES: Readonly<Record<string, string>> = {
  hv10MinMean: 'hv_10min_mean',
  hv10MinTripDelayS: 'hv_10min_trip_delay_s',
};
const snakeOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const shownControl = {
  control_id: z.string(),
  type: z.enum(controlTypes),
  is_default: z.boolean(),
  priority: z.int(),
  start_at: z.string().nullable(),
  duration_s: z.number().nullable(),
  settings: z
    .record(z.string(), z.unknown())
    .describe(
      'One field, by the type of the control: curve, enter_service, fixed_pf, fixed_var, freq_droop, gradient, …',
    ),
};
export const presentControl = (control: DerControl): z.input<z.ZodObject<typeof shownControl>> => ({
  control_id: control.controlId,
  type: control.type,
  is_default: control.isDefault,
  priority: control.priority,
  start_at: control.startAt ?? null,
  duration_s: control.durationS ?? null,
  settings: { [nameOf(control.settings)]: snake(Object.values(control.settings)[0]) },
});
