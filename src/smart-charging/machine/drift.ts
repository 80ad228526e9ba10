/** How what a station says that it holds differs from what we know to have set. Pure. */
import type { ReportCriteria } from '../../ingest/inputs.ts';
import type { ChargingProfile, ChargingSchedule, Drift, ProfileReport, ProfileRow } from '../types.ts';

/** OCPP's word for the operator of the stations: us. */
export const OURS = 'CSO';

type Judged = {
  readonly drift: readonly Drift[];
  /** Rows that the station would have told of if it held them. */
  readonly missing: readonly ProfileRow[];
  readonly unknown: readonly ChargingProfile[];
};

/** Limits that others have set are theirs: they are told, and are no drift. */
export function judge({ criteria, profiles }: ProfileReport, active: readonly ProfileRow[]): Judged {
  const reported = new Map<number, ChargingProfile>();
  for (const { source, profile } of profiles) {
    if (source === OURS && profile.purpose !== 'external_constraints') reported.set(profile.profileId, profile);
  }
  const expected = criteria === null ? [] : active.filter((row) => isMeant(criteria, row));
  const missing = expected.filter(({ profileId }) => !reported.has(profileId));
  const known = new Map(active.map((row) => [row.profileId, row]));
  const unknown = [...reported.values()].filter(({ profileId }) => !known.has(profileId));
  const different = [...reported.values()].filter((profile) => {
    const row = known.get(profile.profileId);
    return row !== undefined && !isSame(row.profile, profile);
  });
  return {
    missing,
    unknown,
    drift: [
      // A session's profile goes with its session: nothing to wonder about.
      ...missing
        .filter(({ purpose }) => purpose !== 'tx')
        .map(({ profileId }) => ({ profileId, kind: 'missing' as const })),
      ...unknown.map(({ profileId }) => ({ profileId, kind: 'unknown' as const })),
      ...different.map(({ profileId }) => ({ profileId, kind: 'different' as const })),
    ],
  };
}

function isMeant({ connectorId, purpose, stackLevel, profileIds, sources }: ReportCriteria, row: ProfileRow): boolean {
  if (connectorId !== undefined && row.connectorId !== connectorId) return false;
  // K09.FR.03: with ids the rest does not count.
  if (profileIds !== undefined) return profileIds.includes(row.profileId);
  return (
    (sources === undefined || sources.includes(OURS)) &&
    (purpose === undefined || row.purpose === purpose) &&
    (stackLevel === undefined || row.stackLevel === stackLevel)
  );
}

/** In what limits anything. How a station spells an instant, or what it numbers its schedules by, does not count. */
export const isSame = (ours: ChargingProfile, theirs: ChargingProfile): boolean =>
  JSON.stringify(essence(ours)) === JSON.stringify(essence(theirs));

const essence = (profile: ChargingProfile): unknown => [
  profile.connectorId,
  profile.purpose,
  profile.stackLevel,
  profile.kind,
  profile.recurrency ?? null,
  instant(profile.validFrom),
  instant(profile.validTo),
  [profile.schedule, ...(profile.alternatives ?? [])].map((each) => scheduleEssence(each, profile.kind)),
];

const scheduleEssence = ({ unit, durationS, startAt, periods }: ChargingSchedule, kind: ChargingProfile['kind']) => [
  unit,
  durationS ?? null,
  // A relative one begins with its session, and a station may write down when that was.
  kind === 'relative' || kind === 'dynamic' ? null : instant(startAt),
  periods.map((period) => [
    period.startS,
    // Of a dynamic one the values change all the time.
    ...(kind === 'dynamic' ? [] : [period.limit ?? null, period.dischargeLimit ?? null, period.setpoint ?? null]),
    period.phases ?? 3, // 2.0.1 ChargingSchedulePeriodType: absent is three
    period.mode ?? 'charging_only',
  ]),
];

const instant = (text: string | undefined): number | null => {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
};
