/**
 * Which limits the chargers of a site should have, and which may be sent now. Pure.
 * The one promise: what all may draw together is never more than the cap by our doing. A limit is lowered at once; it is raised only by
 * what others have confirmed to have given up. Who is offline, refuses, or is not ours to steer counts with all that he may draw.
 */
import { allocate, type Claim } from './machine/allocate.ts';
import { ceilingOf, floorOf, newest } from './machine/ledger.ts';
import { snapped } from './machine/units.ts';
import type {
  Cap,
  EvseFacts,
  Member,
  MemberReason,
  Plan,
  Sending,
  Settings,
  Share,
  SiteState,
  Verdict,
} from './types.ts';

export type SiteFacts = {
  readonly settings: Pick<Settings, 'strategy' | 'idle' | 'turnS' | 'holdS'>;
  readonly cap: Cap;
  readonly members: readonly Member[];
  readonly now: number;
};

const MINUTE_MS = 60_000;
/** While answers are awaited: who is to wake us may have died. */
const LOOK_SOON_MS = 3_000;
/** Not answered yet: more would only queue up at the charger. */
const MOST_IN_FLIGHT = 2;
/** Raising by less is not worth a message: a twentieth. */
const WORTH = 20;

type Weighed = { readonly member: Member; readonly ceiling: number; readonly fixed: MemberReason | undefined };

export function decide({ settings, cap, members, now }: SiteFacts): Plan {
  const weighed = members.map((member): Weighed => {
    const fixed = whyFixed(member, now);
    const isUnknown = fixed === 'unmanaged' || fixed === 'overruled';
    return { member, fixed, ceiling: isUnknown ? member.max : ceilingOf(member.line, member.max) };
  });
  const ceiling = sum(weighed.map((each) => each.ceiling));
  const fixed = sum(weighed.filter((each) => each.fixed !== undefined).map((each) => each.ceiling));
  const verdicts = share(settings, cap.amount - fixed, weighed, now);
  const { sendings, withheldUntil } = sendable(settings, cap.amount, ceiling, weighed, verdicts, now);

  const isOver = ceiling > cap.amount;
  const isWaiting = weighed.some(({ member }) => member.line.inFlight.some(({ doubtful }) => !doubtful));
  const willBeMet = sum(verdicts.map(({ target }) => target)) <= cap.amount;
  const state: SiteState = !isOver ? 'met' : willBeMet ? 'lowering' : 'unmet';
  const times = [now + MINUTE_MS, ...withheldUntil, ...turnsEnd(settings, verdicts, now)];
  if (cap.changesAt !== null) times.push(cap.changesAt);
  if (isWaiting || sendings.length > 0) times.push(now + LOOK_SOON_MS);
  for (const { member } of weighed) if (member.line.retryAt !== null) times.push(member.line.retryAt);
  const lookAt = Math.max(now + 1, Math.min(...times.filter((at) => at > now)));
  return { state, ...withSent(verdicts, sendings), sendings, lookAt };
}

/** What is sent may be taken at any moment from now on. */
function withSent(verdicts: readonly Verdict[], sendings: readonly Sending[]): Pick<Plan, 'ceiling' | 'verdicts'> {
  const sent = new Map(sendings.map(({ id, amount }) => [id, amount]));
  const after = verdicts.map((verdict) => ({
    ...verdict,
    ceiling: Math.max(verdict.ceiling, sent.get(verdict.id) ?? 0),
  }));
  return { verdicts: after, ceiling: sum(after.map((each) => each.ceiling)) };
}

/** Why it cannot be steered now; undefined: it can. */
function whyFixed({ managed, online, overruled, line }: Member, now: number): MemberReason | undefined {
  if (!managed) return 'unmanaged';
  if (overruled) return 'overruled';
  if (!online) return 'offline';
  return line.retryAt !== null && now < line.retryAt ? 'refused' : undefined;
}

// -------------------------------------------------------------------------------------------------------------- who gets what

function share(
  settings: SiteFacts['settings'],
  budget: number,
  weighed: readonly Weighed[],
  now: number,
): readonly Verdict[] {
  const steered = weighed.filter(({ fixed }) => fixed === undefined);
  const claims = steered.flatMap(({ member }) => claimsOf(member));
  const idlers = steered.filter(({ member }) => claimsOf(member).length === 0);
  const idleOf = ({ member }: Weighed): number => Math.min(settings.idle, mostOf(member));
  const reserved = sum(idlers.map(idleOf));
  // Who charges comes before who might.
  const hasRoom = budget - reserved >= sum(claims.map(({ min }) => min));
  const idle = hasRoom ? reserved : 0;
  const rules = { strategy: settings.strategy, turnMs: settings.turnS * 1000, now };
  const given = allocate(budget - idle, claims, rules);
  return weighed.map((each) => {
    const { member, fixed, ceiling } = each;
    const { id } = member;
    if (fixed !== undefined) return { id, target: ceiling, ceiling, reason: fixed, shares: lastShares(member, now) };
    const shares = member.evses.map((evse) => shareOf(evse, member, given, now));
    if (shares.every(({ state }) => state === 'idle')) {
      const reason = mostOf(member) < settings.idle ? 'external' : 'idle';
      return { id, target: hasRoom ? snapped(idleOf(each), member.gauge) : 0, ceiling, reason, shares };
    }
    const target = snapped(sum(shares.map(({ amount }) => amount)), member.gauge);
    return { id, target, ceiling, reason: reasonOf(member, shares), shares };
  });
}

/** By its make, and by what others allow it. */
const mostOf = ({ max, external }: Member): number => Math.min(max, external ?? max);

function claimsOf(member: Member): Claim[] {
  const charging = member.evses.filter(({ demand }) => demand !== 'none');
  // Its EVSEs have one supply: each may have its part of it.
  const max = Math.floor(mostOf(member) / Math.max(1, charging.length));
  return charging.map(({ evseId, demand, arrivedAt, before }) => ({
    ...{ key: keyOf(member, evseId), demand: demand === 'full' ? 'full' : 'held', min: member.min, max },
    ...{ priority: member.priority, arrivedAt, before },
  }));
}

const keyOf = ({ id }: Member, evseId: number): string => `${id} ${evseId}`;

function shareOf(evse: EvseFacts, member: Member, given: ReadonlyMap<string, number>, now: number): Share {
  const { evseId, demand, before } = evse;
  const amount = demand === 'none' ? 0 : (given.get(keyOf(member, evseId)) ?? 0);
  const state = demand === 'none' ? 'idle' : amount === 0 ? 'paused' : demand === 'held' ? 'minimum' : 'charging';
  // A car that takes nothing for a while has had its turn all the same.
  const goesOn = before?.state === state || (isServed(before?.state) && isServed(state));
  return { evseId, state, amount, since: goesOn && before !== undefined ? before.since : now };
}
const isServed = (state: Share['state'] | undefined): boolean => state === 'charging' || state === 'minimum';

/** Of whom nothing new can be said, but that nobody charges there any more. */
const lastShares = (member: Member, now: number): readonly Share[] =>
  member.evses.flatMap((evse) => {
    if (evse.demand === 'none') return [shareOf(evse, member, new Map(), now)];
    return evse.before === undefined ? [] : [evse.before];
  });

function reasonOf(member: Member, shares: readonly Share[]): MemberReason {
  if (shares.some(({ state }) => state === 'charging')) return 'shared';
  if (shares.some(({ state }) => state === 'minimum')) return 'minimum';
  return member.external !== null && member.external < member.min ? 'external' : 'paused';
}

function turnsEnd({ turnS, strategy }: SiteFacts['settings'], verdicts: readonly Verdict[], now: number): number[] {
  const shares = verdicts.flatMap((verdict) => verdict.shares);
  if (strategy === 'first_come_first_served' || !shares.some(({ state }) => state === 'paused')) return [];
  return shares.filter(({ state }) => isServed(state)).map(({ since }) => Math.max(now + 1000, since + turnS * 1000));
}

// -------------------------------------------------------------------------------------------------------- what may be sent now

function sendable(
  settings: SiteFacts['settings'],
  cap: number,
  ceiling: number,
  weighed: readonly Weighed[],
  verdicts: readonly Verdict[],
  now: number,
): { sendings: Sending[]; withheldUntil: number[] } {
  const sendings: Sending[] = [];
  const withheldUntil: number[] = [];
  const raises: {
    readonly member: Member;
    readonly ceiling: number;
    readonly target: number;
    readonly from: number;
  }[] = [];
  weighed.forEach(({ member, ceiling: most, fixed }, i) => {
    const target = verdicts[i]?.target ?? 0;
    if (fixed !== undefined) return;
    const { id, line } = member;
    const known = newest(line);
    const isFull = line.inFlight.filter(({ doubtful }) => !doubtful).length >= MOST_IN_FLIGHT;
    if (known === undefined || target < known) {
      // Also who cannot be lowered is told, so that something is known of him. While all may draw too much, he may keep to less than he
      // counts with: then he is told no more than the least that this may be, as else he might be raised by it.
      const amount = snapped(Math.min(target, ceiling > cap ? floorOf(line, member.max) : most), member.gauge);
      if (!isFull) sendings.push({ id, amount, why: amount < most ? 'lower' : 'again' });
    } else if (isToldAgain(member, now)) sendings.push({ id, amount: snapped(known, member.gauge), why: 'again' });
    else if (target > known && !isFull) raises.push({ member, ceiling: most, target, from: known });
  });

  let room = cap - ceiling;
  const first = (each: (typeof raises)[number]): number => (each.from < each.member.min ? 0 : 1);
  const orderOf = ({ member }: (typeof raises)[number]): number => member.priority;
  raises.sort((a, b) => first(a) - first(b) || orderOf(b) - orderOf(a) || (a.member.id < b.member.id ? -1 : 1));
  for (const { member, ceiling: most, target, from } of raises) {
    const isStart = from < member.min;
    const heldUntil = (member.line.sentAt ?? Number.NEGATIVE_INFINITY) + settings.holdS * 1000;
    if (!isStart && heldUntil > now) {
      withheldUntil.push(heldUntil);
      continue;
    }
    if (!isStart && target - from < Math.max(1, Math.floor(from / WORTH))) continue;
    const enough = Math.max(0, target - most) <= room;
    // A car that waits gets what it needs to begin; the rest follows.
    const amount = enough ? target : isStart ? snapped(Math.min(target, member.min), member.gauge) : undefined;
    if (amount === undefined || amount <= from || Math.max(0, amount - most) > room) continue;
    room -= Math.max(0, amount - most);
    sendings.push({ id: member.id, amount, why: 'raise' });
  }
  return { sendings, withheldUntil };
}

/** What it took, once more, before it is raised: some forget their limits when they boot; or it would be put in other words now. */
function isToldAgain({ bootedAt, isOutdated, line: { confirmed, inFlight } }: Member, now: number): boolean {
  if (confirmed === null || inFlight.length > 0) return false;
  // A boot that is to come was written before the clock was set back.
  return isOutdated || (bootedAt !== null && bootedAt > confirmed.at && bootedAt <= now);
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
