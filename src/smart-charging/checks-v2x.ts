/** What OCPP 2.1 asks of schedule periods that may discharge, follow a frequency or be renewed (K01, K28, Q). Pure. */
import type { FieldFault } from '../platform/errors.ts';
import { schedulesOf } from './checks-versions.ts';
import type { ChargingProfile, OperationMode, ProfilePurpose, SchedulePeriod, ScheduleRates } from './types.ts';

/** K01.FR.111–113: absent is all of them. */
const MODES_OF_PURPOSE: Partial<Record<ProfilePurpose, readonly OperationMode[]>> = {
  charge_point_max: ['charging_only'],
  priority_charging: ['charging_only'],
  local_generation: ['charging_only', 'external_limits'],
};

type Rate = 'limit' | 'dischargeLimit' | 'setpoint' | 'setpointReactive';
const RATES: readonly (readonly [ours: Rate, field: string])[] = [
  ['limit', 'limit'],
  ['dischargeLimit', 'discharge_limit'],
  ['setpoint', 'setpoint'],
  ['setpointReactive', 'setpoint_reactive'],
];
/** Part 2, table of limits and setpoints per operation mode; Q07.FR.03 leaves CentralFrequency its setpoint alone. */
const RATES_OF_MODE: Readonly<
  Record<OperationMode, { readonly must: readonly Rate[]; readonly may: readonly Rate[] }>
> = {
  charging_only: { must: ['limit'], may: [] },
  central_setpoint: { must: ['setpoint'], may: ['limit', 'dischargeLimit', 'setpointReactive'] },
  central_frequency: { must: ['setpoint'], may: [] },
  external_setpoint: { must: [], may: ['limit', 'dischargeLimit'] },
  external_limits: { must: [], may: [] },
  local_frequency: { must: [], may: [] },
  local_load_balancing: { must: [], may: [] },
  idle: { must: [], may: [] },
};

export function faultsOf21(profile: ChargingProfile): FieldFault[] {
  const faults: FieldFault[] = [];
  const fault = (field: string, message: string): void => void faults.push({ field, message });
  const { purpose, kind } = profile;
  const schedules = schedulesOf(profile);

  if (kind === 'dynamic') {
    // K28.FR.01–03
    if (profile.alternatives !== undefined)
      fault('alternatives', 'are not for the kind dynamic, which has one schedule');
    if (profile.schedule.periods.length !== 1) fault('schedule.periods', 'must be one for the kind dynamic');
  } else if (profile.updateIntervalS !== undefined) {
    fault('update_interval_s', 'is only for the kind dynamic'); // K01.FR.122
  }
  for (const [at, schedule] of schedules) {
    if (purpose === 'priority_charging' && schedule.durationS !== undefined)
      fault(`${at}.duration_s`, 'is not for the purpose priority_charging, which lasts until the session ends'); // K01.FR.73
    if ((schedule.randomizedDelayS ?? 0) > 0 && purpose !== 'tx' && purpose !== 'tx_default')
      fault(`${at}.randomized_delay_s`, 'is only for the purposes tx and tx_default'); // K01.FR.95
    schedule.periods.forEach((period, i) => {
      const place = `${at}.periods.${i}`;
      checkMode(profile, period, place, fault);
      checkPhases(purpose, period, place, fault);
      // Q08.FR.05
      if (period.mode === 'local_frequency' && schedule.unit !== 'W')
        fault(`${at}.unit`, 'must be W for the mode local_frequency');
    });
  }
  return faults;
}

type Fault = (field: string, message: string) => void;

function checkMode({ purpose, kind }: ChargingProfile, period: SchedulePeriod, at: string, fault: Fault): void {
  const mode = period.mode ?? 'charging_only';
  const allowed = MODES_OF_PURPOSE[purpose];
  if (allowed !== undefined && !allowed.includes(mode))
    fault(`${at}.mode`, `must be ${allowed.join(' or ')} for the purpose ${purpose}`);
  const { must, may } = RATES_OF_MODE[mode];
  for (const [rate, field] of RATES) {
    if (must.includes(rate) && period[rate] === undefined) fault(`${at}.${field}`, `is required for the mode ${mode}`);
    if (!must.includes(rate) && !may.includes(rate) && period[rate] !== undefined)
      fault(`${at}.${field}`, `is not for the mode ${mode}`);
  }
  if (mode === 'local_frequency') {
    // Q08.FR.02
    if ((period.freqWattCurve?.length ?? 0) < 2) fault(`${at}.freq_watt_curve`, 'needs two points at least');
    if (period.v2xBaseline === undefined) fault(`${at}.v2x_baseline`, 'is required for the mode local_frequency');
    if (period.signalWattCurve?.length === 1) fault(`${at}.signal_watt_curve`, 'needs two points at least');
  }
  // Q07.FR.02
  if (mode === 'central_frequency' && kind !== 'dynamic')
    fault('kind', 'must be dynamic for the mode central_frequency');
  // K01.FR.126
  if (period.evseSleep === true && mode !== 'idle') fault(`${at}.evse_sleep`, 'is only for the mode idle');
}

const PHASES = ['L2', 'L3'] as const;

/** K01.FR.143, K01.FR.145, V2X.07, V2X.09 */
function checkPhases(purpose: ProfilePurpose, period: ScheduleRates, at: string, fault: Fault): void {
  for (const [rate, field] of RATES) {
    for (const phase of PHASES) {
      if (period[`${rate}${phase}`] === undefined) continue;
      const place = `${at}.${field}_${phase.toLowerCase()}`;
      if (purpose !== 'tx') fault(place, 'is only for the purpose tx');
      else if (period[rate] === undefined) fault(place, `needs ${field} beside it, which is L1 then`);
    }
  }
}
