/**
 * Energy from register readings. Pure. It must never become negative and never count an interval twice (X9): what looks wrong
 * is flagged and counted as nothing, so that a doubtful meter never bills too much.
 */
export type EnergyCount = {
  readonly startedAt: Date;
  readonly lastRegisterWh: number;
  readonly lastSampleAt: Date | null;
  readonly energyWh: number;
  /** Set while the register is far below what it once showed: its reading before, and the energy until then. */
  readonly resetFromWh: number | null;
  readonly energyBeforeResetWh: number | null;
  readonly flags: readonly string[];
};

/** Beyond this a register is no reading of an EV charger (1 TWh); int8 and binary floats stay exact far above it. */
const LARGEST_REGISTER_WH = 1e12;
/** No connector gives more (W). The register may have been read so much earlier or later than its reading says. */
const MOST_W = 1_000_000;
const SLACK_MS = 60_000;
/** Many chargers write their readings in kWh of two decimals and their stops in Wh: one that falls by no more has not fallen. */
export const ROUNDING_WH = 10;
/** A register that falls below this part of its last reading was reset; one that falls less jitters. */
const RESET_BELOW = 0.5;

export const isRegister = (wh: number | undefined): wh is number =>
  wh !== undefined && Number.isFinite(wh) && wh >= 0 && wh <= LARGEST_REGISTER_WH;

/** Counts one reading of the import register. Readings older than the last counted one change nothing: the register is a total. */
export function countEnergy<Counted extends EnergyCount>(
  count: Counted,
  reading: { readonly energyWh: number; readonly at: Date },
): Counted {
  if (!isRegister(reading.energyWh)) return flag(count, 'meter_implausible');
  if (count.lastSampleAt !== null && reading.at.getTime() < count.lastSampleAt.getTime()) return count;
  const register = Math.round(reading.energyWh);
  const delta = register - count.lastRegisterWh;
  const recovered = recoveredFrom(count, register);
  if (recovered !== undefined) {
    const { resetFromWh, energyBeforeResetWh } = recovered;
    return flag(
      {
        ...count,
        lastRegisterWh: register,
        lastSampleAt: reading.at,
        energyWh: energyBeforeResetWh + register - resetFromWh,
        resetFromWh: null,
        energyBeforeResetWh: null,
      },
      'meter_dip',
    );
  }
  if (delta >= 0) {
    const next = { ...count, lastRegisterWh: register, lastSampleAt: reading.at, energyWh: count.energyWh + delta };
    return isJump(count, delta, reading.at) ? flag(next, 'meter_jump') : next;
  }
  // The higher one stays here too: what the reading before was rounded up by is not counted again.
  if (-delta <= ROUNDING_WH) return { ...count, lastSampleAt: reading.at };
  if (register < count.lastRegisterWh * RESET_BELOW) {
    return flag(
      {
        ...count,
        lastRegisterWh: register,
        lastSampleAt: reading.at,
        resetFromWh: count.resetFromWh ?? count.lastRegisterWh,
        energyBeforeResetWh: count.energyBeforeResetWh ?? count.energyWh,
      },
      'meter_reset',
    );
  }
  // Keeping the higher reading: when the register climbs back over it, nothing is counted twice.
  return flag({ ...count, lastSampleAt: reading.at }, 'meter_backwards');
}

/**
 * Counts the register of a stop, which is the total that counts: what the last reading was rounded up by is taken back. After a reset
 * nobody knows whether that was counted. `at` is not before the last reading.
 */
export function countStop<Counted extends EnergyCount>(
  count: Counted,
  reading: { readonly energyWh: number; readonly at: Date },
): Counted {
  const next = countEnergy(count, reading);
  if (!isRegister(reading.energyWh) || count.resetFromWh !== null) return next;
  const register = Math.round(reading.energyWh);
  const over = count.lastRegisterWh - register;
  if (over <= 0 || over > Math.min(ROUNDING_WH, count.energyWh)) return next;
  return { ...next, lastRegisterWh: register, energyWh: count.energyWh - over };
}

/** It counts what no charger could have given since the reading before: a person looks at it before it is billed. */
function isJump({ startedAt, lastSampleAt }: EnergyCount, delta: number, at: Date): boolean {
  const ms = Math.max(0, at.getTime() - (lastSampleAt ?? startedAt).getTime()) + SLACK_MS;
  return delta * 3_600_000 > MOST_W * ms;
}

/**
 * A register that jumps back over where it fell from was never reset: some of its readings were wrong (kWh said to be Wh, M2).
 * Counting it again from zero would bill the whole register. One that climbs there in small steps was reset.
 */
function recoveredFrom(
  { resetFromWh, energyBeforeResetWh, energyWh, lastRegisterWh }: EnergyCount,
  register: number,
): { resetFromWh: number; energyBeforeResetWh: number } | undefined {
  if (resetFromWh === null || energyBeforeResetWh === null || register < resetFromWh) return undefined;
  const lowest = lastRegisterWh - (energyWh - energyBeforeResetWh);
  const jumped = register - lastRegisterWh >= (resetFromWh - lowest) / 2;
  return jumped ? { resetFromWh, energyBeforeResetWh } : undefined;
}

export const flag = <Flagged extends { readonly flags: readonly string[] }>(of: Flagged, name: string): Flagged =>
  of.flags.includes(name) ? of : { ...of, flags: [...of.flags, name] };
