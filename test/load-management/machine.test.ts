/** Sharing the supply of a site: what all may draw is never more than the cap by our doing, whatever becomes of limits on their way. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allocate, type Claim } from '../../src/load-management/machine/allocate.ts';
import { type CapFacts, capAt } from '../../src/load-management/machine/cap.ts';
import { ceilingOf, emptyLine, type Fate, floorOf, settled } from '../../src/load-management/machine/ledger.ts';
import { amountOf, snapped, wireOf } from '../../src/load-management/machine/units.ts';
import { decide } from '../../src/load-management/machine.ts';
import {
  type Demand,
  type Gauge,
  type Line,
  type Member,
  type Share,
  strategies,
} from '../../src/load-management/types.ts';

const T0 = Date.UTC(2026, 10, 26, 12);
const AMPERE: Gauge = { site: 'A', unit: 'A', voltage: 230, phases: 3, balanced: false };

// ---------------------------------------------------------------------------------------- a site whose chargers lose and refuse

type Sent = { readonly id: string; readonly amount: number; fate: Fate; queued: boolean; isGone: boolean };
type Charger = {
  line: Line;
  /** What it keeps to, whatever we think. */
  inForce: number;
  online: boolean;
  demand: Demand;
  arrivedAt: number;
  shares: readonly Share[];
  bootedAt: number | null;
  readonly max: number;
  readonly priority: number;
  readonly commands: Sent[];
};
const step = fc.record({
  what: fc.constantFrom(
    ...(['plug', 'plug', 'plug', 'unplug', 'hold', 'offline', 'online', 'cap', 'wait'] as const),
    ...(['look', 'look', 'look', 'look', 'look', 'look'] as const),
    ...(['taken', 'taken', 'refused', 'answer_lost', 'answer_lost', 'call_lost', 'late', 'dies', 'overtakes'] as const),
    ...(['forgets', 'seems_to_forget', 'boots'] as const),
  ),
  who: fc.nat({ max: 5 }),
  value: fc.nat({ max: 600 }),
});

test.each(strategies)('%s: what may be drawn is never more than the cap by our doing, and it settles', (strategy) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ max: fc.integer({ min: 60, max: 320 }), priority: fc.nat({ max: 2 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.array(step, { minLength: 30, maxLength: 90, size: 'max' }),
      fc.integer({ min: 0, max: 60 }),
      (made, steps, idle) => {
        let now = T0;
        let cap = 400;
        let commands = 0;
        const chargers = made.map(
          ({ max, priority }): Charger => ({
            ...{
              line: emptyLine,
              inForce: max,
              online: true,
              demand: 'none',
              arrivedAt: now,
              shares: [],
              bootedAt: null,
              max,
              priority,
              commands: [],
            },
          }),
        );
        const sum = (of: (each: Charger) => number): number => chargers.reduce((total, each) => total + of(each), 0);
        const ceiling = (): number => sum(({ line, max }) => ceilingOf(line, max));
        /** What they keep to, or will at any moment: the truth, of which the ledger knows less. */
        const truth = (): number =>
          sum(({ inForce, commands: all, max }) =>
            all.reduce((most, { queued, amount }) => (queued ? Math.max(most, Math.min(amount, max)) : most), inForce),
          );
        const settle = (each: Charger): void => {
          const fateOf = (id: string): Fate =>
            each.commands.find((command) => command.id === id)?.fate ?? { outcome: 'open', sentAt: null };
          const isGone = each.commands.some(({ id, isGone: gone }) => gone && id === each.line.confirmed?.commandId);
          each.line = settled(each.line, fateOf, isGone, now);
        };
        /** `dies`: written down, and never sent. */
        const look = (dies = false): ReturnType<typeof decide> => {
          chargers.forEach(settle);
          const before = ceiling();
          const trulyBefore = truth();
          const plan = decide({
            settings: { strategy, idle, turnS: 900, holdS: 30 },
            cap: { amount: cap, reason: 'settings', changesAt: null },
            members: chargers.map(memberOf),
            now,
          });
          plan.sendings.forEach(({ id, amount }) => {
            const each = chargers[Number(id)];
            if (each === undefined) throw new Error('nobody has that number');
            commands += 1;
            const commandId = `cmd_${commands}`;
            expect(plan.verdicts[Number(id)]?.ceiling).toBeGreaterThanOrEqual(amount);
            each.commands.push({
              id: commandId,
              amount,
              fate: { outcome: dies ? 'unsent' : 'open', sentAt: null },
              queued: !dies,
              isGone: false,
            });
            const sent = { commandId, amount, at: now, doubtful: false };
            each.line = { ...each.line, inFlight: [...each.line.inFlight, sent], sentAt: now };
          });
          plan.verdicts.forEach(({ shares }, i) => {
            const each = chargers[i];
            if (each !== undefined) each.shares = shares;
          });
          expect(ceiling()).toBeLessThanOrEqual(Math.max(cap, before));
          expect(truth()).toBeLessThanOrEqual(Math.max(cap, trulyBefore));
          return plan;
        };
        const answer = (each: Charger, outcome: 'taken' | 'refused' | 'answer_lost' | 'call_lost', at = 0): void => {
          const command = each.commands.filter(({ queued }) => queued)[at];
          if (command === undefined || !each.online) return;
          command.queued = false;
          if (outcome === 'taken' || outcome === 'answer_lost') each.inForce = Math.min(command.amount, each.max);
          command.fate = { outcome: outcome === 'taken' || outcome === 'refused' ? outcome : 'unknown', sentAt: now };
        };
        // All have confirmed what they may draw while nobody charges: from here on every limit is raised and lowered by what happens.
        for (let round = 0; round < 3; round += 1) {
          look();
          for (const each of chargers) while (each.commands.some(({ queued }) => queued)) answer(each, 'taken');
        }
        for (const { what, who, value } of steps) {
          const each = chargers[who % chargers.length];
          if (each === undefined) continue;
          now += 1;
          if (what === 'plug' || what === 'hold') {
            if (each.demand === 'none') each.arrivedAt = now;
            each.demand = what === 'plug' ? 'full' : 'held';
          } else if (what === 'unplug') each.demand = 'none';
          else if (what === 'offline') {
            each.online = false;
            for (const command of each.commands.filter(({ queued }) => queued)) {
              Object.assign(command, { queued: false, fate: { outcome: 'unsent', sentAt: null } });
            }
          } else if (what === 'online') each.online = true;
          else if (what === 'cap') cap = value;
          else if (what === 'look') look();
          else if (what === 'dies') look(true);
          else if (what === 'wait') now += value * 300;
          else if (what === 'overtakes') answer(each, 'taken', 1);
          else if (what === 'boots') each.bootedAt = now;
          else if (what === 'forgets' || what === 'seems_to_forget') {
            // Its profile is known to be no more; or it only looks so, and it keeps to it.
            for (const command of each.commands.filter(({ queued }) => !queued)) {
              command.isGone = true;
              if (command.fate.outcome === 'taken') command.fate = { ...command.fate, outcome: 'unknown' };
            }
            if (what === 'forgets') each.inForce = each.max;
            settle(each);
          } else if (what === 'late') {
            const command = each.commands.at(-1);
            if (command?.fate.outcome === 'unknown' && each.inForce === command.amount)
              command.fate = { ...command.fate, outcome: 'taken' };
          } else answer(each, what);
          // The ledger never thinks too well of anybody.
          for (const { inForce, line, max } of chargers) expect(inForce).toBeLessThanOrEqual(ceilingOf(line, max));
        }

        // When all are there and do as they are told, it comes to rest within the cap.
        for (const each of chargers) each.online = true;
        for (let round = 0; round < 12; round += 1) {
          now += 700_000;
          look();
          for (const each of chargers) while (each.commands.some(({ queued }) => queued)) answer(each, 'taken');
        }
        now += 700_000;
        const plan = look();
        expect(plan.state).toBe('met');
        expect(sum(({ inForce }) => inForce)).toBeLessThanOrEqual(cap);
      },
    ),
    { numRuns: Number(process.env['LOAD_RUNS'] ?? 30) },
  );
});

function memberOf(each: Charger, i: number): Member {
  const { line, max, online, priority, demand, arrivedAt, shares, bootedAt } = each;
  return {
    ...{
      id: String(i),
      gauge: AMPERE,
      managed: true,
      online,
      priority,
      min: 60,
      max,
      external: null,
      overruled: false,
    },
    ...{ bootedAt, isOutdated: false, line, evses: [{ evseId: 1, demand, arrivedAt, before: shares[0] }] },
  };
}

// ------------------------------------------------------------------------------------------------------------------ one by one

const held = (amount: number) => ({ commandId: 'c', amount, at: T0 - 1, isGone: false });
const member = (id: string, more: Partial<Member> & { demand?: Demand; confirmed?: number } = {}): Member => {
  const { demand = 'full', confirmed = 0, ...rest } = more;
  return {
    ...{
      id,
      gauge: AMPERE,
      managed: true,
      online: true,
      priority: 0,
      min: 60,
      max: 320,
      external: null,
      overruled: false,
    },
    ...{ bootedAt: null, isOutdated: false, evses: [{ evseId: 1, demand, arrivedAt: T0, before: undefined }] },
    line: { ...emptyLine, confirmed: held(confirmed) },
    ...rest,
  };
};
const plan = (amount: number, members: readonly Member[], more: { idle?: number; changesAt?: number } = {}) =>
  decide({
    settings: { strategy: 'equal', idle: more.idle ?? 0, turnS: 900, holdS: 30 },
    cap: { amount, reason: 'settings', changesAt: more.changesAt ?? null },
    members,
    now: T0,
  });
const sent = ({ sendings }: ReturnType<typeof decide>) => sendings.map(({ id, amount, why }) => [id, amount, why]);

describe('what is sent', () => {
  test('nobody is raised before another has confirmed to have given up', () => {
    const both = [member('a', { confirmed: 320 }), member('b')];
    expect(sent(plan(320, both))).toEqual([['a', 160, 'lower']]);
    const taken = [member('a', { confirmed: 160 }), member('b')];
    expect(sent(plan(320, taken))).toEqual([['b', 160, 'raise']]);
  });
  test('whoever is offline, unmanaged or overruled counts with all that he may draw', () => {
    const others = [
      member('off', { online: false, confirmed: 100 }),
      member('new', { online: false, line: emptyLine, max: 80 }),
      member('own', { managed: false, max: 70 }),
      member('top', { overruled: true, max: 50 }),
    ];
    expect(sent(plan(400, [...others, member('a')]))).toEqual([['a', 100, 'raise']]);
    const { verdicts } = plan(400, others);
    expect(verdicts.map(({ ceiling, reason }) => [ceiling, reason])).toEqual([
      ...[
        [100, 'offline'],
        [80, 'offline'],
        [70, 'unmanaged'],
        [50, 'overruled'],
      ],
    ]);
    expect(plan(200, others).state).toBe('unmet');
  });
  test('whoever refuses keeps what he had, and is asked again later', () => {
    const refused = settled(
      {
        ...emptyLine,
        confirmed: held(200),
        inFlight: [{ commandId: 'x', amount: 60, at: T0, doubtful: false }],
      },
      () => ({ outcome: 'refused', sentAt: T0 }),
      false,
      T0,
    );
    expect(ceilingOf(refused, 320)).toBe(200);
    const next = plan(260, [member('a', { line: refused }), member('b')]);
    expect([sent(next), next.verdicts[0]?.reason]).toEqual([[['b', 60, 'raise']], 'refused']);
    expect(refused.retryAt).toBe(T0 + 15_000);
  });
  test('a limit that is held no more is no limit', () => {
    const line = { ...emptyLine, confirmed: held(60) };
    expect(
      ceilingOf(
        settled(line, () => ({ outcome: 'open', sentAt: null }), true, T0),
        320,
      ),
    ).toBe(320);
  });
  test('while all may draw too much, nobody is told more than the least that he may be held to', () => {
    const gone = { ...emptyLine, confirmed: { ...held(60), isGone: true } };
    // He counts with 320, and may still keep to his 60: 320 together with the other's, which is on its way down.
    const other = member('b', { confirmed: 260, demand: 'none' });
    expect(sent(plan(320, [member('a', { line: gone }), other]))).toEqual([
      ['a', 60, 'lower'],
      ['b', 0, 'lower'],
    ]);
    const alone = member('b', { confirmed: 0, demand: 'none' });
    expect(sent(plan(320, [member('a', { line: gone }), alone]))).toEqual([['a', 320, 'again']]);
    const doubtful = { ...emptyLine, inFlight: [{ commandId: 'x', amount: 60, at: T0, doubtful: true }] };
    expect(sent(plan(320, [member('a', { line: doubtful }), other]))[0]).toEqual(['a', 60, 'lower']);
  });
  test('of many answers that never came the highest and the least count', () => {
    const doubtful = (amount: number, i: number) => ({ commandId: `x${i}`, amount, at: T0, doubtful: true });
    const many = { ...emptyLine, confirmed: held(100), inFlight: [100, 60, 200, 90, 120].map(doubtful) };
    const open = { ...many, inFlight: many.inFlight.map((each) => ({ ...each, doubtful: false })) };
    const few = settled(open, () => ({ outcome: 'unknown', sentAt: T0 }), false, T0);
    expect(few.inFlight.map(({ amount }) => amount)).toEqual([60, 200, 120]);
    expect([ceilingOf(few, 320), floorOf(few, 320)]).toEqual([200, 60]);
  });
  test('what was sent last holds, whoever wished it last', () => {
    const sending = (commandId: string, amount: number) => ({ commandId, amount, at: T0, doubtful: false });
    const line = { ...emptyLine, inFlight: [sending('a', 300), sending('b', 60)] };
    const sentAt = { a: T0 + 2, b: T0 + 1 };
    const after = settled(line, (id) => ({ outcome: 'taken', sentAt: sentAt[id === 'a' ? 'a' : 'b'] }), false, T0 + 3);
    expect(ceilingOf(after, 320)).toBe(300);
  });
  test('raising waits, lowering never', () => {
    const line = { ...emptyLine, confirmed: held(100), sentAt: T0 - 10_000 };
    const waiting = plan(320, [member('a', { line })]);
    expect([sent(waiting), waiting.lookAt]).toEqual([[], T0 + 20_000]);
    expect(sent(plan(80, [member('a', { line })]))).toEqual([['a', 80, 'lower']]);
    expect(sent(plan(104, [member('a', { line: { ...line, sentAt: null } })]))).toEqual([]);
  });
  test('what others allow is not exceeded, and not reserved', () => {
    expect(sent(plan(400, [member('a', { external: 90 }), member('b')]))).toEqual([
      ['a', 90, 'raise'],
      ['b', 310, 'raise'],
    ]);
    expect(plan(400, [member('a', { external: 30 })]).verdicts[0]).toMatchObject({ target: 0, reason: 'external' });
  });
  test('who has booted is told once more', () => {
    expect(sent(plan(320, [member('a', { confirmed: 320, bootedAt: T0 })]))).toEqual([['a', 320, 'again']]);
    // what it had, also where it is to be raised: by so little that it is not worth a message, or not yet
    expect(sent(plan(320, [member('a', { confirmed: 310, bootedAt: T0 })]))).toEqual([['a', 310, 'again']]);
    expect(sent(plan(300, [member('a', { confirmed: 320, bootedAt: T0 })]))).toEqual([['a', 300, 'lower']]);
  });
  test('who was told in other words than would be used today is told once more', () => {
    expect(sent(plan(320, [member('a', { confirmed: 310, isOutdated: true })]))).toEqual([['a', 310, 'again']]);
  });
});

describe('who gets what', () => {
  const claim = (key: string, more: Partial<Claim> = {}): Claim => ({
    ...{ key, demand: 'full', min: 60, max: 320, priority: 0, arrivedAt: T0, before: undefined },
    ...more,
  });
  const rules = (strategy: (typeof strategies)[number]) => ({ strategy, turnMs: 900_000, now: T0 });
  test('by each strategy, minima first', () => {
    const claims = [
      claim('a', { arrivedAt: T0 + 2 }),
      claim('b', { priority: 1, arrivedAt: T0 + 1 }),
      claim('c', { max: 70 }),
    ];
    expect(Object.fromEntries(allocate(400, claims, rules('equal')))).toEqual({ a: 165, b: 165, c: 70 });
    expect(Object.fromEntries(allocate(400, claims, rules('priority')))).toEqual({ a: 60, b: 280, c: 60 });
    expect(Object.fromEntries(allocate(400, claims, rules('first_come_first_served')))).toEqual({
      a: 60,
      b: 270,
      c: 70,
    });
    expect(Object.fromEntries(allocate(400, [claim('a', { demand: 'held' }), claim('b')], rules('equal')))).toEqual({
      a: 60,
      b: 320,
    });
  });
  test('who waits takes turns', () => {
    const share = (state: 'charging' | 'paused', ageS: number): Share => ({
      evseId: 1,
      state,
      amount: 0,
      since: T0 - ageS * 1000,
    });
    const turn = (ageS: number) =>
      allocate(
        100,
        [claim('a', { before: share('charging', ageS) }), claim('b', { before: share('paused', 10) })],
        rules('equal'),
      );
    expect([...turn(899).keys()]).toEqual(['a']);
    expect([...turn(901).keys()]).toEqual(['b']);
  });
  test('never more than there is, never less than what is needed to charge', () => {
    const claims = fc.array(
      fc.record({
        min: fc.nat({ max: 80 }),
        max: fc.nat({ max: 400 }),
        priority: fc.nat({ max: 2 }),
        arrivedAt: fc.nat({ max: 9 }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.nat({ max: 1500 }), claims, fc.constantFrom(...strategies), (budget, some, strategy) => {
        const all = some.map((each, i) => claim(String(i), each));
        const given = allocate(budget, all, rules(strategy));
        expect([...given.values()].reduce((total, each) => total + each, 0)).toBeLessThanOrEqual(budget);
        for (const { key, min, max } of all) {
          const mine = given.get(key);
          if (mine !== undefined) expect(mine >= min && mine <= max).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('units', () => {
  test('what is told is never reckoned as more', () => {
    const unit = fc.constantFrom('A' as const, 'W' as const);
    const gauge = fc.record({
      site: unit,
      unit,
      voltage: fc.integer({ min: 100, max: 400 }),
      phases: fc.constantFrom(1, 3),
      balanced: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), gauge, (amount, by) => {
        const told = snapped(amount, by);
        expect(told).toBeLessThanOrEqual(amount);
        expect(snapped(told, by)).toBe(told);
      }),
      { numRuns: 200 },
    );
  });
  test('watts of a car that uses one phase all flow there', () => {
    expect(amountOf({ unit: 'W', tenths: 36_800 }, { ...AMPERE, unit: 'W' })).toBe(160);
    expect(amountOf({ unit: 'W', tenths: 110_400 }, { ...AMPERE, unit: 'W', balanced: true })).toBe(160);
    expect(wireOf(11_040, { ...AMPERE, site: 'W' })).toEqual({ unit: 'A', tenths: 160 });
  });
});

describe('the cap', () => {
  const facts = (more: Partial<CapFacts['settings']>, at: Partial<CapFacts> = {}): CapFacts => ({
    settings: {
      ...{
        enabled: true,
        unit: 'A',
        cap: 1000,
        phases: 3,
        voltage: 230,
        strategy: 'equal',
        idle: 0,
        evseMax: 320,
        evseMin: null,
      },
      ...{ turnS: 900, holdS: 30, windows: [], priceCap: null, meter: null },
      ...more,
    },
    ...{ prices: [], meter: undefined, now: T0, offsetMs: 3_600_000 },
    ...at,
  });
  const windows = [{ days: [4], from: 13 * 60, to: 14 * 60, cap: 300 }]; // it is Thursday, 13:00 there
  test('by the clock of the site, also over midnight', () => {
    expect(capAt(facts({ windows }))).toEqual({ amount: 300, reason: 'schedule', changesAt: T0 + 3_600_000 });
    expect(capAt(facts({ windows }, { now: T0 - 1 }))).toMatchObject({ amount: 1000, changesAt: T0 });
    const night = [{ days: [3], from: 22 * 60, to: 13 * 60 + 1, cap: 200 }];
    expect(capAt(facts({ windows: night }))).toMatchObject({ amount: 200, changesAt: T0 + 60_000 });
    expect(capAt(facts({ windows: night }, { now: T0 + 60_000 }))).toMatchObject({ amount: 1000 });
  });
  test('in dear hours', () => {
    const at = (ms: number): string => new Date(T0 + ms).toISOString();
    const prices = [{ from: at(0), to: at(1000), price: 0.4 }];
    const priceCap = { above: 0.3, cap: 500 };
    expect(capAt(facts({ priceCap }, { prices }))).toEqual({ amount: 500, reason: 'price', changesAt: T0 + 1000 });
    expect(capAt(facts({ priceCap: { ...priceCap, above: 0.4 } }, { prices })).amount).toBe(1000);
  });
  test('what the site draws is left out in steps, room is given back when it stays free, silence is no room', () => {
    const settings = { meter: { staleAfterS: 15, fallback: 200 } };
    const meter = { draw: 101, peak: 101, peakAt: T0, receivedAt: T0 };
    expect(capAt(facts(settings, { meter }))).toEqual({ amount: 880, reason: 'meter', changesAt: T0 + 15_000 });
    const later = { draw: 0, peak: 101, peakAt: T0, receivedAt: T0 + 29_000 };
    expect(capAt(facts(settings, { meter: later, now: T0 + 29_000 }))).toMatchObject({
      amount: 880,
      changesAt: T0 + 30_000,
    });
    expect(capAt(facts(settings, { meter: later, now: T0 + 30_000 }))).toMatchObject({ amount: 1000 });
    expect(capAt(facts(settings, { meter, now: T0 + 15_000 }))).toMatchObject({ amount: 200, reason: 'meter_silent' });
    expect(capAt(facts(settings))).toMatchObject({ amount: 200, reason: 'meter_silent' });
    const ahead = { ...meter, receivedAt: T0 + 60_000 };
    expect(capAt(facts(settings, { meter: ahead }))).toMatchObject({ amount: 200, reason: 'meter_silent' });
    expect(capAt(facts(settings, { meter: { ...meter, draw: 2000 } })).amount).toBe(0);
    expect(capAt(facts(settings, { meter: { ...meter, draw: -500, peak: -500 } })).amount).toBe(1000);
  });
});
