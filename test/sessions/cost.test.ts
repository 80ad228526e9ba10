/** What sessions cost while they go on: always what their recordings come to, told once as final, corrected with a trace. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChargingState, ConnectorStatus, MeterReading, SessionInput } from '../../src/ingest/inputs.ts';
import { friendly as friendly2 } from '../../src/ocpp/v2/friendly.ts';
import { friendly as friendly16 } from '../../src/ocpp/v16/friendly.ts';
import type { ShowCost, ShowPrice } from '../../src/pricing/index.ts';
import { costOf, settled } from '../../src/pricing/index.ts';
import { ROUNDING_WH } from '../../src/sessions/energy.ts';
import { costUntil } from '../../src/sessions/machine/cost.ts';
import type { Manner, SessionRow } from '../../src/sessions/types.ts';
import { tariff as randomTerms } from '../pricing/arbitrary.ts';
import { energy, flat, idle, reservation, terms, time } from '../pricing/sessions.ts';
import {
  after,
  anEvent,
  instant,
  metered,
  reading,
  started,
  statusReported,
  stopped,
  T0,
  transactionEvent,
} from '../support/inputs.ts';
import { type CostWorld, costWorld, holding } from './cost-world.ts';

const simple = terms([energy('0.5'), time('1'), idle('0.1', 600)]);
const ID = 'ses_1';

/** What must hold of an ended session's events, whatever happened. */
function expectTold(world: CostWorld, session: SessionRow): void {
  const told = world.events.flatMap((event) => (event.type === 'session.cost_updated' ? [event.data] : []));
  const finals = told.filter(({ is_final }) => is_final);
  const ended = world.events.flatMap((event) => (event.type === 'session.ended' ? [event.data] : []));
  expect(finals.filter(({ correction }) => correction === undefined)).toHaveLength(1);
  expect(ended).toHaveLength(1);
  expect(ended[0]?.cost).toEqual({ currency: session.cost?.currency, total: finals[0]?.total });
  let total: string | null = null;
  for (const each of finals) {
    if (each.correction !== undefined) expect(each.correction.previous_total).toBe(total);
    total = each.total;
    // What is final comes last.
    expect(told.indexOf(each)).toBeGreaterThanOrEqual(told.length - finals.length);
  }
  expect(total).toBe(session.cost?.final?.total.inclTax);
}

// ------------------------------------------------------------------------------------------------------------ the stories

const statuses: readonly ConnectorStatus[] = [
  ...(['preparing', 'charging', 'charging', 'suspended_ev', 'suspended_evse', 'finishing', 'faulted'] as const),
  ...(['reserved', 'unavailable'] as const),
];
const chargingStates: readonly ChargingState[] = [
  'charging',
  'charging',
  'ev_connected',
  'suspended_ev',
  'suspended_evse',
  'idle',
];

type Move =
  | { readonly do: 'tell'; readonly afterS: number; readonly lateS: number; readonly state: number }
  | {
      readonly do: 'meter';
      readonly afterS: number;
      readonly lateS: number;
      readonly steps: readonly { readonly s: number; readonly wh: number }[];
    };
const move = (least: number, late: fc.Arbitrary<number>): fc.Arbitrary<Move> =>
  fc.oneof(
    fc.record({
      do: fc.constant('tell' as const),
      afterS: fc.integer({ min: least, max: 2400 }),
      lateS: late,
      state: fc.nat(20),
    }),
    fc.record({
      do: fc.constant('meter' as const),
      afterS: fc.integer({ min: least, max: 1800 }),
      lateS: late,
      steps: fc.array(
        // A register that falls or jumps back (M2) among those that rise.
        fc.record({
          s: fc.integer({ min: least, max: 300 }),
          wh: fc.oneof(
            { weight: 9, arbitrary: fc.nat(4000) },
            { weight: 1, arbitrary: fc.integer({ min: -9000, max: -1 }) },
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  );
const inOrder = fc.array(move(1, fc.constant(0)), { maxLength: 14 });
const outOfOrder = fc.array(move(0, fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 4000 }))), {
  maxLength: 14,
});

type Ending = 'plain' | 'with data' | 'no register' | 'closed' | 'rounded';
const endings: readonly Ending[] = ['plain', 'with data', 'no register', 'closed', 'rounded'];
/** What had been counted may be taken back: by a register that slipped, or by a stop below the highest reading, which was rounded (1.6). */
function isTakenBack(world: CostWorld, { flags, meterStopWh }: SessionRow): boolean {
  const highest = Math.max(10_000, ...[...world.samples.values()].map(({ energyWh }) => energyWh ?? 0));
  const over = highest - (meterStopWh ?? highest);
  return flags.includes('meter_dip') || (over > 0 && over <= ROUNDING_WH);
}

/** Kept free before it began: not at all, from the very beginning on (no time), for some minutes, for longer than is counted. */
const keptFreeS = fc.constantFrom(undefined, undefined, -30, 0, 1, 900, 5400, 40 * 86_400);
const reserved = (from: Date, sessionId = ID) =>
  ({ room: 'sessions', type: 'reserved', chargePointId: 'cp_1', receivedAt: T0, sessionId, from }) as const;

/** Plays a story by the words of a version; gives when it is over. */
function play(
  world: CostWorld,
  version: 'ocpp1.6' | 'ocpp2.0.1',
  moves: readonly Move[],
  ending: Ending,
  keptFor?: number,
): Date {
  let second = 0;
  let register = 10_000;
  let seqNo = 0;
  const tell = (at: Date, sentAt: Date, state: number, readings: readonly MeterReading[] = []) => {
    // A charger waits for an answer before it goes on (OCPP-J 4.1.1): nothing comes in the millisecond in which a session was made.
    const receivedAt = new Date(sentAt.getTime() + 1);
    if (version === 'ocpp1.6') {
      const status = statuses[state % statuses.length] ?? 'charging';
      world.take(statusReported(status, at, { receivedAt }));
    } else {
      seqNo += 1;
      const chargingState = chargingStates[state % chargingStates.length];
      world.take(
        transactionEvent(anEvent(seqNo, { at: instant(at), chargingState, readings }), undefined, { receivedAt }),
      );
    }
  };
  if (version === 'ocpp1.6') {
    tell(after(-60), after(-60), 0);
    world.take(started({ meterStartWh: register }));
  } else {
    const readings = [reading(T0, register, { context: 'transaction_begin' })];
    world.take(transactionEvent(anEvent(0, { readings, chargingState: 'ev_connected' })));
  }
  if (keptFor !== undefined) world.take(reserved(after(-keptFor)));
  const kept: MeterReading[] = [];
  for (const each of moves) {
    second += each.afterS;
    if (each.do === 'tell') {
      tell(after(second - each.lateS), after(second), each.state);
      continue;
    }
    const readings = each.steps.map(({ s, wh }) => {
      second += s;
      register = Math.max(0, register + wh);
      return reading(after(second - each.lateS), register);
    });
    kept.push(...readings);
    if (version === 'ocpp1.6') world.take(metered(readings, { receivedAt: after(second) }));
    else {
      seqNo += 1;
      world.take(
        transactionEvent(anEvent(seqNo, { at: instant(after(second - each.lateS)), readings }), undefined, {
          receivedAt: after(second),
        }),
      );
    }
  }
  second += 1;
  const end = after(second);
  if (ending === 'closed') {
    world.take({
      room: 'sessions',
      type: 'closed',
      chargePointId: 'cp_1',
      receivedAt: end,
      sessionId: ID,
      reason: 'x',
    });
    return end;
  }
  register = ending === 'rounded' ? Math.max(0, register - 4) : register + 100;
  const data = [
    reading(T0, 10_000, { context: 'transaction_begin' }),
    reading(end, register, { context: 'transaction_end' }),
  ];
  if (version === 'ocpp1.6') {
    const meterStopWh = ending === 'no register' ? undefined : register;
    world.take(
      stopped({ at: instant(end), receivedAt: end, meterStopWh, readings: ending === 'with data' ? data : [] }),
    );
  } else {
    seqNo += 1;
    const readings = ending === 'no register' ? [] : data.slice(ending === 'with data' ? 0 : 1);
    world.take(
      transactionEvent(
        anEvent(seqNo, { kind: 'ended', at: instant(end), chargingState: 'ev_connected', readings }),
        undefined,
        { receivedAt: end },
      ),
    );
  }
  return end;
}

describe.each(['ocpp1.6', 'ocpp2.0.1'] as const)('%s', (version) => {
  test('whose messages come in order costs, while it goes on and at its end, what its recordings come to', () => {
    fc.assert(
      fc.property(randomTerms, inOrder, fc.constantFrom(...endings), keptFreeS, (tariff, moves, ending, keptFor) => {
        const world = costWorld(version, [holding(tariff)]);
        const end = play(world, version, moves, ending, keptFor);
        const session = world.session(ID);
        expect(session.cost?.repriceReason ?? null).toBe(
          isTakenBack(world, session) ? session.cost?.repriceReason : null,
        );
        if (session.cost?.repriceReason === null) expect(session.cost.final).toEqual(world.recorded(ID, end));
        expectTold(world, session);
      }),
      { numRuns: 120 },
    );
  });

  test('in whatever order they come, what is not marked is right, and what is marked is right after the next look', () => {
    fc.assert(
      fc.property(
        randomTerms,
        outOfOrder,
        fc.constantFrom(...endings),
        fc.nat(13),
        keptFreeS,
        (tariff, moves, ending, looks, keptFor) => {
          const world = costWorld(version, [holding(tariff)]);
          const end = play(world, version, moves, ending, keptFor);
          const late = new Date(end.getTime() + 60_000);
          // Something that should have come before comes after the end.
          if (looks % 3 === 0)
            world.take(
              version === 'ocpp1.6'
                ? metered([reading(after(30), 10_050)], { receivedAt: late })
                : transactionEvent(
                    anEvent(99, {
                      at: instant(after(30)),
                      chargingState: 'suspended_ev',
                      readings: [reading(after(30), 10_050)],
                    }),
                    undefined,
                    { receivedAt: late },
                  ),
            );
          if (world.session(ID).cost?.repriceAt !== null) world.reprice(ID, late);
          const session = world.session(ID);
          expect(session.cost?.repriceAt).toBeNull();
          expect(session.cost?.final).toEqual(world.recorded(ID, late));
          expectTold(world, session);
          expect(world.corrections.map(({ after: cost }) => cost).at(-1) ?? session.cost?.final).toEqual(
            session.cost?.final,
          );
        },
      ),
      { numRuns: 120 },
    );
  });

  test('priced anew while it runs, it goes on from there to the same end', () => {
    fc.assert(
      fc.property(randomTerms, inOrder, inOrder, keptFreeS, (tariff, moves, more, keptFor) => {
        const world = costWorld(version, [holding(tariff)]);
        const all = [...moves, ...more];
        const again = costWorld(version, [holding(tariff)]);
        const end = play(world, version, all, 'plain', keptFor);
        // The same again, with a look at it after every message.
        const { take } = again;
        play(
          {
            ...again,
            take: (input) => {
              take(input);
              const [session] = again.sessions();
              if (session?.endedAt === null) again.reprice(ID, input.receivedAt);
            },
          },
          version,
          all,
          'plain',
          keptFor,
        );
        const reason = again.session(ID).cost?.repriceReason;
        const isClear = reason === null;
        if (!isTakenBack(again, again.session(ID))) expect(isClear).toBe(true);
        if (again.session(ID).flags.includes('meter_dip')) expect(isClear).toBe(false);
        if (!isClear) again.reprice(ID, end);
        expect(again.session(ID).cost?.final).toEqual(world.recorded(ID, end));
        if (isClear) expect(again.corrections).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

const told = (world: CostWorld) =>
  world.events.flatMap((event) =>
    event.type === 'session.cost_updated' ? [[event.data.total, event.data.is_final, event.data.energy_wh]] : [],
  );
const due = (at: Date) =>
  ({ room: 'sessions', type: 'cost_due', chargePointId: 'cp_1', receivedAt: at, sessionId: ID }) as const;

describe('the tariff', () => {
  const levels = [
    holding(terms([energy('1')]), { tariffId: 'tar_token', level: 'token', targetId: 'tok_1' }),
    holding(terms([energy('2')]), { tariffId: 'tar_group', level: 'token_group', targetId: 'tgr_1' }),
    holding(terms([energy('3')]), { tariffId: 'tar_site', level: 'site', targetId: 'site_1' }),
  ];

  test.each([
    ['tok_1', 'tgr_1', 'tar_token'],
    ['tok_2', 'tgr_1', 'tar_group'],
    [null, 'tgr_2', 'tar_site'],
  ])('of token %s in group %s is the first that is its own', (tokenId, tokenGroupId, tariffId) => {
    const world = costWorld('ocpp1.6', levels);
    world.take({ ...started(), tokenId, tokenGroupId });
    expect(world.session(ID).cost?.tariff).toMatchObject({ tariffId, version: 1 });
  });

  test('none holds: there is no cost, and nothing is told of it', () => {
    const world = costWorld('ocpp1.6', levels.slice(0, 2));
    world.take({ ...started(), tokenId: null });
    world.take(stopped());
    expect(world.session(ID).cost).toBeNull();
    expect(world.events).toMatchObject([{ type: 'session.ended', data: { cost: null } }]);
  });

  test('free of charge: 0, whatever tariff would hold', () => {
    const world = costWorld('ocpp1.6', levels);
    world.take({ ...started(), isFree: true });
    world.take(stopped());
    expect(world.session(ID).cost).toMatchObject({ tariff: null, total: { inclTax: '0.00' }, reviewStatus: null });
    expect(told(world)).toEqual([['0.00', true, 7000]]);
  });

  test('2.x: a token that is learned later brings its own, from the beginning on', () => {
    const world = costWorld('ocpp2.0.1', levels);
    const token = { id: 'tok_1', groupId: null, authorized: { authorization: 'accepted' as const } };
    world.take(transactionEvent(anEvent(0, { chargingState: 'ev_connected', readings: [reading(T0, 1000)] })));
    expect(world.session(ID).cost?.tariff?.tariffId).toBe('tar_site');
    world.take(transactionEvent(anEvent(1, { token: { uid: 'TAG', isTyped: false, asks: 'start' } }), token));
    expect(world.session(ID).cost).toMatchObject({ tariff: { tariffId: 'tar_token' }, repriceReason: null });
    world.take(transactionEvent(anEvent(2, { chargingState: 'charging' })));
    world.take(transactionEvent(anEvent(3, { kind: 'ended', readings: [reading(after(180), 3000)] })));
    expect(told(world).at(-1)).toEqual(['2.00', true, 2000]);
    expect(world.session(ID).cost?.final).toEqual(world.recorded(ID, after(180)));
  });

  test('2.x: learned after energy has flowed it is priced anew, silently while it runs', () => {
    const world = costWorld('ocpp2.0.1', levels);
    const token = { id: 'tok_1', groupId: null, authorized: { authorization: 'accepted' as const } };
    world.take(transactionEvent(anEvent(0, { chargingState: 'charging', readings: [reading(T0, 1000)] })));
    world.take(transactionEvent(anEvent(1, { readings: [reading(after(60), 2000)] })));
    world.take(transactionEvent(anEvent(2, { token: { uid: 'TAG', isTyped: false, asks: 'start' } }), token));
    expect(world.session(ID).cost?.repriceReason).toBe('token_learned');
    world.reprice(ID, after(130));
    world.take(transactionEvent(anEvent(3, { kind: 'ended', readings: [reading(after(180), 3000)] })));
    expect(told(world).at(-1)).toEqual(['2.00', true, 2000]);
    expect(world.corrections).toEqual([]);
  });
});

describe('a reservation that a session uses', () => {
  const parked = terms([reservation('4'), energy('0.5')]);

  test('is charged for from when the charger agreed until the session began, once', () => {
    const world = costWorld('ocpp1.6', [holding(parked)]);
    world.take(started());
    world.take(reserved(after(-2700)));
    world.take(reserved(after(-2700)));
    expect(told(world)).toEqual([['3.00', false, 0]]); // 45 min × 4
    world.take(stopped({ at: instant(after(60)), receivedAt: after(60), meterStopWh: 3000 }));
    expect(told(world).at(-1)).toEqual(['4.00', true, 2000]);
    expect(world.session(ID).cost?.final).toEqual(world.recorded(ID, after(60)));
  });

  test('is not charged for where nobody pays, or where the tariff does not', () => {
    for (const [start, tariff] of [
      [{ ...started(), isFree: true }, parked],
      [started(), terms([energy('0.5')])],
    ] as const) {
      const world = costWorld('ocpp1.6', [holding(tariff)]);
      world.take(start);
      world.take(reserved(after(-2700)));
      expect(told(world)).toEqual([]);
    }
  });

  test('of which the charger tells after the end is a correction, with a trace', () => {
    const world = costWorld('ocpp1.6', [holding(parked)]);
    world.take(started());
    world.take(stopped({ at: instant(after(60)), receivedAt: after(60), meterStopWh: 3000 }));
    world.take(reserved(after(-2700)));
    expect(world.session(ID).cost).toMatchObject({ repriceReason: 'reservation_used', total: { inclTax: '1.00' } });
    world.reprice(ID, after(90));
    expect(told(world)).toEqual([
      ['1.00', true, 2000],
      ['4.00', true, 2000],
    ]);
    expect(world.corrections).toMatchObject([{ reason: 'reservation_used', by: 'system' }]);
  });

  test('2.x: keeps its price where a token that is learned later brings another tariff', () => {
    const mine = holding(terms([reservation('8')]), { tariffId: 'tar_token', level: 'token', targetId: 'tok_1' });
    const world = costWorld('ocpp2.0.1', [mine, holding(parked)]);
    const token = { id: 'tok_1', groupId: null, authorized: { authorization: 'accepted' as const } };
    world.take(transactionEvent(anEvent(0, { chargingState: 'ev_connected', readings: [reading(T0, 1000)] })));
    world.take(reserved(after(-2700)));
    world.take(transactionEvent(anEvent(1, { token: { uid: 'TAG', isTyped: false, asks: 'start' } }), token));
    world.take(transactionEvent(anEvent(2, { kind: 'ended', readings: [reading(after(60), 1000)] })));
    expect(told(world).at(-1)).toEqual(['6.00', true, 0]);
    expect(world.session(ID).cost?.final).toEqual(world.recorded(ID, after(180)));
  });
});

describe('what is told', () => {
  test('at most every 30 s, only what is news, and once what is final', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(started());
    for (const [s, wh] of [
      [10, 1100],
      [20, 1200],
      [45, 1300],
      [60, 1300],
      [80, 1400],
    ] as const)
      world.take(metered([reading(after(s), wh)]));
    world.take(stopped({ at: instant(after(90)), receivedAt: after(90), meterStopWh: 1400 }));
    // 0.1 kWh × 0.5 and 10 s of an hour at 1; 45 s, 80 s, 90 s
    expect(told(world)).toEqual([
      ['0.05', false, 100],
      ['0.16', false, 300],
      ['0.22', false, 400],
      ['0.23', true, 400],
    ]);
  });

  test('a flat price is told as soon as it begins', () => {
    const world = costWorld('ocpp1.6', [holding(terms([flat('1.5')]))]);
    world.take(started());
    expect(told(world)).toEqual([['1.50', false, 0]]);
  });

  test('while the charger says nothing, what time alone has changed; the tally stays where the charger left it', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(started());
    world.take(metered([reading(after(60), 2000)]));
    const { cost } = world.session(ID);
    expect(cost?.tellAt).toEqual(after(120));
    world.take(due(after(119)));
    expect(told(world)).toHaveLength(1);
    world.take(due(after(120)));
    // 0.5 for 1 kWh, and two minutes of an hour at 1
    expect(told(world)).toEqual([
      ['0.52', false, 1000],
      ['0.53', false, 1000],
    ]);
    expect(world.session(ID).cost?.count).toEqual(cost?.count);
    expect(world.session(ID).cost?.tellAt).toEqual(after(180));
  });

  test('priced anew, it goes on from its last word, not from then', () => {
    const world = costWorld('ocpp1.6', [holding(terms([idle('0.1')]))]);
    world.take(started());
    world.take(statusReported('charging', after(1)));
    world.take(statusReported('suspended_ev', after(60)));
    const costAt = (seconds: number) => {
      const { cost } = world.session(ID);
      return cost === null ? undefined : costUntil(cost, after(seconds))?.total.inclTax;
    };
    const before = costAt(3660);
    expect(world.reprice(ID, after(3660))).toEqual({ repriced: true, corrected: false });
    expect([before, costAt(3660), costAt(7260)]).toEqual(['6.00', '6.00', '12.00']);
  });

  test('what the throttle has kept back is told when the charger says no more; then nobody looks again', () => {
    const world = costWorld('ocpp1.6', [holding(terms([energy('1')]))]);
    world.take(started());
    world.take(metered([reading(after(10), 2000)]));
    world.take(metered([reading(after(20), 3000)]));
    world.take(due(after(70)));
    world.take(due(after(130)));
    expect(told(world)).toEqual([
      ['1.00', false, 1000],
      ['2.00', false, 2000],
    ]);
    expect(world.session(ID).cost?.tellAt).toBeNull();
  });

  test('a charger whose clock is hours behind: time goes on from its last word, not from ours', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    const ours = (seconds: number) => after(7200 + seconds);
    world.take({ ...started(), receivedAt: ours(0) });
    world.take(metered([reading(after(60), 2000)], { receivedAt: ours(60) }));
    world.take(due(ours(120)));
    expect(told(world).at(-1)).toEqual(['0.53', false, 1000]);
  });
});

test('1.6: what the last reading was rounded up by is taken back by the stop: nobody need look at it, and the cost is that of its energy', () => {
  const world = costWorld('ocpp1.6', [holding(simple)]);
  world.take(started({ meterStartWh: 269_456 }));
  world.take(metered([reading(after(3000), 276_460)]));
  world.take(stopped({ meterStopWh: 276_456 }));
  expect(world.session(ID)).toMatchObject({ energyWh: 7000, flags: [], cost: { repriceReason: 'energy_lowered' } });
  expect(world.reprice(ID, after(3601))).toEqual({ repriced: true, corrected: true });
  const { cost } = world.session(ID);
  expect(cost).toMatchObject({ reviewStatus: null, reviewReasons: [], repriceAt: null });
  expect(cost?.final).toEqual(world.recorded(ID, after(3601)));
  expect(cost?.final?.lines.find(({ type }) => type === 'energy')?.quantity).toBe('7000');
});

describe('what cannot be trusted', () => {
  test('beyond 31 days it is not counted through: no cost, a flag, a review, and no event of a cost', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(started());
    const at = after(32 * 86_400);
    world.take(stopped({ at: instant(at), receivedAt: at, meterStopWh: 2000 }));
    const session = world.session(ID);
    expect(session.flags).toEqual(['cost_needs_review']);
    expect(session.cost).toMatchObject({
      final: null,
      isFinal: true,
      total: null,
      reviewStatus: 'open',
      repriceReason: null,
    });
    expect(world.events).toMatchObject([{ type: 'session.ended', data: { cost: null, flags: ['cost_needs_review'] } }]);
  });

  test.each([
    [
      'a clock that was never set',
      { at: instant(after(3600), { plausible: false }) },
      ['implausible_clock', 'cost_needs_review'],
    ],
    ['a stop without a register', { meterStopWh: undefined }, ['meter_stop_missing']],
    ['a register that was reset', { meterStopWh: 100 }, ['meter_reset']],
    ['one that went backwards', { meterStopWh: 900 }, ['meter_backwards']],
  ])('%s: a person looks at it', (_what, more, reasons) => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(started());
    world.take(stopped(more));
    const { cost, energyWh } = world.session(ID);
    expect(cost).toMatchObject({ reviewStatus: 'open', reviewReasons: reasons });
    expect(cost?.final?.lines.find(({ type }) => type === 'energy')?.quantity ?? '0').toBe(String(energyWh));
  });

  test.each([
    ['a flat price', [energy('0.5'), flat('0.35')], {}, '0.35'],
    ['a minimum', [energy('0.5')], { minTotal: '1' }, '1.00'],
    ['standing there', [energy('0.5'), idle('0.1')], {}, '6.00'],
  ] as const)('a refused token and no energy, but %s: a person looks at it', (_what, components, more, total) => {
    const world = costWorld('ocpp1.6', [holding(terms(components, more))]);
    world.take(started({}, 'blocked'));
    world.take(statusReported('suspended_ev', after(0.001)));
    world.take(stopped({ meterStopWh: 1000 }));
    expect(world.session(ID).cost).toMatchObject({
      ...{ total: { inclTax: total }, reviewStatus: 'open', reviewReasons: ['authorization_blocked'] },
    });
  });

  test('a refused token and nothing that costs: nobody need look at it', () => {
    const world = costWorld('ocpp1.6', [holding(terms([energy('0.5'), idle('0.1', 3600)]))]);
    world.take(started({}, 'blocked'));
    world.take(stopped({ meterStopWh: 1000 }));
    expect(world.session(ID).cost).toMatchObject({ total: { inclTax: '0.00' }, reviewStatus: null, reviewReasons: [] });
  });

  test('nothing odd: nobody need look at it', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(started());
    world.take(stopped());
    expect(world.session(ID).cost).toMatchObject({ reviewStatus: null, reviewReasons: [] });
  });
});

describe('corrections', () => {
  test('a stop that comes after the close is corrected with its reason, its history and an event', () => {
    const world = costWorld('ocpp1.6', [holding(terms([energy('1')]))]);
    world.take(started());
    world.take(metered([reading(after(600), 3000)]));
    world.take({
      room: 'sessions',
      type: 'closed',
      chargePointId: 'cp_1',
      receivedAt: after(900),
      sessionId: ID,
      reason: 'x',
    });
    world.take(stopped());
    expect(world.session(ID).cost).toMatchObject({ repriceReason: 'stop_after_close', total: { inclTax: '2.00' } });
    expect(world.reprice(ID, after(3700))).toEqual({ repriced: true, corrected: true });
    expect(world.corrections).toMatchObject([
      {
        reason: 'stop_after_close',
        by: 'system',
        before: { total: { inclTax: '2.00' } },
        after: { total: { inclTax: '7.00' } },
      },
    ]);
    expect(world.events.at(-1)?.data).toMatchObject({
      ...{ total: '7.00', is_final: true, energy_wh: 7000 },
      correction: { reason: 'stop_after_close', previous_total: '2.00' },
    });
    expectTold(world, world.session(ID));
  });

  test('of what is free are its energy and its times, each told once; what changes neither is none', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take({ ...started(), isFree: true });
    world.take(metered([reading(after(600), 4000)]));
    world.take({ ...silent, receivedAt: after(900) });
    const corrections = () =>
      world.events.flatMap((event) =>
        event.type === 'session.cost_updated' && event.data.correction !== undefined ? [event.data] : [],
      );
    world.take(statusReported('suspended_ev', after(300), { receivedAt: after(1000) }));
    expect(world.reprice(ID, after(1001))).toEqual({ repriced: true, corrected: false });
    expect([world.corrections, corrections()]).toEqual([[], []]);
    world.take(stopped({ meterStopWh: 11_000 }));
    expect(world.reprice(ID, after(3700))).toEqual({ repriced: true, corrected: true });
    world.take(stopped({ meterStopWh: 11_000 }));
    expect(world.reprice(ID, after(3701))).toEqual({ repriced: true, corrected: false });
    expect(world.corrections).toMatchObject([{ reason: 'stop_after_close', figuresChanged: true }]);
    expect(corrections()).toMatchObject([{ total: '0.00', energy_wh: 10_000, is_final: true }]);
  });

  const silent = { room: 'sessions', type: 'closed', chargePointId: 'cp_1', sessionId: ID, reason: 'silence' } as const;
  /** Closed at 600 s with 2 kWh; a person knows better. */
  function byPerson(protocol: 'ocpp1.6' | 'ocpp2.0.1', begin: readonly SessionInput[]): CostWorld {
    const world = costWorld(protocol, [holding(terms([energy('1')]))]);
    for (const input of begin) world.take(input);
    world.take({ ...silent, receivedAt: after(900) });
    world.correct(ID, { energyWh: 20_000, endedAt: after(3000) });
    expect(world.reprice(ID, after(1000))).toEqual({ repriced: true, corrected: true });
    expect(world.session(ID).cost).toMatchObject({ reviewStatus: 'corrected', final: { total: { inclTax: '20.00' } } });
    return world;
  }
  function expectKept(world: CostWorld, registerWh: number, why: string, corrected = false): void {
    const kept = { energyWh: 20_000, endedAt: after(3000), meterStopWh: registerWh, lastRegisterWh: registerWh };
    expect(world.session(ID)).toMatchObject(kept);
    expect(world.session(ID).cost).toMatchObject({ reviewStatus: 'open' });
    expect(world.session(ID).cost?.reviewReasons).toContain(why);
    expect(world.reprice(ID, after(4000))).toEqual({ repriced: true, corrected });
    expect(world.session(ID).cost).toMatchObject({ reviewStatus: 'open', final: { total: { inclTax: '20.00' } } });
    expect(world.session(ID).cost?.reviewReasons).toContain(why);
  }

  test('what a person has corrected stays when the stop comes after all, and the review opens once more; not for its repeat', () => {
    const world = byPerson('ocpp1.6', [started(), metered([reading(after(600), 3000)])]);
    world.take(stopped({ meterStopWh: 22_000 }));
    expectKept(world, 22_000, 'stop_after_close');
    world.correct(ID, { endedAt: after(3100) });
    world.take(stopped({ meterStopWh: 22_000 }));
    expect(world.session(ID)).toMatchObject({ energyWh: 20_000, endedAt: after(3100) });
    expect(world.session(ID).cost).toMatchObject({ reviewStatus: 'corrected' });
  });

  test('a late end of 2.x, and a late start, leave what a person has corrected as well', () => {
    const counts = (s: number, wh: number) => ({ at: instant(after(s)), readings: [reading(after(s), wh)] });
    const goesOn = anEvent(1, { kind: 'updated', chargingState: 'charging', ...counts(60, 1000) });
    const more = anEvent(2, { kind: 'updated', ...counts(600, 3000) });
    const ends = byPerson('ocpp2.0.1', [
      transactionEvent(anEvent(0, { token: { uid: 'CARD', asks: 'start', isTyped: false } })),
      transactionEvent(goesOn),
      transactionEvent(more),
    ]);
    ends.take(transactionEvent(anEvent(3, { kind: 'ended', ...counts(3600, 22_000) })));
    expectKept(ends, 22_000, 'event_after_end');

    const due: SessionInput = {
      ...{ room: 'sessions', type: 'gap_due', chargePointId: 'cp_1', receivedAt: after(300), ocppTransactionId: 'TX' },
      spare: { sessionId: ID, transactionId: 1 },
    };
    const begins = byPerson('ocpp2.0.1', [transactionEvent(goesOn), due, transactionEvent(more)]);
    begins.take(transactionEvent(anEvent(0, counts(0, 500))));
    expect(begins.session(ID)).toMatchObject({ meterStartWh: 500, startedAt: after(0) });
    // When it began is no figure of that person.
    expectKept(begins, 3000, 'event_after_end', true);
  });

  test('a person asks: kept with the reason, also where nothing changes; then nothing is told', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(started());
    world.take(stopped());
    const before = world.events.length;
    expect(world.reprice(ID, after(4000), { by: 'key_1', reason: 'a doubt' })).toEqual({
      repriced: true,
      corrected: false,
    });
    expect(world.corrections).toMatchObject([{ reason: 'a doubt', by: 'key_1' }]);
    expect(world.corrections[0]?.before).toEqual(world.corrections[0]?.after);
    expect(world.events).toHaveLength(before);
  });

  test('what was read before something else was told is worth nothing', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(started());
    const stale = world.session(ID).cost?.revision ?? -1;
    world.take(metered([reading(after(60), 2000)]));
    const { cost } = world.session(ID);
    world.take({
      ...({ room: 'sessions', type: 'repriced', chargePointId: 'cp_1', receivedAt: after(61), sessionId: ID } as const),
      ...{
        revision: stale,
        outcome: { at: 'counted', count: null } as const,
        correctionId: 'ccr_1',
        place: 'here' as const,
      },
    });
    expect(world.reply()).toEqual({ repriced: false, why: 'changed' });
    expect(world.session(ID).cost).toBe(cost);
  });

  test('1.6: a status that comes after the end and belongs before it', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(statusReported('charging', after(-5)));
    world.take(started());
    world.take(stopped());
    world.take(statusReported('suspended_ev', after(1800), { receivedAt: after(4000) }));
    expect(world.session(ID).cost?.repriceReason).toBe('status_after_end');
    world.reprice(ID, after(4001));
    // Half an hour of charging, and half an hour of idle time of which ten minutes are free.
    expect(world.session(ID).cost?.final?.total.inclTax).toBe('6.00');
  });

  test('1.6: its connector told something after the start, before the start came', () => {
    const world = costWorld('ocpp1.6', [holding(simple)]);
    world.take(statusReported('suspended_evse', after(5)));
    world.take({ ...started(), receivedAt: after(6) });
    expect(world.session(ID).cost?.repriceReason).toBe('told_before_start');
    world.reprice(ID, after(30));
    world.take(stopped());
    expect(world.session(ID).cost?.final).toEqual(world.recorded(ID, after(3600)));
    expect(world.session(ID).cost?.final?.lines.find(({ type }) => type === 'time')?.quantity).toBe('5');
  });
});

test('what is shown while it runs is what is told', () => {
  const world = costWorld('ocpp1.6', [holding(simple)]);
  world.take(started());
  world.take(metered([reading(after(60), 2000)]));
  const { cost } = world.session(ID);
  if (cost === null) throw new Error('no cost');
  expect(costUntil(cost, after(60))).toEqual(costOf(cost.plan, settled(cost.plan, cost.count.tally)));
});

describe('the driver', () => {
  const words = {
    show: (protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1', what: ShowCost | ShowPrice) =>
      protocol === 'ocpp1.6' ? friendly16(what) : friendly2(what),
    idOf: (about: string, revision: number) => `cmd_${about}_${revision}`,
  };
  const shownCosts = terms([
    energy('0.3', { startTime: '22:00', endTime: '06:00' }),
    energy('0.5', { maxEnergyWh: 2000 }),
    energy('0.4'),
    idle('0.1', 630),
  ]);
  const world = (
    protocol: 'ocpp1.6' | 'ocpp2.0.1',
    shownBy: 'ocpp1.6' | 'ocpp2.0.1' | null,
    manner: Partial<Manner> = {},
  ) => costWorld(protocol, [holding(shownCosts)], 30_000, { shownBy, words, manner });
  const said = ({ commands }: CostWorld) =>
    commands.map(({ payload }) => JSON.parse(String(payload['data'])) as Record<string, unknown>);
  const left = (at: Date, receivedAt = at): SessionInput => ({
    ...{ room: 'sessions', type: 'unplugged', chargePointId: 'cp_1', receivedAt, transactionId: 1, at: instant(at) },
  });
  const calls = ({ commands }: CostWorld) =>
    commands.map(({ action, payload }) => [action, payload['messageId'] ?? payload]);

  test('1.6: is shown what is told, and what it came to, once', () => {
    const shown = world('ocpp1.6', 'ocpp1.6');
    shown.take(started());
    shown.take(metered([reading(after(60), 2000)]));
    shown.take(metered([reading(after(70), 3500)]));
    shown.take(metered([reading(after(95), 4000)]));
    shown.take(stopped({ at: instant(after(120)), receivedAt: after(120), meterStopWh: 4000 }));
    shown.take(stopped({ at: instant(after(120)), receivedAt: after(125), meterStopWh: 4000 }));
    expect(calls(shown).map(([, message]) => message)).toEqual([
      ...['RunningCost', 'RunningCost', 'RunningCost', 'RunningCost', 'FinalCost'],
    ]);
    const night = { kWhPrice: 0.3 };
    const idlePrice = { graceMinutes: 11, hourPrice: 6 };
    const running = (minutes: number, meterValue: number, cost: number, kWhPrice: number) => ({
      ...{ transactionId: 1, timestamp: after(minutes).toISOString(), meterValue, cost, state: 'Charging' },
      ...{ chargingPrice: { kWhPrice }, idlePrice },
      // 22:00 in Berlin
      nextPeriod: { atTime: '2026-03-01T21:00:00.000Z', chargingPrice: night, idlePrice },
      triggerMeterValue: {
        atTime: '2026-03-01T21:00:00.000Z',
        ...(kWhPrice === 0.5 && { atEnergykWh: 2 }),
        atCPStatus: ['Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing'],
      },
    });
    expect(said(shown)).toEqual([
      running(0, 1000, 0, 0.5),
      running(60, 2000, 0.5, 0.5),
      // Told so soon again only because the price has changed.
      running(70, 3500, 1.2, 0.4),
      running(95, 4000, 1.4, 0.4),
      {
        ...{ transactionId: 1, cost: 1.4 },
        priceText: '1.00 EUR @ 0.5 EUR/kWh, 0.40 EUR @ 0.4 EUR/kWh. Energy 3 kWh, time 0:02 h, total 1.40 EUR.',
      },
    ]);
    expect(new Set(shown.commands.map(({ commandId }) => commandId)).size).toBe(5);
  });

  test('1.6: when it begins and ends to charge, and nothing costs by the doing of the station', () => {
    const shown = world('ocpp1.6', 'ocpp1.6');
    shown.take(started());
    shown.take(statusReported('charging', after(5)));
    shown.take(statusReported('suspended_evse', after(10)));
    shown.take(statusReported('suspended_ev', after(20)));
    shown.take(statusReported('charging', after(50)));
    expect(said(shown).map(({ state, idlePrice }) => [state, idlePrice])).toEqual([
      ['Charging', { graceMinutes: 11, hourPrice: 6 }],
      ['Idle', undefined],
      ['Idle', { graceMinutes: 11, hourPrice: 6 }],
      ['Charging', { graceMinutes: 10, hourPrice: 6 }],
    ]);
    // Its grace is over 630 s after it began to stand there.
    expect(said(shown)[2]).toMatchObject({ triggerMeterValue: { atTime: after(20 + 630).toISOString() } });
  });

  describe('1.6, ConnectorUnplugged', () => {
    const standing = (world16: CostWorld): CostWorld => {
      world16.take(started());
      world16.take(metered([reading(after(600), 2000)]));
      world16.take(statusReported('suspended_ev', after(600)));
      return world16;
    };
    const totals = ({ session }: CostWorld) => session(ID).cost?.final?.total.inclTax;

    test('before the stop it ends what standing there costs, and FinalCost is said at the stop', () => {
      const shown = standing(world('ocpp1.6', 'ocpp1.6', { isIdleAfterStop: true }));
      shown.take(left(after(600 + 630 + 600)));
      expect(shown.reply()).toEqual({ known: true });
      shown.take(statusReported('finishing', after(2000)));
      shown.take(stopped({ at: instant(after(7200)), receivedAt: after(7200), meterStopWh: 2000 }));
      expect(shown.session(ID).cost?.repriceReason).toBeNull();
      // 1 kWh at 0.5, 10 minutes at 0.1
      expect(totals(shown)).toBe('1.50');
      expect(shown.recorded(ID, after(7200)).total.inclTax).toBe('1.50');
      expect(said(shown).at(-1)).toMatchObject({ cost: 1.5, priceText: expect.stringContaining('total 1.50 EUR') });
      expect(calls(shown).at(-1)?.[1]).toBe('FinalCost');
    });

    test('after the stop it costs until then, as a correction, and FinalCost waits for it', () => {
      const shown = standing(world('ocpp1.6', 'ocpp1.6', { isIdleAfterStop: true }));
      shown.take(stopped({ at: instant(after(900)), receivedAt: after(900), meterStopWh: 2000 }));
      expect(totals(shown)).toBe('0.50');
      expect(said(shown).at(-1)).toEqual({
        ...{ transactionId: 1, timestamp: after(900).toISOString(), meterValue: 2000, cost: 0.5, state: 'Idle' },
        idlePrice: { graceMinutes: 11, hourPrice: 6 },
        nextPeriod: expect.anything(),
      });
      shown.take(statusReported('available', after(2000)));
      shown.take(left(after(600 + 630 + 600), after(2001)));
      expect(shown.session(ID).cost?.repriceAt).not.toBeNull();
      shown.reprice(ID, after(2002));
      expect(totals(shown)).toBe('1.50');
      expect(shown.corrections).toMatchObject([{ reason: 'unplugged', by: 'system' }]);
      expect(calls(shown).at(-1)?.[1]).toBe('FinalCost');
      expect(said(shown).at(-1)).toMatchObject({ cost: 1.5 });
      // Again, and another time: the first word counts.
      const { commands } = shown;
      const told = commands.length;
      shown.take(left(after(9000)));
      expect(shown.reply()).toEqual({ known: true });
      expect(shown.session(ID).cost?.repriceAt).toBeNull();
      expect(commands).toHaveLength(told);
    });

    test('costs nothing after the stop where the charger does not say so', () => {
      const shown = standing(world('ocpp1.6', 'ocpp1.6'));
      shown.take(stopped({ at: instant(after(900)), receivedAt: after(900), meterStopWh: 2000 }));
      expect(calls(shown).at(-1)?.[1]).toBe('FinalCost');
      shown.take(left(after(9000)));
      expect(shown.session(ID).cost?.repriceAt).toBeNull();
      expect(totals(shown)).toBe('0.50');
    });

    test('of a transaction that is not known it is said so; one before the start moves nothing and is to be looked at', () => {
      const shown = world('ocpp1.6', 'ocpp1.6');
      shown.take(left(after(10)));
      expect(shown.reply()).toEqual({ known: false });
      standing(shown);
      shown.take(left(after(-3600), after(700)));
      expect(shown.reply()).toEqual({ known: true });
      expect(shown.session(ID).flags).toContain('unplugged_before_start');
      expect(shown.session(ID).cost?.unpluggedAt).toBeNull();
    });

    test('whenever it comes, the cost is that of the recordings', () => {
      const when = fc.record({ at: fc.integer({ min: 0, max: 20_000 }), before: fc.nat(14), again: fc.nat(14) });
      fc.assert(
        fc.property(randomTerms, outOfOrder, when, fc.boolean(), (tariff, moves, { at, before }, isIdleAfterStop) => {
          const world16 = costWorld('ocpp1.6', [holding(tariff)], 30_000, { manner: { isIdleAfterStop } });
          const { take } = world16;
          let heard = 0;
          const during: CostWorld = {
            ...world16,
            take(input) {
              take(input);
              heard += 1;
              if (heard === before + 2)
                take(left(after(at), new Date(Math.max(after(at).getTime(), input.receivedAt.getTime()))));
            },
          };
          const end = play(during, 'ocpp1.6', moves, 'plain');
          if (heard < before + 2) take(left(after(at), new Date(Math.max(after(at).getTime(), end.getTime()))));
          const late = new Date(Math.max(end.getTime(), after(at).getTime()) + 60_000);
          if (world16.session(ID).cost?.repriceAt !== null) world16.reprice(ID, late);
          expect(world16.session(ID).cost?.final).toEqual(world16.recorded(ID, late));
          expect(world16.session(ID).cost?.unpluggedAt).toEqual(after(at));
        }),
        { numRuns: 120 },
      );
    });
  });

  test('1.6: a driver with a tariff of his own reads it, in his language and the others of the charger', () => {
    const own = holding(terms([energy('0.3')]), { level: 'token', targetId: 'tok_1' });
    const shown = costWorld('ocpp1.6', [own, holding(shownCosts)], 30_000, {
      ...{ shownBy: 'ocpp1.6', words, manner: { language: 'de', languages: ['nl', 'de_AT', 'de'] } },
    });
    const driver = { tokenUid: 'TAG', tokenId: 'tok_1', tokenGroupId: null };
    const about = { room: 'sessions', type: 'driver_authorized', chargePointId: 'cp_1', receivedAt: T0 } as const;
    shown.take({ ...about, ...driver });
    expect(calls(shown)).toEqual([['DataTransfer', 'SetUserPrice']]);
    expect(said(shown)[0]).toEqual({
      ...{ idToken: 'TAG', priceText: '0,30 EUR/kWh' },
      priceTextExtra: ['nl', 'de_AT'].map((language) => ({ format: 'UTF8', language, content: '0,30 EUR/kWh' })),
    });
    shown.take({ ...about, ...driver, tokenId: 'tok_2' });
    expect(shown.commands).toHaveLength(1);
  });

  test('2.x: while it runs; the final cost goes with the answer', () => {
    const shown = world('ocpp2.0.1', 'ocpp2.0.1');
    shown.take(transactionEvent(anEvent(0, { chargingState: 'charging', readings: [reading(T0, 1000)] })));
    shown.take(transactionEvent(anEvent(1, { readings: [reading(after(60), 2000)] })));
    shown.take(transactionEvent(anEvent(2, { kind: 'ended', readings: [reading(after(120), 3000)] })));
    expect(calls(shown)).toEqual([['CostUpdated', { totalCost: 0.5, transactionId: 'TX' }]]);
    expect(shown.reply()).toMatchObject({ totalCost: 1 });
  });

  test('of a charger that does not say that it shows costs is told nothing', () => {
    const shown = world('ocpp1.6', null);
    shown.take(started());
    shown.take(metered([reading(after(60), 2000)]));
    shown.take(stopped());
    expect(shown.commands).toEqual([]);
  });
});
