/** The domain's DER controls in the words of OCPP 2.1. Which field goes with which type: R04.FR.16. No rules. */
import type { DerControl, DerControlType, DerCurve, DerSettings, DerUnit } from '../../ingest/inputs.ts';
import { readRecord } from '../reading.ts';
import { fromWord, given } from './pairs.ts';

type Wire = Record<string, unknown>;

const TYPES = {
  enter_service: 'EnterService',
  freq_droop: 'FreqDroop',
  freq_watt: 'FreqWatt',
  fixed_pf_absorb: 'FixedPFAbsorb',
  fixed_pf_inject: 'FixedPFInject',
  fixed_var: 'FixedVar',
  gradients: 'Gradients',
  hf_must_trip: 'HFMustTrip',
  hf_may_trip: 'HFMayTrip',
  hv_must_trip: 'HVMustTrip',
  hv_mom_cess: 'HVMomCess',
  hv_may_trip: 'HVMayTrip',
  limit_max_discharge: 'LimitMaxDischarge',
  lf_must_trip: 'LFMustTrip',
  lv_must_trip: 'LVMustTrip',
  lv_mom_cess: 'LVMomCess',
  lv_may_trip: 'LVMayTrip',
  power_monitoring_must_trip: 'PowerMonitoringMustTrip',
  volt_var: 'VoltVar',
  volt_watt: 'VoltWatt',
  watt_pf: 'WattPF',
  watt_var: 'WattVar',
} as const satisfies Record<DerControlType, string>;
const UNITS = {
  not_applicable: 'Not_Applicable',
  pct_max_w: 'PctMaxW',
  pct_max_var: 'PctMaxVar',
  pct_w_avail: 'PctWAvail',
  pct_var_avail: 'PctVarAvail',
  pct_effective_v: 'PctEffectiveV',
} as const satisfies Record<DerUnit, string>;

export const controlTypeToWire = (type: DerControlType): string => TYPES[type];
export const controlTypeFromWire = fromWord(TYPES);
export const unitFromWire = fromWord(UNITS);

const curveToWire = (curve: DerCurve): Wire => ({
  curveData: curve.points.map(({ x, y }) => ({ x, y })),
  yUnit: UNITS[curve.yUnit],
  ...given({
    responseTime: curve.responseTimeS,
    hysteresis:
      curve.hysteresis &&
      given({
        hysteresisHigh: curve.hysteresis.high,
        hysteresisLow: curve.hysteresis.low,
        hysteresisDelay: curve.hysteresis.delayS,
        hysteresisGradient: curve.hysteresis.gradient,
      }),
    reactivePowerParams:
      curve.reactivePower &&
      given({
        vRef: curve.reactivePower.vRef,
        autonomousVRefEnable: curve.reactivePower.autonomousVRef,
        autonomousVRefTimeConstant: curve.reactivePower.timeConstantS,
      }),
    voltageParams:
      curve.voltage &&
      given({
        hv10MinMeanValue: curve.voltage.hv10MinMean,
        hv10MinMeanTripDelay: curve.voltage.hv10MinTripDelayS,
        powerDuringCessation:
          curve.voltage.duringCessation && (curve.voltage.duringCessation === 'active' ? 'Active' : 'Reactive'),
      }),
  }),
});

/** The field of SetDERControlRequest, and its content without what all have. */
function settingsToWire(type: DerControlType, settings: DerSettings): readonly [field: string, content: Wire] {
  if ('curve' in settings) return ['curve', curveToWire(settings.curve)];
  if ('enterService' in settings) {
    const { delayS, randomDelayS, rampRate, ...must } = settings.enterService;
    return ['enterService', { ...must, ...given({ delay: delayS, randomDelay: randomDelayS, rampRate }) }];
  }
  if ('fixedPf' in settings) return [type === 'fixed_pf_inject' ? 'fixedPFInject' : 'fixedPFAbsorb', settings.fixedPf];
  if ('fixedVar' in settings)
    return ['fixedVar', { setpoint: settings.fixedVar.setpoint, unit: UNITS[settings.fixedVar.unit] }];
  if ('freqDroop' in settings) {
    const { responseTimeS: responseTime, ...droop } = settings.freqDroop;
    return ['freqDroop', { ...droop, responseTime }];
  }
  if ('gradient' in settings) return ['gradient', settings.gradient];
  const { pctMaxDischargePower, powerMonitoringMustTrip } = settings.limitMaxDischarge;
  return [
    'limitMaxDischarge',
    given({
      pctMaxDischargePower,
      // A curve of its own needs a priority of its own: that of the control.
      powerMonitoringMustTrip: powerMonitoringMustTrip && { ...curveToWire(powerMonitoringMustTrip), priority: 0 },
    }),
  ];
}

export function controlToWire(control: DerControl): Wire {
  const { controlId, isDefault, type, priority, startAt, durationS, settings } = control;
  const [field, content] = settingsToWire(type, settings);
  const nested = content['powerMonitoringMustTrip'];
  return {
    isDefault,
    controlId,
    controlType: TYPES[type],
    [field]: {
      ...content,
      ...(nested !== undefined && { powerMonitoringMustTrip: { ...readRecord(nested), priority } }),
      priority,
      ...given({ startTime: startAt, duration: durationS }),
    },
  };
}
