/** What OCPP 2.1 (R04) asks of a DER control. Pure: what the station would only refuse is refused here, by the name of the field. */
import type { FieldFault } from '../platform/errors.ts';
import type { DerControl, DerControlType, DerCurve, DerSettings, DerUnit } from './types.ts';

export type SettingsName =
  | 'curve'
  | 'enter_service'
  | 'fixed_pf'
  | 'fixed_var'
  | 'freq_droop'
  | 'gradient'
  | 'limit_max_discharge';

/** R04.FR.16: what goes with which type; all others are curves. */
const SETTINGS: Partial<Record<DerControlType, SettingsName>> = {
  enter_service: 'enter_service',
  fixed_pf_absorb: 'fixed_pf',
  fixed_pf_inject: 'fixed_pf',
  fixed_var: 'fixed_var',
  freq_droop: 'freq_droop',
  gradients: 'gradient',
  limit_max_discharge: 'limit_max_discharge',
};
export const settingsOf = (type: DerControlType): SettingsName => SETTINGS[type] ?? 'curve';

const WATTS: readonly DerUnit[] = ['pct_max_w', 'pct_w_avail'];
const VARS: readonly DerUnit[] = ['pct_max_var', 'pct_var_avail'];
/** R04.FR.50–55: what y is; of all other curves it is not applicable. */
const UNITS: Partial<Record<DerControlType, readonly DerUnit[]>> = {
  freq_watt: WATTS,
  volt_watt: WATTS,
  volt_var: VARS,
  watt_var: VARS,
};

const NAMES = {
  curve: 'curve',
  enterService: 'enter_service',
  fixedPf: 'fixed_pf',
  fixedVar: 'fixed_var',
  freqDroop: 'freq_droop',
  gradient: 'gradient',
  limitMaxDischarge: 'limit_max_discharge',
} as const satisfies Record<string, SettingsName>;
export const nameOf = (settings: DerSettings): SettingsName => {
  const [name] = Object.keys(settings) as (keyof typeof NAMES)[];
  return NAMES[name ?? 'curve'];
};

export function faultsOfControl({ type, isDefault, startAt, durationS, settings }: DerControl): FieldFault[] {
  const faults: FieldFault[] = [];
  const fault = (field: string, message: string): void => void faults.push({ field, message });
  const name = nameOf(settings);
  if (name !== settingsOf(type)) {
    fault(name, `is not for the type ${type}, which needs ${settingsOf(type)}`);
    return faults;
  }
  // R04.FR.12
  if (isDefault && startAt !== undefined)
    fault('start_at', 'is not for a default, which holds whenever nothing else does');
  if (isDefault && durationS !== undefined) fault('duration_s', 'is not for a default');
  // R04.FR.14
  if (!isDefault && (type === 'enter_service' || type === 'gradients'))
    fault('is_default', `must be true for the type ${type}`);
  if ('curve' in settings) checkCurve(settings.curve, UNITS[type] ?? ['not_applicable'], 'curve', fault);
  // R04.FR.56
  if ('limitMaxDischarge' in settings && settings.limitMaxDischarge.powerMonitoringMustTrip !== undefined)
    checkCurve(
      settings.limitMaxDischarge.powerMonitoringMustTrip,
      ['not_applicable'],
      'limit_max_discharge.power_monitoring_must_trip',
      fault,
    );
  return faults;
}

function checkCurve(
  { yUnit }: DerCurve,
  allowed: readonly DerUnit[],
  at: string,
  fault: (field: string, message: string) => void,
): void {
  if (!allowed.includes(yUnit)) fault(`${at}.y_unit`, `must be ${allowed.join(' or ')}`);
}
