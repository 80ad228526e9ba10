/** From rows to what REST shows. */
import type { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import type { MeterRow } from './look-store.ts';
import { type historyOut, type memberOut, type meterBody, outer, type stateOut } from './schemas.ts';
import type { HistoryRow, MemberSettings, SiteLoadRow, StateRow } from './store.ts';
import type { MemberReason, Settings } from './types.ts';

/** In the site's unit. Throws validation_failed. */
export function readingOf(
  { power_w: powerW, currents_a: currents }: z.output<typeof meterBody>,
  { unit, voltage }: Pick<Settings, 'unit' | 'voltage'>,
): number {
  if (unit === 'W' && powerW !== undefined) return powerW;
  if (currents !== undefined)
    return unit === 'A' ? Math.max(...currents) : currents.reduce((sum, each) => sum + each, 0) * voltage;
  const field = unit === 'A' ? 'currents_a' : 'power_w';
  const message = `is required: this site reckons in ${unit}`;
  throw new AppError('validation_failed', `The request is not valid: ${field} ${message}`, {
    details: [{ field, message }],
  });
}

export function presentState(
  row: SiteLoadRow,
  meter: MeterRow | undefined,
  chargePoints: readonly StateRow[],
  reaches: (chargePointId: string) => boolean,
  now: Date,
): z.input<typeof stateOut> {
  const { settings } = row;
  const out = (value: number): number => outer(value, settings.unit);
  const orNull = (value: number | null): number | null => (value === null ? null : out(value));
  const wire = ({ unit, tenths, at }: NonNullable<StateRow['confirmed']>) => ({
    unit,
    limit: tenths / 10,
    at: new Date(at),
  });
  const ageS = meter === undefined ? 0 : Math.max(0, (now.getTime() - meter.receivedAt.getTime()) / 1000);
  return {
    // Only looks write these columns.
    ...{ state: row.state as 'met' | 'lowering' | 'unmet' | null, since: row.stateSince, unit: settings.unit },
    ...{ cap: orNull(row.cap), cap_reason: row.capReason as 'settings' | null, ceiling: orNull(row.ceiling) },
    draw_w: chargePoints.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0),
    meter:
      meter === undefined
        ? null
        : {
            ...{ draw: out(meter.draw), peak: out(meter.peak), received_at: meter.receivedAt, age_s: ageS },
            stale: settings.meter !== null && ageS >= settings.meter.staleAfterS,
          },
    ...{ looked_at: row.lookedAt, look_at: row.lookAt },
    charge_points: chargePoints
      .filter(({ id }) => reaches(id))
      .map((each) => ({
        ...{ id: each.id, identity: each.identity, connected: each.connected },
        ...{ target: orNull(each.target), ceiling: orNull(each.ceiling), reason: each.reason as MemberReason | null },
        confirmed: each.confirmed === null || each.confirmed.isGone === true ? null : wire(each.confirmed),
        in_flight: (each.inFlight ?? []).map((sent) => ({ ...wire(sent), doubtful: sent.doubtful })),
        ...{ failures: each.failures ?? 0, retry_at: each.retryAt, power_w: each.powerW },
        evses: (each.shares ?? []).map(({ evseId, state, amount, since }) => ({
          ...{ evse_id: evseId, state, amount: out(amount), since: new Date(since) },
        })),
      })),
  };
}

export const presentHistory = (
  row: HistoryRow,
  reaches: (chargePointId: string) => boolean,
): z.input<typeof historyOut> => ({
  ...{
    id: row.id,
    at: row.at,
    state: row.state,
    unit: row.unit,
    cap: outer(row.cap, row.unit),
    cap_reason: row.capReason,
  },
  ...{ ceiling: outer(row.ceiling, row.unit), charging: row.charging, paused: row.paused, offline: row.offline },
  sent: row.sent
    .filter(({ chargePointId }) => reaches(chargePointId))
    .map(({ chargePointId, amount, why }) => ({
      charge_point_id: chargePointId,
      limit: outer(amount, row.unit),
      why: why as 'lower', // only looks write it
    })),
  sent_count: row.sentCount,
});

const USUAL: MemberSettings = {
  ...{ managed: true, priority: 0, phases: 3, balanced: false, unit: null, minTenths: null, maxTenths: null },
};
export function presentMember(row: MemberSettings = USUAL): z.input<typeof memberOut> {
  const { managed, priority, phases, balanced, unit, minTenths, maxTenths } = row;
  const out = (tenths: number | null): number | null => (tenths === null ? null : tenths / 10);
  return { managed, priority, phases, balanced, unit, min: out(minTenths), max: out(maxTenths) };
}
