/** From the rows of a site to what its machine decides on. It reckons, and decides nothing. */
import type { ChargingProfile, ChargingSchedule } from '../ingest/inputs.ts';
import type { CommandFact, HeldSite, MemberRow, SiteRows, StoredWire } from './look-store.ts';
import { emptyLine, type Fate, LONGEST_RETRY_MS, settled } from './machine/ledger.ts';
import { amountOf, ampereAmount } from './machine/units.ts';
import type { Demand, EvseFacts, Gauge, Line, Member, Outcome, Unit } from './types.ts';

/** Below it no car charges (IEC 61851-1): 6 A, in tenths. */
const LEAST_TENTHS = 60;
/** A command of which there is no row yet may still be on its way into the queue; its submitter gives up long before. */
const ARRIVES_WITHIN_MS = 60_000;
/** Where a charger does not say how far it goes: above the level 0 of a plain charging limit. */
const DEFAULT_LEVEL = 1;
/** From when to when a profile holds is judged by the charger's clock. More than the minute within which a site is looked at again. */
const CLOCKS_DIFFER_MS = 300_000;

export type Abilities = { readonly unit: Unit; readonly stackLevel: number };
export type KnownMember = Member & {
  readonly row: MemberRow;
  readonly abilities: Abilities;
};

type Of<T extends { readonly chargePointId: string }> = ReadonlyMap<string, readonly T[]>;
function byCharger<T extends { readonly chargePointId: string }>(rows: readonly T[]): Of<T> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const some = found.get(row.chargePointId);
    if (some === undefined) found.set(row.chargePointId, [row]);
    else some.push(row);
  }
  return found;
}

/** `unqueued`: commands that this process was just told to be in no queue. */
export function membersOf(
  { settings }: Pick<HeldSite, 'settings'>,
  rows: SiteRows,
  now: number,
  unqueued: ReadonlySet<string>,
): KnownMember[] {
  const evses = byCharger(rows.evses);
  const sessions = byCharger(rows.sessions);
  const external = byCharger(rows.external);
  const rivals = byCharger(rows.rivals);
  const abilities = byCharger(rows.abilities);
  const commands = new Map(rows.commands.map((command) => [command.id, command]));
  return rows.members.map((row): KnownMember => {
    const { id } = row;
    const able = abilitiesOf(row, abilities.get(id) ?? []);
    const gauge: Gauge = {
      site: settings.unit,
      unit: able.unit,
      voltage: settings.voltage,
      phases: row.phases ?? settings.phases,
      balanced: row.balanced ?? false,
    };
    const known = evsesOf(row, evses.get(id) ?? [], sessions.get(id) ?? []);
    // What people said of it does not change its meaning by what it says of itself.
    const said = (tenths: number): number => amountOf({ unit: row.unit ?? 'A', tenths }, gauge);
    const held = row.confirmed === null ? undefined : commands.get(row.confirmed.commandId);
    const level = Math.min(able.stackLevel, held?.stackLevel ?? able.stackLevel);
    const least = settings.evseMin ?? ampereAmount(LEAST_TENTHS, gauge);
    return {
      ...{ id, row, gauge, abilities: able, evses: known },
      managed: row.managed ?? true,
      online: row.connected && row.protocol !== null,
      priority: row.priority ?? 0,
      min: row.minTenths === null ? least : said(row.minTenths),
      max: row.maxTenths === null ? settings.evseMax * Math.max(1, known.length) : said(row.maxTenths),
      external: externalOf(external.get(id) ?? [], rivals.get(id) ?? [], known.length, gauge, now),
      overruled: (rivals.get(id) ?? []).some((rival) => overrules(rival, level, now)),
      bootedAt: row.bootedAt?.getTime() ?? null,
      isOutdated: isOutdated(row, held, able, gauge),
      line: lineOf(row, gauge, commands, now, unqueued),
    };
  });
}

/**
 * Whether a rival may outrank our profile of this level now. One of the same level also before it holds: ours would take its place
 * (1.6 §5.16), or be refused beside it (2.x). What cannot be read as a time is no end and no beginning.
 */
function overrules({ stackLevel, profile }: SiteRows['rivals'][number], level: number, now: number): boolean {
  if (stackLevel < level || endsOf(profile).some((end) => end + CLOCKS_DIFFER_MS <= now)) return false;
  const isAhead = profile.validFrom !== undefined && Date.parse(profile.validFrom) - CLOCKS_DIFFER_MS > now;
  return stackLevel === level || !isAhead;
}

/** After any of these it holds no more. */
function endsOf({ kind, validTo, schedule }: ChargingProfile): number[] {
  const { startAt, durationS, randomizedDelayS = 0, useLocalTime } = schedule;
  const ends = validTo === undefined ? [] : [Date.parse(validTo)];
  // By local time nobody here knows when it begins.
  if (kind !== 'absolute' || startAt === undefined || durationS === undefined || useLocalTime === true) return ends;
  return [...ends, Date.parse(startAt) + (durationS + randomizedDelayS) * 1000];
}

function isOutdated(
  { confirmed }: MemberRow,
  held: CommandFact | undefined,
  { unit, stackLevel }: Abilities,
  gauge: Gauge,
): boolean {
  if (confirmed === null || held === undefined || held.stackLevel === null) return false;
  return confirmed.unit !== unit || held.stackLevel !== stackLevel || held.phases !== (toldPhases(gauge) ?? null);
}

/** Three are what a profile means that does not name them. */
export const toldPhases = ({ phases }: Gauge): number | undefined => (phases < 3 ? phases : undefined);

function abilitiesOf(row: MemberRow, said: SiteRows['abilities']): Abilities {
  const isOf16 = row.protocol === 'ocpp1.6';
  const value = (of16: string, of2: string): string =>
    said.find(({ key }) => key === (isOf16 ? of16 : of2))?.value?.toLowerCase() ?? '';
  const units = value('ChargingScheduleAllowedChargingRateUnit', 'RateUnit');
  const isAmpere = units.includes('current') || units.split(',').some((each) => each.trim() === 'a');
  const isWatt = units.includes('power') || units.split(',').some((each) => each.trim() === 'w');
  const level = value('ChargeProfileMaxStackLevel', 'ProfileStackLevel').trim();
  return {
    unit: row.unit ?? (isWatt && !isAmpere ? 'W' : 'A'),
    stackLevel: /^\d{1,6}$/.test(level) ? Number(level) : DEFAULT_LEVEL,
  };
}

function evsesOf(row: MemberRow, evses: SiteRows['evses'], sessions: SiteRows['sessions']): EvseFacts[] {
  const placed = placedOf(evses, sessions);
  return idsOf([...evses, ...placed]).map((evseId) => {
    const running = placed.filter((session) => session.evseId === evseId);
    const demand: Demand =
      running.length === 0 ? 'none' : running.every(({ status }) => status === 'suspended_ev') ? 'held' : 'full';
    const arrivedAt = Math.min(...running.map(({ startedAt }) => startedAt.getTime()));
    return {
      ...{ evseId, demand, arrivedAt: running.length === 0 ? 0 : arrivedAt },
      before: row.shares?.find((share) => share.evseId === evseId),
    };
  });
}

const idsOf = (rows: SiteRows['evses']): number[] =>
  [...new Set(rows.map(({ evseId }) => evseId))].filter((id) => id > 0).sort((a, b) => a - b);

/** A session whose EVSE nobody has named (0) runs on the first that is free, as far as anybody knows: its car is to get its share. */
function placedOf(evses: SiteRows['evses'], sessions: SiteRows['sessions']): SiteRows['sessions'] {
  const ids = idsOf([...evses, ...sessions]);
  const busy = new Set(sessions.map(({ evseId }) => evseId));
  return sessions.map((session) => {
    if (session.evseId > 0) return session;
    const evseId = ids.find((id) => !busy.has(id)) ?? ids[0] ?? 1;
    busy.add(evseId);
    return { ...session, evseId };
  });
}

function lineOf(
  row: MemberRow,
  gauge: Gauge,
  commands: ReadonlyMap<string, CommandFact>,
  now: number,
  unqueued: ReadonlySet<string>,
): Line {
  const amount = ({ unit, tenths }: StoredWire): number => amountOf({ unit, tenths }, gauge);
  const { confirmed } = row;
  const inFlight = row.inFlight ?? [];
  const hasReconnected = row.connectedAt !== null && row.sentAt !== null && row.connectedAt > row.sentAt;
  const line: Line = {
    ...emptyLine,
    confirmed: confirmed && {
      ...{ commandId: confirmed.commandId, at: confirmed.at, amount: amount(confirmed) },
      isGone: confirmed.isGone === true,
    },
    inFlight: inFlight.map((each) => ({ ...each, amount: amount(each) })),
    // Not after now: the clock may have been set back since.
    sentAt: row.sentAt === null ? null : Math.min(row.sentAt.getTime(), now),
    failures: row.failures ?? 0,
    // Who has come back is asked again at once.
    retryAt: hasReconnected || row.retryAt === null ? null : Math.min(row.retryAt.getTime(), now + LONGEST_RETRY_MS),
  };
  const sentAt = new Map(inFlight.map(({ commandId, at }) => [commandId, at]));
  const fateOf = (id: string): Fate => {
    const command = commands.get(id);
    if (command !== undefined) return { outcome: outcome(command), sentAt: command.sentAt?.getTime() ?? null };
    const isLost = unqueued.has(id) || now - (sentAt.get(id) ?? 0) > ARRIVES_WITHIN_MS;
    return { outcome: isLost ? 'unsent' : 'open', sentAt: null };
  };
  const held = confirmed === null ? undefined : commands.get(confirmed.commandId);
  const isGone = held?.profile !== 'active' || held.mayBeCleared;
  return settled(line, fateOf, isGone, now);
}

/** The charger's own word decides; a profile that is held no more is not what holds. */
function outcome({ status, sentAt, profile }: CommandFact): Outcome {
  if (status === 'queued' || status === 'sent') return 'open';
  if (status === 'accepted') return profile === 'active' ? 'taken' : 'unknown';
  if (status === 'rejected') return 'refused';
  return sentAt === null ? 'unsent' : 'unknown';
}

/**
 * The least of what others allow the charge point now: as it reports it, and as people limited it for good beneath our own profile, which
 * hides theirs from it. A limit of one of several EVSEs is not the charge point's.
 */
function externalOf(
  limits: SiteRows['external'],
  rivals: SiteRows['rivals'],
  evses: number,
  gauge: Gauge,
  now: number,
): number | null {
  const reported = limits
    .filter(({ evseId }) => evseId === 0 || evses <= 1)
    .flatMap(({ schedules, reportedAt }) =>
      schedules.flatMap((schedule) => limitNow(schedule, reportedAt.getTime(), gauge, now)),
    );
  const ours = rivals
    .filter(({ profile: { kind, validFrom, validTo } }) => kind === 'absolute' && !validFrom && !validTo)
    .flatMap(({ profile, createdAt }) => limitNow(profile.schedule, createdAt.getTime(), gauge, now));
  const amounts = [...reported, ...ours];
  return amounts.length === 0 ? null : Math.min(...amounts);
}

function limitNow(schedule: ChargingSchedule, reportedAt: number, gauge: Gauge, now: number): number[] {
  const { startAt, durationS, unit, periods } = schedule;
  const began = startAt === undefined ? reportedAt : Date.parse(startAt);
  const elapsedS = (now - began) / 1000;
  if (!(elapsedS >= 0) || (durationS !== undefined && elapsedS >= durationS)) return [];
  const period = periods.filter(({ startS }) => startS <= elapsedS).at(-1);
  if (period?.limit === undefined) return [];
  const tenths = Math.floor(Math.max(0, Math.min(period.limit, 1e7)) * 10);
  return [amountOf({ unit, tenths }, gauge)];
}
