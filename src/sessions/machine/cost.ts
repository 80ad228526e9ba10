/**
 * What a session costs while it goes on: the tariff frozen at its beginning, and a tally to which readings and turns of its course
 * are added in the transaction that records them. Pure. It must come to what the recordings come to (sessions/timeline.ts); where
 * it cannot, because something came out of its order, the session is marked and priced anew from them (sessions/reprice.ts).
 */
import {
  addSample,
  beginTally,
  type Cost,
  costOf,
  planOf,
  type Sample,
  settled,
  type Terms,
  truncated,
  UWH,
} from '../../pricing/index.ts';
import { flag } from '../energy.ts';
import type { Count, Figures, Holding, Manner, Place, SessionCost, SessionRow } from '../types.ts';
import { billedUntil, type Standing } from './billed-until.ts';
import { beginCourse, saysSomething, type Told, turned, UNPLUGGED } from './course.ts';
import { keptFree } from './reserved.ts';

/** Pricing goes from one change of the calendar to the next: a clock that jumps by years must not be counted through. */
const MOST_MS = 31 * 86_400_000;
export const NEEDS_REVIEW = 'cost_needs_review';

/** What costs nothing: no components, in the currency of its organization. */
export const freeTerms = (currency: string): Terms => ({
  currency,
  pricesIncludeTax: true,
  taxPercent: '0',
  components: [],
});

/** Whose session it is, as far as tariffs depend on it. */
type Whose = Pick<SessionRow, 'tokenId' | 'tokenGroupId' | 'freeOfCharge' | 'isTest' | 'startedAt' | 'updatedAt'>;

/** The tariff that holds now is frozen into the session; null: none does. */
export function frozen(place: Place | undefined, whose: Whose): SessionCost | null {
  if (place === undefined) return null;
  const tariff = whose.freeOfCharge || whose.isTest ? null : holdingFor(place, whose);
  return tariff === undefined ? null : begun(tariff, place, whose);
}

export const holdingFor = (
  { holdings }: Place,
  { tokenId, tokenGroupId }: Pick<Whose, 'tokenId' | 'tokenGroupId'>,
): Holding | undefined =>
  holdings.find(({ level, targetId }) => {
    if (level === 'token') return targetId === tokenId;
    return level !== 'token_group' || targetId === tokenGroupId;
  });

function begun(tariff: Holding | null, place: Place, { startedAt, updatedAt, tokenId }: Whose): SessionCost {
  const { timezone, currency } = place;
  const plan = tariff?.plan ?? planOf(freeTerms(currency), timezone);
  return {
    tariff,
    currency: plan.terms.currency,
    timezone,
    plan,
    count: {
      tally: beginTally(plan, startedAt),
      course: beginCourse(startedAt),
      heardAt: updatedAt.getTime(),
      lost: null,
    },
    final: null,
    isFinal: false,
    total: null,
    toldAt: null,
    tellAt: null,
    repriceAt: null,
    repriceReason: null,
    shownBy: place.shownBy,
    manner: place.shownBy === null && !place.manner.isIdleAfterStop ? null : mannerFor(place, tokenId),
    unpluggedAt: null,
    revision: 0,
    reviewStatus: null,
    reviewReasons: [],
  };
}

/** In the driver's own language, if it is known. */
export function mannerFor({ manner, languages }: Pick<Place, 'manner' | 'languages'>, tokenId: string | null): Manner {
  const language = (tokenId === null ? undefined : languages.get(tokenId)) ?? manner.language;
  return { ...manner, language };
}

/** 1.6: its connector told something after the start, before the start came. */
export function begunLate(session: SessionRow, place: Place | undefined): SessionRow {
  const told = place?.told ?? null;
  const isMissed = told !== null && told.at > session.startedAt && saysSomething(told.state);
  return isMissed ? doubted(session, 'told_before_start') : session;
}

/**
 * The session learns whose it is (2.x), or that nobody pays: another tariff may hold, from its beginning on. What an ended one came to,
 * and what was decided about it, stays until it is priced anew: it may have been billed.
 */
export function refrozen(session: SessionRow, before: SessionRow, place: Place | undefined): SessionRow {
  const isNews =
    session.tokenUid !== before.tokenUid ||
    session.freeOfCharge !== before.freeOfCharge ||
    session.isTest !== before.isTest;
  if (!isNews || place === undefined) return session;
  const fresh = frozen(place, session);
  if (fresh === null) return session;
  const known = session.cost;
  const reservedFrom = known?.count.reservedFrom;
  const cost = reservedFrom === undefined ? fresh : keptFree(fresh, session.startedAt, new Date(reservedFrom));
  if (known !== null && known.tariff?.tariffId === cost.tariff?.tariffId && known.tariff?.level === cost.tariff?.level)
    return session;
  const { total = null, toldAt = null, revision = 0, unpluggedAt = null } = known ?? {};
  const changed = { ...session, cost: { ...cost, total, toldAt, revision, unpluggedAt, ...closedAs(known, cost) } };
  const { startedAt } = session;
  if (known === null || session.endedAt !== null || known.count.tally.seenAt > startedAt.getTime())
    return doubted(changed, 'token_learned');
  // Nothing has happened yet but that it began, in some phase.
  const { course } = known.count;
  const tally = addSample(cost.plan, cost.count.tally, { at: startedAt, phase: course.phase }) ?? cost.count.tally;
  return { ...changed, cost: { ...changed.cost, count: { ...cost.count, tally, course } } };
}

/** Of a session that has ended: what it came to, of what, and what was decided about it. */
function closedAs(known: SessionCost | null, { count }: SessionCost): Partial<SessionCost> {
  if (known === null || !known.isFinal) return {};
  const { final, isFinal, reviewStatus, reviewReasons } = known;
  const kept = { ...count, lost: known.count.lost, billed: billedFigures(known) };
  return { final, isFinal, reviewStatus, reviewReasons, count: kept };
}

// -------------------------------------------------------------------------------------------------------- what is counted

/** A reading of the register was counted at `at`: so much energy until then. */
export function sampled(session: SessionRow, at: Date, receivedAt: Date): SessionRow {
  const { cost, energyWh } = session;
  if (cost === null || cost.isFinal) return session;
  const { tally } = cost.count;
  const next = counted(session, { at, energyWh }, receivedAt);
  if (energyWh * UWH < tally.energyUwh) return doubted(next, 'energy_lowered');
  // Pricing would have to know both to cut what lies before them.
  const isTie = tally.at === at.getTime() && (at > session.startedAt || tally.energyUwh > 0);
  return isTie && energyWh * UWH > tally.energyUwh ? doubted(next, 'same_instant') : next;
}

/** Something was told of its course. */
export function told(session: SessionRow, word: Told, receivedAt: Date): SessionRow {
  const { cost } = session;
  if (cost === null || cost.isFinal || word.at < session.startedAt) return session;
  // What a connector says after its vehicle has left is not of this session.
  if (cost.unpluggedAt !== null && word.at >= cost.unpluggedAt && word.state !== UNPLUGGED) return session;
  const turn = turned(cost.count.course, word);
  if (turn === undefined) return doubted(session, 'out_of_order');
  if (turn.course === cost.count.course) return session;
  const kept = { ...session, cost: { ...cost, count: { ...cost.count, course: turn.course } } };
  return turn.phase === undefined ? kept : counted(kept, { at: word.at, phase: turn.phase }, receivedAt, session);
}

function counted(session: SessionRow, sample: Sample, receivedAt: Date, otherwise = session): SessionRow {
  const { cost } = session;
  if (cost === null || cost.count.lost !== null) return session;
  const { count, plan } = cost;
  if (sample.at.getTime() - count.tally.startedAt > MOST_MS) return lost(session, 'too_long');
  const tally = addSample(plan, count.tally, sample);
  if (tally === undefined) return doubted(otherwise, 'out_of_order');
  return { ...session, cost: { ...cost, count: { ...count, tally, heardAt: receivedAt.getTime() } } };
}

/** It is not counted through, and nothing is made up instead. */
function lost(session: SessionRow, why: string): SessionRow {
  const { cost } = session;
  if (cost === null) return session;
  return flag({ ...session, cost: { ...cost, count: { ...cost.count, lost: why } } }, NEEDS_REVIEW);
}

/**
 * It has to be priced anew from its recordings. The first reason stays. What is free costs nothing while it runs, whatever is told; once it
 * has ended, its energy and its times may have been billed.
 */
export function doubted(session: SessionRow, why: string): SessionRow {
  const { cost } = session;
  if (cost === null || (cost.tariff === null && !cost.isFinal) || cost.count.lost !== null) return session;
  // A second doubt is news too: whoever prices it anew just now has not seen it.
  return { ...session, cost: { ...cost, repriceReason: cost.repriceReason ?? why } };
}

// ------------------------------------------------------------------------------------------------------ what it comes to

/**
 * What it costs until the last word of the charger, or until `now` as far as time alone goes on: counted from when that word came,
 * because the charger's clock may be another one. Null: it cannot be priced.
 */
export function costUntil(
  { plan, count, final }: Pick<SessionCost, 'plan' | 'count' | 'final'>,
  now: Date,
): Cost | null {
  if (final !== null || count.lost !== null) return final;
  return costOf(plan, settled(plan, count.tally, countedUntil(count, now)));
}

/** By the charger's clock: its last word, and the time that has gone by here since it came. */
export const countedUntil = ({ tally, heardAt }: Count, now: Date): Date =>
  new Date(tally.seenAt + Math.min(Math.max(0, now.getTime() - heardAt), MOST_MS));

/** At its end: what was counted until then, with its energy. */
export function closedCost(session: SessionRow, endedAt: Date): SessionRow {
  const { cost } = session;
  if (cost === null) return session;
  const { count, plan } = cost;
  const ends = { ...session, endedAt };
  const cut = endedAt.getTime() < count.tally.seenAt ? truncated(count.tally, endedAt) : count.tally;
  let next = cut === undefined ? doubted(ends, 'ended_before') : ends;
  if (cut !== undefined) {
    const kept = { ...ends, cost: { ...cost, count: { ...count, tally: cut } } };
    next = sampled(kept, endedAt, session.updatedAt);
  }
  // It stood there until after the stop, as is known already, and that costs.
  if (cost.manner?.isIdleAfterStop === true && cost.unpluggedAt !== null && cost.unpluggedAt > endedAt)
    next = doubted(next, 'unplugged');
  // What a slip of the register had shown too much is known only now.
  if (session.flags.includes('meter_dip')) next = doubted(next, 'meter_dip');
  return finalOf(next, plan);
}

export const standingOf = ({ unpluggedAt, manner, plan }: SessionCost): Standing => ({
  unpluggedAt,
  isIdleAfterStop: manner?.isIdleAfterStop === true,
  hasIdle: plan.byType.idle.length > 0,
});

/** What a final cost is of. */
export const figuresOf = ({ energyWh, startedAt, endedAt }: SessionRow, cost: SessionCost): Figures => ({
  energyWh,
  startedAt: startedAt.getTime(),
  until: billedUntil(endedAt ?? startedAt, standingOf(cost)).getTime(),
});

/** What its final cost was of, whatever has become of the session since. */
export const billedFigures = ({ count: { billed, tally } }: SessionCost): Figures =>
  billed ?? { energyWh: Math.round(tally.energyUwh / UWH), startedAt: tally.startedAt, until: tally.seenAt };

function finalOf(session: SessionRow, plan: SessionCost['plan']): SessionRow {
  const { cost } = session;
  if (cost === null) return session;
  const final = cost.count.lost === null ? costOf(plan, settled(plan, cost.count.tally)) : null;
  const count = { ...cost.count, billed: figuresOf(session, cost) };
  return reviewed({
    ...session,
    cost: { ...cost, count, final, isFinal: true, total: final?.total ?? null, tellAt: null },
  });
}

// ------------------------------------------------------------------------------------------------------ who should look at it

/** Flags that say nothing against its energy or its times. */
const HARMLESS: ReadonlySet<string> = new Set([
  'seq_no_missing',
  'seq_no_reused',
  'event_type_unknown',
  'event_after_end',
  'stop_after_close',
  'token_missing',
  'token_changed',
  'connector_unknown',
  'value_unreadable',
  'measurand_missing',
  'unit_missing',
  'power_implausible',
  'current_implausible',
  'voltage_implausible',
  'soc_implausible',
  // Somebody has looked at it, and has written down what holds.
  'corrected_by_person',
]);

/** Of a session that somebody pays for: what may be wrong about it. */
export function reviewed(session: SessionRow): SessionRow {
  const { cost, flags } = session;
  if (cost === null || cost.tariff === null) return session;
  const isUnsure = cost.count.lost !== null || flags.includes('implausible_clock');
  const flagged = isUnsure ? flag(session, NEEDS_REVIEW) : session;
  // No energy is not for nothing: a flat price, a minimum or standing there costs too.
  const isPaid =
    session.authorization === 'accepted' || (cost.final !== null && Number(cost.final.total.inclTax) === 0);
  const refused = isPaid ? [] : [`authorization_${session.authorization}`];
  const reasons = [...flagged.flags.filter((each) => !HARMLESS.has(each)), ...refused];
  const isNew = reasons.some((each) => !cost.reviewReasons.includes(each));
  return isNew ? { ...flagged, cost: { ...cost, reviewStatus: 'open', reviewReasons: reasons } } : flagged;
}
