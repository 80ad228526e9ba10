/** Whether the schedule by which an EV means to charge is within the one that it was given (2.0.1 K15.FR.11, K15.FR.12). Pure. */
import type { ChargingProfile, ChargingSchedule } from '../types.ts';
import { PHASE_V, periodAt } from './limits.ts';

/** EVs count in whole watts, and round. */
const TOLERANCE = 0.001;

export function isWithin(
  given: ChargingProfile,
  wanted: ChargingSchedule,
  wantedFrom: Date,
  selectedId: number | undefined,
  phases: number,
): boolean {
  const all = [given.schedule, ...(given.alternatives ?? [])];
  // K15: the EV names the one that it chose; without a name any that fits will do.
  const chosen = selectedId === undefined ? all : all.filter((each, i) => (each.id ?? i + 1) === selectedId);
  return (chosen.length === 0 ? all : chosen).some((schedule) => fits(schedule, wanted, wantedFrom.getTime(), phases));
}

function fits(given: ChargingSchedule, wanted: ChargingSchedule, wantedFrom: number, ofNeeds: number): boolean {
  const started = given.startAt === undefined ? Number.NaN : Date.parse(given.startAt);
  // A relative one begins with the negotiation, as the EV's does.
  const givenFrom = Number.isNaN(started) ? wantedFrom : started;
  const changes = [
    ...wanted.periods.map(({ startS }) => wantedFrom + startS * 1000),
    ...given.periods.map(({ startS }) => givenFrom + startS * 1000),
  ].filter((at) => at >= wantedFrom);
  return changes.every((at) => {
    const { limit: want, phases = ofNeeds } = periodAt(wanted, at - wantedFrom) ?? {};
    const most = periodAt(given, Math.max(0, at - givenFrom))?.limit;
    if (want === undefined || most === undefined) return true; // beyond the end of one of them nothing is said
    const inOurs =
      wanted.unit === given.unit ? want : wanted.unit === 'A' ? want * PHASE_V * phases : want / (PHASE_V * phases);
    return inOurs <= most * (1 + TOLERANCE) + 0.05;
  });
}
