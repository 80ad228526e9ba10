/** Transactions of OCPP 2.x: whatever becomes of the order of their events, one session begins and ends once. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SessionInput, TransactionEvent } from '../../src/ingest/inputs.ts';
import { GAP_MS } from '../../src/sessions/machine/transaction.ts';
import type { SessionRow } from '../../src/sessions/types.ts';
import { after, anEvent, connectorChanged, instant, metered, reading, transactionEvent } from '../support/inputs.ts';
import { play, type Step } from './support.ts';

const accepted = { id: 'tok_1', groupId: null, authorized: { authorization: 'accepted' as const } };
const card = { uid: 'TAG', isTyped: false, asks: 'start' } as const;
const only = (sessions: readonly SessionRow[]): SessionRow => {
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionRow;
};
const gapDue = (at: Date): SessionInput => ({
  room: 'sessions',
  type: 'gap_due',
  chargePointId: 'cp_1',
  receivedAt: at,
  ocppTransactionId: 'TX',
  spare: { sessionId: 'ses_spare', transactionId: 99 },
});

const begun = anEvent(0, { token: card, readings: [reading(after(0), 1000, { context: 'transaction_begin' })] });
const charging = anEvent(1, { chargingState: 'charging', readings: [reading(after(60), 1200)] });
const paused = anEvent(2, { chargingState: 'suspended_ev', readings: [reading(after(120), 2500)] });
const over = anEvent(3, { kind: 'ended', reason: 'EVDisconnected', readings: [reading(after(180), 3000)] });
const whole = [transactionEvent(begun, accepted), ...[charging, paused, over].map((each) => transactionEvent(each))];

describe('in order', () => {
  test('a transaction is a session: its energy from its registers, its status from its charging state, its end with its reason', () => {
    const running = play(whole.slice(0, 3));
    expect(only(running.sessions)).toMatchObject({
      status: 'suspended_ev',
      chargingState: 'suspended_ev',
      energyWh: 1500,
    });
    const done = play(whole);
    expect(only(done.sessions)).toMatchObject({
      ocppTransactionId: 'TX',
      status: 'ended',
      tokenUid: 'TAG',
      tokenId: 'tok_1',
      evseId: 1,
      meterStartWh: 1000,
      meterStopWh: 3000,
      energyWh: 2000,
      stopReason: 'EVDisconnected',
      lastSeqNo: 3,
      missingSeqNos: [],
      flags: [],
    });
    expect(done.events.map(({ type }) => type)).toEqual(['session.started', 'session.ended']);
    expect(done.events[0]?.data).toMatchObject({ ocpp_transaction_id: 'TX', token: 'TAG', meter_start_wh: 1000 });
    expect(done.replies).toEqual([
      { sessionId: 'ses_1', authorized: { authorization: 'accepted' }, totalCost: undefined },
      ...Array(3).fill({ sessionId: 'ses_1', authorized: undefined, totalCost: undefined }),
    ]);
  });

  test('the connector is told what the transaction does, once for each change', () => {
    const again = anEvent(2, { chargingState: 'charging', digest: 'again' });
    const { fed } = play([...whole.slice(0, 2), transactionEvent(again), transactionEvent({ ...over, seqNo: 3 })]);
    expect(fed.flatMap((each) => (each.room === 'stations' && 'activity' in each ? [each.activity] : []))).toEqual([
      'charging',
      'finishing',
    ]);
  });

  test('nobody is known at first (EVConnected); the token comes with a later event, another one ends it', () => {
    const done = play([
      transactionEvent(anEvent(0, { chargingState: 'ev_connected' })),
      transactionEvent(anEvent(1, { token: card, trigger: 'Authorized' }), accepted),
      transactionEvent(anEvent(2, { kind: 'ended', token: { uid: 'OTHER', isTyped: false, asks: 'stop' } }), accepted),
    ]);
    expect(done.events[0]?.data).toMatchObject({ token: null, authorization: 'accepted' });
    expect(done.events[1]?.data).toMatchObject({ token: 'TAG' });
    expect(only(done.sessions)).toMatchObject({ tokenUid: 'TAG', tokenId: 'tok_1', stopTokenUid: 'OTHER' });
  });

  test('X8: a refused token has a session that waits for its end; a better one takes its place', () => {
    const refused = { ...accepted, id: 'tok_2', authorized: { authorization: 'blocked' as const } };
    const first = play([transactionEvent(anEvent(0, { token: { ...card, uid: 'BAD' } }), refused)]);
    expect(only(first.sessions)).toMatchObject({ authorization: 'blocked', tokenUid: 'BAD' });
    expect(only(first.sessions).reconcileAt).not.toBeNull();
    const second = play([transactionEvent(anEvent(1, { token: card }), accepted)], first.state);
    expect(only(second.sessions)).toMatchObject({ authorization: 'accepted', tokenUid: 'TAG', reconcileAt: null });
  });

  describe('what is left on a prepaid token limits the session that it pays for', () => {
    const prepaid = { ...accepted, authorized: { authorization: 'accepted' as const, credit: '5.00' } };
    const invalid = { ...accepted, id: null, authorized: { authorization: 'invalid' as const } };
    const unknown = anEvent(0, { token: { ...card, uid: 'UNKNOWN' } });
    const paid = anEvent(1, { token: card, trigger: 'Authorized' });
    const credits = (steps: readonly (SessionInput | Step)[]) =>
      play(steps).fed.flatMap((each) =>
        each.room === 'session_limits' && each.type === 'progressed' && each.credit !== undefined ? [each.credit] : [],
      );
    const at = new Date(paid.at.at.getTime() + GAP_MS);
    const other = anEvent(2, { token: { ...card, uid: 'OTHER' } });

    test.each([
      ['it begins with it', [transactionEvent({ ...begun, token: card }, prepaid)]],
      ['it learns of it later', [transactionEvent(anEvent(0)), transactionEvent(paid, prepaid)]],
      ['another one was refused before', [transactionEvent(unknown, invalid), transactionEvent(paid, prepaid)]],
      [
        'it was refused itself before',
        [transactionEvent(begun, { ...prepaid, ...invalid }), transactionEvent(paid, prepaid)],
      ],
      ['it waits for what came before it', [transactionEvent(paid, prepaid), transactionEvent(anEvent(0))]],
      ['its beginning never comes', [transactionEvent(paid, prepaid), gapDue(at)]],
    ])('%s', (_when, steps) => expect(credits([...steps, transactionEvent(anEvent(2))])).toEqual(['5.00']));

    test('not where somebody else pays already', () =>
      expect(credits([transactionEvent(begun, accepted), transactionEvent(other, prepaid)])).toEqual([]));
  });

  test('where everybody may charge the end is answered with a total of 0, a repeated end too', () => {
    const free = [transactionEvent(begun, accepted, { isFree: true }), ...whole.slice(1), transactionEvent(over)];
    const costs = play(free).replies.map((reply) => (reply as { totalCost: number | undefined }).totalCost);
    expect(costs).toEqual([undefined, undefined, undefined, 0, 0]);
  });

  describe('whether anybody pays', () => {
    const free = { isFree: true };
    const unpaid = (steps: readonly (SessionInput | Step)[]) => {
      const { replies, sessions } = play(steps);
      const { totalCost } = replies.at(-1) as { totalCost: number | undefined };
      return [only(sessions).freeOfCharge, totalCost];
    };
    const refused = { ...accepted, authorized: { authorization: 'invalid' as const } };
    const ends = (more: Partial<TransactionEvent> = {}) =>
      anEvent(3, { kind: 'ended', token: { ...card, asks: 'stop' }, ...more });

    test('is what it was when it began, whatever is set while it runs', () => {
      const [start, ...rest] = whole.slice(0, 3) as [Step['input'], ...Step['input'][]];
      const again = transactionEvent({ ...charging, token: card }, accepted, free);
      const lateEnd = transactionEvent(ends(), accepted, free);
      expect(unpaid([start, again, transactionEvent(paused), lateEnd])).toEqual([false, undefined]);
      const tester = transactionEvent(ends({ token: { uid: 'TEST', isTyped: false, asks: 'stop' } }), accepted, {
        ...{ isFree: true, isTest: true },
      });
      expect(unpaid([start, ...rest, tester])).toEqual([false, undefined]);
      const begunFree = transactionEvent(begun, accepted, free);
      expect(unpaid([begunFree, again, transactionEvent(paused), transactionEvent(ends(), accepted)])).toEqual([
        true,
        0,
      ]);
    });

    test('is what holds when the first who may charge says who he is', () => {
      const nobody = [transactionEvent(anEvent(0))];
      const other = [transactionEvent(anEvent(0, { token: { ...card, uid: 'BAD' } }), refused)];
      for (const before of [nobody, other]) {
        const welcome = transactionEvent({ ...charging, token: card }, accepted, free);
        expect(unpaid([...before, welcome, transactionEvent(paused), transactionEvent(ends())])).toEqual([true, 0]);
      }
    });

    test('is not what was set before its start came after all', () => {
      const rest = [charging, paused, over].map((each) => transactionEvent(each));
      const lateStart = transactionEvent(begun, accepted, free);
      const at = new Date(over.at.at.getTime() + GAP_MS);
      expect(only(play([...rest, gapDue(at), lateStart]).sessions)).toMatchObject({
        ...{ freeOfCharge: false, tokenUid: 'TAG' },
      });
      const running = play([...rest.slice(0, 2), gapDue(at), lateStart]);
      expect(only(running.sessions)).toMatchObject({ freeOfCharge: false, tokenUid: 'TAG', endedAt: null });
    });

    test('is nobody where a commissioning run tries the charger out, however late it says so', () => {
      const test = { ...free, isTest: true as const };
      const late = [transactionEvent(charging), gapDue(after(400)), transactionEvent(begun, accepted, test)];
      for (const steps of [[transactionEvent(begun, accepted, test)], late])
        expect(only(play(steps).sessions)).toMatchObject({ freeOfCharge: true, isTest: true });
    });
  });

  test('the register is not read at the start: it begins with the first that is, and a person is told', () => {
    const done = play([transactionEvent({ ...begun, readings: [] }, accepted), ...whole.slice(1)]);
    expect(only(done.sessions)).toMatchObject({ meterStartWh: 1200, energyWh: 1800, flags: ['meter_start_missing'] });
  });

  test('a reservation is told once, by the number of the EVSE, when it is known who charges', () => {
    const at2 = { place: { evseId: 2, connectorId: 1 } };
    const { fed } = play([
      transactionEvent(anEvent(0, at2)),
      transactionEvent(anEvent(1, { token: card, reservationId: 9 }), accepted, { mayBeReserved: true }),
      transactionEvent(anEvent(2, { token: card }), accepted, { mayBeReserved: true }),
    ]);
    expect(fed.filter(({ room }) => room === 'reservations')).toMatchObject([
      { type: 'session_started', sessionId: 'ses_1', connectorId: 2, tokenUid: 'TAG', ocppId: 9 },
    ]);
  });

  test('the place comes later', () => {
    const done = play([
      transactionEvent({ ...begun, place: undefined }, accepted),
      transactionEvent({ ...charging, place: { evseId: 2, connectorId: 1 } }),
    ]);
    expect(only(done.sessions)).toMatchObject({ evseId: 2, connectorId: 1 });
  });

  test('the connector is named after the EVSE: it is shown there, and no more at the first one', () => {
    const named = (seqNo: number, connectorId: number, more: Partial<TransactionEvent> = {}) =>
      transactionEvent(anEvent(seqNo, { place: { evseId: 1, connectorId }, ...more }));
    const done = play([...whole.slice(0, 2), named(2, 2), named(3, 1)]);
    expect(only(done.sessions)).toMatchObject({ evseId: 1, connectorId: 2 });
    const shown = done.fed.flatMap((each) =>
      each.room === 'stations' && 'activity' in each ? [[each.connectorId, each.activity]] : [],
    );
    expect(shown).toEqual([...[[1, 'charging']], ...[[1, null]], ...[[2, 'charging']]]);
    const free = { ...connectorChanged('available', after(240)), connectorId: 2 };
    expect(only(play([free], done.state).sessions).reconcileAt).not.toBeNull();
    expect(
      only(play([...whole.slice(0, 2), named(2, 2, { place: { evseId: 2, connectorId: 2 } })]).sessions).evseId,
    ).toBe(1);
  });

  describe('its connector becomes free while it runs', () => {
    const free = connectorChanged('available', after(90));
    const shownBy = (...then: SessionInput[]) =>
      play([...whole.slice(0, 2), free, ...then]).fed.flatMap((each) =>
        each.room === 'stations' && 'activity' in each ? [[each.connectorId, each.activity]] : [],
      );
    const says = (chargingState: TransactionEvent['chargingState'], more: Partial<TransactionEvent> = {}) =>
      transactionEvent(anEvent(2, { chargingState, ...more }));
    const rowAfter = (...then: SessionInput[]) => only(play([...whole.slice(0, 2), free, ...then]).sessions);

    test('what its station said stays, and holds again once it says what it does', () => {
      expect(rowAfter()).toMatchObject({ chargingState: 'charging', freedAt: after(90) });
      expect(rowAfter(connectorChanged('available', after(100)))).toMatchObject({ freedAt: after(90) });
      expect(rowAfter(transactionEvent(anEvent(2)))).toMatchObject({ chargingState: 'charging', freedAt: after(90) });
      expect(rowAfter(says('charging'))).toMatchObject({ chargingState: 'charging', freedAt: null });
      expect(rowAfter(says('idle'))).toMatchObject({ chargingState: 'idle', freedAt: null });
    });

    test('what had been kept from before says nothing of it', () => {
      expect(rowAfter(says('suspended_ev', { offline: true }))).toMatchObject({
        ...{ chargingState: 'charging', status: 'active', freedAt: after(90) },
      });
      expect(shownBy(says('suspended_ev', { offline: true }))).toEqual([[1, 'charging']]);
    });

    test.each([
      ['charging', 'charging'],
      ['suspended_ev', 'suspended_ev'],
      // Occupied says so, as before the first charging.
      ['ev_connected', null],
    ] as const)('a connector that is free shows nothing of it: %s is news', (chargingState, activity) => {
      expect(shownBy(says(chargingState))).toEqual([[1, 'charging'], ...[[1, activity]]]);
    });

    test('it was another connector: the one that is named shows what it does', () => {
      const named = (more: Partial<TransactionEvent> = {}) =>
        transactionEvent(anEvent(2, { place: { evseId: 1, connectorId: 2 }, ...more }));
      expect(rowAfter(named())).toMatchObject({ connectorId: 2, chargingState: 'charging', freedAt: null });
      expect(shownBy(named()).at(-1)).toEqual([2, 'charging']);
      expect(rowAfter(named({ chargingState: 'suspended_ev', offline: true }))).toMatchObject({
        ...{ chargingState: 'suspended_ev', freedAt: null },
      });
    });

    test('it does not charge: no limit stops it', () => {
      const looked: SessionInput = {
        ...{
          room: 'sessions',
          type: 'limit_looked_at',
          chargePointId: 'cp_1',
          receivedAt: after(95),
          sessionId: 'ses_1',
        },
      };
      const isCharging = (...steps: SessionInput[]) =>
        play([...steps, looked]).fed.flatMap((each) =>
          each.room === 'session_limits' && each.type === 'progressed' ? [each.session.isCharging] : [],
        );
      expect(isCharging(...whole.slice(0, 2))).toEqual([true]);
      expect(isCharging(...whole.slice(0, 2), free)).toEqual([false]);
      expect(isCharging(...whole.slice(0, 2), free, says('charging')).at(-1)).toBe(true);
    });
  });

  test('the main meter (EVSE 0) is read before the place comes: that is no reading of the session', () => {
    const main = metered([reading(after(30), 50_000, { context: 'sample_clock' })], {
      ...{ evseId: 0, connectorId: 0, transactionId: undefined },
    });
    const done = play([
      transactionEvent({ ...begun, place: undefined, readings: [] }, accepted),
      main,
      transactionEvent({ ...charging, readings: [reading(after(60), 900_000)] }),
      transactionEvent({ ...paused, readings: [reading(after(120), 901_000)] }),
    ]);
    expect(done.fed.find(({ room }) => room === 'meter')).toMatchObject({ evseId: 0, transactionId: null });
    expect(only(done.sessions)).toMatchObject({ meterStartWh: 900_000, energyWh: 1000 });
  });

  describe('a clock that is set back by an hour while it charges', () => {
    const back = (seconds: number) => after(seconds - 3600);
    const later = (seqNo: number, wh: number, more: Partial<TransactionEvent> = {}) =>
      transactionEvent(
        anEvent(seqNo, { at: instant(back(seqNo * 60)), readings: [reading(back(seqNo * 60), wh)], ...more }),
      );

    test('what is read goes on to count, and a person is told', () => {
      const more = { powerW: 7000, socPercent: 60 };
      const second = later(2, 2500, { readings: [reading(back(120), 2500, more)] });
      const running = play([...whole.slice(0, 2), second]);
      expect(only(running.sessions)).toMatchObject({ ...{ energyWh: 1500, lastSampleAt: after(60) }, ...more });
      expect(only(running.sessions).flags).toEqual(['implausible_clock']);
      const done = play([later(3, 4000), later(4, 9000, { kind: 'ended' })], running.state);
      expect(only(done.sessions)).toMatchObject({ status: 'ended', energyWh: 8000, meterStopWh: 9000 });
    });

    test('the register of its end is the total that counts', () => {
      const end = [1000, 9000].map((wh, i) =>
        reading(back(180 + i), wh, { context: i === 0 ? 'transaction_begin' : 'transaction_end' }),
      );
      const done = play([...whole.slice(0, 3), later(3, 0, { kind: 'ended', readings: end })]);
      expect(only(done.sessions)).toMatchObject({ status: 'ended', energyWh: 8000, meterStopWh: 9000 });
      const rounded = play([
        ...whole.slice(0, 3),
        later(3, 0, { kind: 'ended', readings: [reading(back(180), 2496, { context: 'transaction_end' })] }),
      ]);
      expect(only(rounded.sessions)).toMatchObject({ energyWh: 1496, meterStopWh: 2496 });
      expect(only(rounded.sessions).flags).toEqual(['implausible_clock']); // also where nothing flowed since
      const closed: SessionInput = {
        ...{ room: 'sessions', type: 'closed', chargePointId: 'cp_1', receivedAt: after(150) },
        ...{ sessionId: 'ses_1', reason: 'silence' },
      };
      const reported = play([...whole.slice(0, 3), closed, later(3, 0, { kind: 'ended', readings: end })]);
      expect(only(reported.sessions)).toMatchObject({ status: 'closed_by_system', energyWh: 8000, meterStopWh: 9000 });
    });

    test('what was kept, and is told behind a reading of now, is no such thing', () => {
      const now = metered([reading(after(170), 2900)]);
      const kept = [1200, 2500].map((wh, i) =>
        transactionEvent(
          anEvent(i + 1, { offline: true, readings: [reading(after(60 + 60 * i), wh, { powerW: 1 })] }),
          undefined,
          { receivedAt: after(175) },
        ),
      );
      const done = play([whole[0] as SessionInput, now, ...kept]);
      expect(only(done.sessions)).toMatchObject({ energyWh: 1900, powerW: null, flags: [] });
    });
  });

  test('X6: another transaction on the same EVSE ends the one before', () => {
    const other = anEvent(0, {
      ocppTransactionId: 'TX2',
      at: instant(after(500)),
      spare: { sessionId: 'ses_2', transactionId: 2 },
    });
    const done = play([whole[0] as SessionInput, transactionEvent(other)]);
    expect(done.sessions).toMatchObject([
      { status: 'closed_by_system', stopReason: 'superseded' },
      { status: 'active' },
    ]);
  });
});

describe('out of order', () => {
  const [first, second, third, last] = whole as [Step['input'], Step['input'], Step['input'], Step['input']];

  test('what comes after a gap is answered and held, and applied when the gap closes', () => {
    const held = play([first, last]);
    expect(held.ignored).toEqual([undefined, 'held']);
    expect(only(held.sessions).status).toBe('active');
    expect(held.log.map(({ outcome }) => outcome)).toEqual(['applied', 'held']);
    const done = play([second, third], held.state);
    expect(only(done.sessions)).toMatchObject({ status: 'ended', energyWh: 2000, lastSeqNo: 3, flags: [] });
    expect(done.state.held.get('TX')).toEqual([]);
  });

  test('X6: the next driver comes while an end waits: it is applied before, and nothing is superseded', () => {
    const next = (more: Partial<TransactionEvent> = {}) =>
      anEvent(0, {
        ...{ ocppTransactionId: 'TX2', at: instant(after(240)), spare: { sessionId: 'ses_2', transactionId: 2 } },
        ...{ digest: 'next', ...more },
      });
    const done = play([first, last, transactionEvent(next({ token: card }), accepted)]);
    expect(done.sessions).toMatchObject([
      { status: 'ended', stopReason: 'EVDisconnected', energyWh: 2000, flags: ['events_missing'] },
      { status: 'active', energyWh: 0 },
    ]);
    expect(done.events.map(({ type, data }) => [type, (data as { session_id?: string }).session_id])).toEqual([
      ['session.started', 'ses_1'],
      ['session.ended', 'ses_1'],
      ['session.started', 'ses_2'],
    ]);
    expect(done.state.held.get('TX')).toEqual([]);
    // Elsewhere, or where nobody may charge, it waits on.
    const blocked = { ...accepted, authorized: { authorization: 'blocked' as const } };
    const others = [
      transactionEvent(next({ place: { evseId: 2, connectorId: 1 } })),
      transactionEvent(next({ token: card }), blocked),
    ];
    for (const other of others) expect(play([first, last, other]).sessions[0]?.status).toBe('active');
  });

  test('an end does not wait for ever; what was missing still counts when it comes, and nobody is told again', () => {
    const at = new Date(over.at.at.getTime() + GAP_MS);
    const early = play([first, last, { input: gapDue(at), now: new Date(at.getTime() - 1) }]);
    expect(only(early.sessions).status).toBe('active');
    const done = play([first, last, gapDue(at)]);
    expect(only(done.sessions)).toMatchObject({ status: 'ended', missingSeqNos: [1, 2], flags: ['events_missing'] });
    const late = play([second], done.state);
    expect(late.events).toEqual([]);
    expect(late.fed).toMatchObject([{ room: 'meter', transactionId: 1 }]);
    expect(only(late.sessions)).toMatchObject({ missingSeqNos: [2], energyWh: 2000, status: 'ended' });
  });

  test('X5: the beginning never comes: the session is made of what there is', () => {
    const at = new Date(over.at.at.getTime() + GAP_MS);
    const done = play([second, third, last, gapDue(at)]);
    expect(done.events.map(({ type, data }) => [type, 'reconstructed' in data])).toEqual([
      ['session.started', true],
      ['session.ended', true],
    ]);
    expect(only(done.sessions)).toMatchObject({
      id: 'ses_spare',
      transactionId: 99,
      status: 'ended',
      energyWh: 1800,
      missingSeqNos: [0],
      flags: ['meter_start_missing', 'start_missing'],
    });
    const late = play([first], done.state);
    expect(late.events).toEqual([]);
    expect(only(late.sessions)).toMatchObject({ id: 'ses_spare', tokenUid: 'TAG', meterStartWh: 1000, energyWh: 2000 });
  });

  test('a number that was used for something else: it is applied, and flagged', () => {
    const always = [anEvent(0, { token: card }), { ...charging, seqNo: 0 }, { ...over, seqNo: 0 }];
    const done = play(always.map((each) => transactionEvent(each, each.token === undefined ? undefined : accepted)));
    expect(only(done.sessions)).toMatchObject({ status: 'ended', energyWh: 1800 });
    expect(only(done.sessions).flags).toContain('seq_no_reused');
    expect(done.log.map(({ outcome }) => outcome)).toEqual(['applied', 'reused', 'reused']);
  });

  test('a record that was closed meanwhile gets the figures of its end, and nobody is told again', () => {
    const closed: SessionInput = {
      ...{ room: 'sessions', type: 'closed', chargePointId: 'cp_1', receivedAt: after(90) },
      ...{ sessionId: 'ses_1', reason: 'closed_by_operator' },
    };
    const done = play([first, second, closed, third, last]);
    expect(done.events.map(({ type }) => type)).toEqual(['session.started', 'session.ended']);
    expect(only(done.sessions)).toMatchObject({
      status: 'closed_by_system',
      energyWh: 2000,
      stopReason: 'EVDisconnected',
    });
    expect(only(done.sessions).flags).toContain('stop_after_close');
  });
});

describe('an id that is given again (E01.FR.08 forbids it)', () => {
  const later = (event: TransactionEvent): TransactionEvent => ({
    ...event,
    digest: `again-${event.digest}`,
    at: instant(new Date(event.at.at.getTime() + 3600_000)),
    readings: event.readings.map((each) =>
      reading(new Date(each.at.at.getTime() + 3600_000), (each.energyWh ?? 0) + 5000),
    ),
  });
  const anew = later({ ...begun, spare: { sessionId: 'ses_2', transactionId: 2 } });
  const again = [
    transactionEvent(anew, { ...accepted, id: 'tok_2' }),
    ...[charging, paused, over].map((each) => transactionEvent(later(each))),
  ];
  const closed: SessionInput = {
    ...{ room: 'sessions', type: 'closed', chargePointId: 'cp_1', receivedAt: after(90) },
    ...{ sessionId: 'ses_1', reason: 'silence' },
  };
  const back: SessionInput = {
    ...{ room: 'sessions', type: 'station_returned', chargePointId: 'cp_1', receivedAt: after(3590) },
  };

  test.each([
    ['the one before has ended', whole, { status: 'ended', energyWh: 2000, flags: [] }],
    [
      'its record was closed',
      [...whole.slice(0, 2), closed],
      { status: 'closed_by_system', energyWh: 200, flags: ['silence'] },
    ],
    [
      'its end was lost with the power',
      [...whole.slice(0, 2), back],
      { status: 'closed_by_system', stopReason: 'superseded', endedAt: after(60), energyWh: 200 },
    ],
  ])('%s: it is a session of its own, and the one before stays as it was', (_, before, former) => {
    const done = play([...before, ...again]);
    expect(done.sessions).toMatchObject([
      { id: 'ses_1', tokenId: 'tok_1', ...former },
      { id: 'ses_2', tokenId: 'tok_2', status: 'ended', meterStartWh: 6000, energyWh: 2000 },
    ]);
    expect(done.sessions[1]).toMatchObject({ lastSeqNo: 3, flags: ['transaction_id_reused'] });
    expect(done.events.map(({ type, data }) => [type, (data as { session_id?: string }).session_id])).toEqual([
      ['session.started', 'ses_1'],
      ['session.ended', 'ses_1'],
      ['session.started', 'ses_2'],
      ['session.ended', 'ses_2'],
    ]);
    // And a third time, and the whole again.
    const third = play(
      [
        ...again,
        transactionEvent(
          { ...anew, digest: 'third', at: instant(after(90_000)), spare: { sessionId: 'ses_3', transactionId: 3 } },
          accepted,
        ),
      ],
      done.state,
    );
    expect(third.sessions.map(({ id, status }) => [id, status])).toMatchObject([
      ['ses_1', former.status],
      ['ses_2', 'ended'],
      ['ses_3', 'active'],
    ]);
  });

  const kept = (event: TransactionEvent) =>
    transactionEvent({ ...event, offline: true }, event.token && accepted, {
      receivedAt: new Date(event.at.at.getTime() + 9000_000),
    });
  test('both visits were kept, and the end of the first one was lost: the register has passed it', () => {
    const done = play([...[begun, charging].map(kept), ...[anew, ...[charging, paused, over].map(later)].map(kept)]);
    expect(done.sessions).toMatchObject([
      { id: 'ses_1', status: 'closed_by_system', stopReason: 'superseded', energyWh: 200 },
      { id: 'ses_2', status: 'ended', meterStartWh: 6000, energyWh: 2000 },
    ]);
  });

  test.each([
    [
      'is written anew while what was kept is still told',
      [begun, charging, paused].map(kept),
      { ...begun, digest: 'anew', at: instant(after(3600)), spare: { sessionId: 'ses_2', transactionId: 2 } },
    ],
    ['is written anew then, and names no register', [begun, charging, paused].map(kept), { ...anew, readings: [] }],
    ['is older than the end', whole, { ...anew, at: instant(after(170)) }],
    ['has no usable clock', whole, { ...anew, at: instant(after(3600), { plausible: false }) }],
    ['comes while the other one goes on', whole.slice(0, 3), anew],
    ['may be the first event, written anew after the line was lost', [...whole.slice(0, 1), back], anew],
  ])('a start that %s is no other session', (_, before, event) => {
    expect(play([...before, transactionEvent(event, accepted)]).sessions).toHaveLength(1);
  });
});

/** A transaction that grew from choices, with a register that only rises. */
const transactions = fc
  .record({
    steps: fc.array(
      fc.record({
        wh: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
        state: fc.option(fc.constantFrom('charging' as const, 'suspended_ev' as const, 'ev_connected' as const), {
          nil: undefined,
        }),
      }),
      { maxLength: 6 },
    ),
    tokenAt: fc.nat(3),
    isRefused: fc.boolean(),
    ends: fc.boolean(),
  })
  .map(({ steps, tokenAt, isRefused, ends }) => {
    let register = 1000;
    const count = steps.length + 1 + (ends ? 1 : 0);
    return Array.from({ length: count }, (_, seqNo) => {
      const step = steps[seqNo - 1];
      if (step?.wh !== undefined) register += step.wh;
      const hasRegister = seqNo === 0 || step?.wh !== undefined;
      const hasToken = seqNo === tokenAt;
      const event: TransactionEvent = anEvent(seqNo, {
        kind: seqNo === 0 ? 'started' : ends && seqNo === count - 1 ? 'ended' : 'updated',
        chargingState: step?.state,
        token: hasToken ? card : undefined,
        readings: hasRegister ? [reading(after(seqNo * 60), register)] : [],
      });
      const authorization = isRefused ? ('blocked' as const) : ('accepted' as const);
      return transactionEvent(event, hasToken ? { ...accepted, authorized: { authorization } } : undefined);
    });
  });

/** What a reader of the record sees; when we learned of it is no part of it. */
const seen = ({ createdAt: _, updatedAt: __, reconcileAt, flags, ...row }: SessionRow) => ({
  ...row,
  waits: reconcileAt !== null,
  flags: [...flags].sort(),
});

describe('whatever the order', () => {
  const END = after(86_400);
  /** As they come within a minute, in any order, some again, some never; then the deadlines. */
  const journeys = transactions.chain((all) =>
    fc
      .record({
        order: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        again: fc.array(fc.nat(20), { maxLength: 8 }),
        lost: fc.subarray(all),
      })
      .map(({ order, again, lost }) => ({ all, order, again, lost: new Set<SessionInput>(lost) })),
  );
  const arriving = (inputs: readonly SessionInput[]): SessionInput[] =>
    inputs.map((input, i) => ({ ...input, receivedAt: new Date(after(1000).getTime() + i * 1000) }));

  test('all events lead to the session that they lead to in order', () => {
    fc.assert(
      fc.property(journeys, ({ all, order, again }) => {
        const repeated = [...order];
        for (const at of again)
          repeated.splice(at % (repeated.length + 1), 0, order[at % order.length] as (typeof order)[0]);
        const plain = play([...arriving(all), gapDue(END)]);
        const mixed = play([...arriving(repeated), gapDue(END)]);
        expect(mixed.sessions.map(seen)).toEqual(plain.sessions.map(seen));
        expect(mixed.events.map(({ type, data }) => [type, data])).toEqual(
          plain.events.map(({ type, data }) => [type, data]),
        );
      }),
    );
  });

  test('those that are left lead to one session, and lose no more than was lost', () => {
    fc.assert(
      fc.property(journeys, ({ all, order, lost }) => {
        const left = (inputs: readonly SessionInput[]) => inputs.filter((each) => !lost.has(each));
        fc.pre(left(all).length > 0);
        const plain = play([...arriving(left(all)), gapDue(END)]);
        const mixed = play([...arriving(left(order)), gapDue(END)]);
        expect(mixed.sessions.map(seen)).toEqual(plain.sessions.map(seen));
        expect(mixed.sessions).toHaveLength(1);
        expect(mixed.state.held.get('TX') ?? []).toEqual([]);
        const types = mixed.events.map(({ type }) => type);
        const hasEnd = left(all).some((each) => each.type === 'transaction_event' && each.event.kind === 'ended');
        expect(types).toEqual(['session.started', ...(hasEnd ? ['session.ended'] : [])]);
      }),
    );
  });

  test('however late, and with deadlines in between: it begins once, it ends at most once, energy is never negative', () => {
    fc.assert(
      fc.property(journeys, fc.array(fc.nat(20), { maxLength: 4 }), ({ order, lost }, deadlines) => {
        const steps: SessionInput[] = arriving(order.filter((each) => !lost.has(each)));
        for (const at of deadlines) steps.splice(at % (steps.length + 1), 0, gapDue(END));
        const done = play(steps.map((input) => ({ input, now: input.type === 'gap_due' ? END : input.receivedAt })));
        const types = done.events.map(({ type }) => type);
        expect(types.filter((type) => type === 'session.started').length).toBe(done.sessions.length);
        expect(types.filter((type) => type === 'session.ended').length).toBeLessThanOrEqual(1);
        expect(done.sessions.length).toBeLessThanOrEqual(1);
        for (const { energyWh } of done.sessions) expect(energyWh).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
