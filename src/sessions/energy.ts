/**
 * Energy from register readings. Pure. It must never become negative and never count an interval twice (X9): what looks wrong
 * is flagged and counted as nothing, so that a doubtful meter never bills too much.
 */
export type EnergyCount = {
  readonly lastRegisterWh: number;
  readonly lastSampleAt: Date | null;
  readonly energyWh: number;
  readonly flags: readonly string[];
};

/** Beyond this a register is no reading of an EV charger (1 TWh); int8 and binary floats stay exact far above it. */
const LARGEST_REGISTER_WH = 1e12;
/** A register that falls below this part of its last reading was reset; one that falls less jitters. */
const RESET_BELOW = 0.5;

export const isRegister = (wh: number | undefined): wh is number =>
  wh !== undefined && Number.isFinite(wh) && wh >= 0 && wh <= LARGEST_REGISTER_WH;

/** Counts one reading of the import register. Readings older than the last counted one change nothing: the register is a total. */
export function countEnergy(
  count: EnergyCount,
  reading: { readonly energyWh: number; readonly at: Date },
): EnergyCount {
  if (!isRegister(reading.energyWh)) return flag(count, 'meter_implausible');
  if (count.lastSampleAt !== null && reading.at.getTime() < count.lastSampleAt.getTime()) return count;
  const register = Math.round(reading.energyWh);
  const delta = register - count.lastRegisterWh;
  if (delta >= 0)
    return { ...count, lastRegisterWh: register, lastSampleAt: reading.at, energyWh: count.energyWh + delta };
  if (register < count.lastRegisterWh * RESET_BELOW) {
    return flag({ ...count, lastRegisterWh: register, lastSampleAt: reading.at }, 'meter_reset');
  }
  // Keeping the higher reading: when the register climbs back over it, nothing is counted twice.
  return flag({ ...count, lastSampleAt: reading.at }, 'meter_backwards');
}

export const flag = <Flagged extends { readonly flags: readonly string[] }>(of: Flagged, name: string): Flagged =>
  of.flags.includes(name) ? of : { ...of, flags: [...of.flags, name] };
