/**
 * Measures the uptime that the rule uptime_below_target is held against: of each EVSE once an hour, over the window that holds for it,
 * by the computation of the reports. It decides nothing.
 */
import type { Tx } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { type EvseUsage, measureUsage } from '../reports/index.ts';
import { rules } from './rules/index.ts';
import { type Due, type Measured, saveUptimes, uptimesDue } from './uptime-store.ts';

/** In one run, once a minute: 60,000 in an hour. */
const AT_ONCE = 1_000;
/** Whose history is in memory at a time. */
const TOGETHER = 4;
const DAY_MS = 86_400_000;
/** Of a charge point whose history is too long to be counted: nothing is known. */
const UNKNOWN = {
  observedMs: 0,
  offlineMs: 0,
  faultedMs: 0,
  unavailableMs: 0,
  excludedMs: 0,
  occupiedMs: 0,
  chargingMs: 0,
};

/** Returns how many charge points were measured. */
export async function measureUptimes({ db, now }: { readonly db: Tx; readonly now: () => Date }): Promise<number> {
  const windowDays = rules.uptime_below_target.window?.days ?? 30;
  const due = await uptimesDue(db, { now: now(), atMost: AT_ONCE, windowDays });
  const alike = new Map<string, Due[]>();
  for (const each of due) {
    const key = `${each.organizationId} ${each.windowDays}`;
    alike.set(key, [...(alike.get(key) ?? []), each]);
  }
  for (const some of alike.values())
    for (let at = 0; at < some.length; at += TOGETHER) await measure(db, some.slice(at, at + TOGETHER), now());
  return due.length;
}

async function measure(db: Tx, some: readonly Due[], now: Date): Promise<void> {
  const [first] = some;
  if (first === undefined) return;
  const { organizationId, windowDays } = first;
  const range = { from: new Date(now.getTime() - windowDays * DAY_MS), to: now };
  const usageOf = (chargePointIds: readonly string[]): Promise<EvseUsage[]> =>
    measureUsage(db, { organizationId, chargePointIds }, range);
  const ids = some.map(({ chargePointId }) => chargePointId);
  const usages = await usageOf(ids).catch(async (error: unknown) => {
    if (!isTooMuch(error)) throw error;
    // One of them has told too much: the others are measured without it.
    const each: EvseUsage[] = [];
    for (const id of ids) each.push(...(await usageOf([id]).catch((cause: unknown) => nothingKnown(id, cause))));
    return each;
  });
  await saveUptimes(db, { organizationId, windowDays, now }, usages.map(measured));
}

const isTooMuch = (error: unknown): boolean => error instanceof AppError && error.code === 'validation_failed';

function nothingKnown(chargePointId: string, cause: unknown): EvseUsage[] {
  if (!isTooMuch(cause)) throw cause;
  return [{ chargePointId, evseId: 1, usage: UNKNOWN }];
}

const seconds = (ms: number): number => Math.round(ms / 1000);
const measured = ({ chargePointId, evseId, usage }: EvseUsage): Measured => ({
  ...{ chargePointId, evseId },
  observedS: seconds(usage.observedMs),
  offlineS: seconds(usage.offlineMs),
  faultedS: seconds(usage.faultedMs),
  unavailableS: seconds(usage.unavailableMs),
  excludedS: seconds(usage.excludedMs),
});
