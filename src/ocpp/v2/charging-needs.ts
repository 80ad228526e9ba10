/** Reads OCPP 2.x's ChargingNeedsType: what is in all versions, and the whole of it as it was said. */
import type { ChargingNeeds } from '../../ingest/inputs.ts';
import { readInteger, readList, readNumber, readRecord, readText, storableText } from '../reading.ts';
import { transferModeFromWire } from './transfer-modes.ts';

/** Beyond that only the figures are kept. A price offer of an EV may have a thousand entries. */
const MOST_SAID = 64 * 1024;
const MOST_DEPTH = 12;

export function readChargingNeeds(needs: unknown, maxSchedules: unknown): ChargingNeeds {
  const said = readRecord(needs);
  const [ac, dc, v2x] = ['acChargingParameters', 'dcChargingParameters', 'v2xChargingParameters'].map((field) =>
    readRecord(said[field]),
  );
  const some = (...values: unknown[]): number | undefined =>
    values.map(readNumber).find((value) => value !== undefined && value >= 0);
  const phases = ['', '_L2', '_L3'].map((phase) => some(v2x?.[`maxChargePower${phase}`]) ?? 0);
  const power = phases.reduce((sum, each) => sum + each, 0);
  const discharge = readNumber(v2x?.['maxDischargePower']);
  const mode = said['controlMode'];
  return {
    transferMode: transferModeFromWire(said['requestedEnergyTransfer']),
    availableModes: readList(said['availableEnergyTransfer'])
      .slice(0, 20)
      .flatMap((each) => transferModeFromWire(each) ?? []),
    departureAt: instantOf(said['departureTime']),
    energyWh: some(ac?.['energyAmount'], dc?.['energyAmount'], v2x?.['evTargetEnergyRequest']),
    minCurrentA: some(ac?.['evMinCurrent'], v2x?.['minChargeCurrent']),
    maxCurrentA: some(ac?.['evMaxCurrent'], dc?.['evMaxCurrent'], v2x?.['maxChargeCurrent']),
    maxVoltageV: some(ac?.['evMaxVoltage'], dc?.['evMaxVoltage'], v2x?.['maxVoltage']),
    maxPowerW: some(dc?.['evMaxPower']) ?? (power > 0 ? power : undefined),
    maxDischargePowerW: discharge === undefined ? undefined : Math.abs(discharge),
    socPercent: readInteger(dc?.['stateOfCharge'], 0, 100),
    capacityWh: some(dc?.['evEnergyCapacity']),
    controlMode: mode === 'DynamicControl' ? 'dynamic' : mode === 'ScheduledControl' ? 'scheduled' : undefined,
    maxSchedules: readInteger(maxSchedules, 0, 1024),
    said: storable(said),
  };
}

function instantOf(value: unknown): string | undefined {
  const time = Date.parse(readText(value, 64) ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** What PostgreSQL's jsonb takes, and no more than is of use to anybody. */
function storable(said: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const clean = cleaned(said, MOST_DEPTH) as Readonly<Record<string, unknown>>; // a record stays one
  return JSON.stringify(clean).length > MOST_SAID ? {} : clean;
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((each) => cleaned(each, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [storableText(name), cleaned(each, depth - 1)]),
  );
}
