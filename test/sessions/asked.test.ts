/** Sessions of 2.x whose station may have forgotten them: it is asked, and its answer decides. */
import { describe, expect, test } from '@jest/globals';
import type { EndedCommand, MeterReading, SessionInput, TransactionEvent } from '../../src/ingest/inputs.ts';
import {
  after,
  anEvent,
  connectorChanged,
  instant,
  metered,
  reading,
  started,
  transactionEvent,
} from '../support/inputs.ts';
import { play } from './support.ts';

const running = [transactionEvent(anEvent(0))];
const returned = (at: Date): SessionInput => ({
  ...{ room: 'sessions', type: 'station_returned', chargePointId: 'cp_1', receivedAt: at },
});
const asked = (at: Date): SessionInput => ({
  ...{ room: 'sessions', type: 'asked', chargePointId: 'cp_1', receivedAt: at },
  ...{ sessionId: 'ses_1', again: new Date(at.getTime() + 600_000) },
});
const answered = (
  at: Date,
  result: EndedCommand['result'],
  status: EndedCommand['status'] = 'accepted',
): SessionInput => ({
  ...{ room: 'sessions', type: 'command_ended', chargePointId: 'cp_1', receivedAt: at },
  command: {
    id: 'cmd_1',
    action: 'GetTransactionStatus',
    payload: { transactionId: 'TX' },
    status,
    result,
    error: null,
  },
});
const only = (steps: readonly SessionInput[]) => play(steps).sessions[0];

test('after its station was away a session is asked about in a minute, unless something is heard of it', () => {
  expect(only([...running, returned(after(100))])?.reconcileAt).toEqual(after(160));
  expect(only([...running, returned(after(100)), transactionEvent(anEvent(1))])?.reconcileAt).toBeNull();
  expect(only([started(), returned(after(100))])?.reconcileAt).toBeNull(); // 1.6 cannot be asked
});

test('what it had kept does not show that a session goes on: its end may be lost with the power, and it is asked', () => {
  const kept = (seqNo: number) =>
    transactionEvent(anEvent(seqNo, { offline: true }), undefined, { receivedAt: after(9000) });
  expect(only([kept(0), kept(1)])?.reconcileAt).toEqual(after(9060));
  const live = transactionEvent(anEvent(2), undefined, { receivedAt: after(9030) });
  expect(only([kept(0), kept(1), live])?.reconcileAt).toBeNull();
  const over = transactionEvent(anEvent(2, { kind: 'ended', offline: true }), undefined, { receivedAt: after(9030) });
  expect(only([kept(0), kept(1), over])).toMatchObject({ status: 'ended', reconcileAt: null });
});

describe('something that it told waits for what should come before', () => {
  const kept = (seqNo: number, more: Partial<TransactionEvent> = {}, at = after(9000)) =>
    transactionEvent(anEvent(seqNo, { offline: true, ...more }), undefined, { receivedAt: at });
  const gapped = [...running, kept(1), kept(3), kept(4, { kind: 'ended', readings: [reading(after(240), 5000)] })];
  const overdue: SessionInput = {
    ...{ room: 'sessions', type: 'gap_due', chargePointId: 'cp_1', receivedAt: after(9120), ocppTransactionId: 'TX' },
    spare: { sessionId: 'ses_spare', transactionId: 99 },
  };
  const over = { ongoingIndicator: false, messagesInQueue: false };

  test('nobody is asked before that is applied, and its own end is the one that is told', () => {
    expect(only([...running, kept(1)])?.reconcileAt).toEqual(after(9060));
    expect(only(gapped)?.reconcileAt).toEqual(after(9000 + 120 + 60));
    const done = play([...gapped, asked(after(9060)), overdue]);
    expect(done.replies.at(-1)).toEqual({ ask: false });
    expect(done.sessions[0]).toMatchObject({ status: 'ended', flags: ['meter_start_missing', 'events_missing'] });
    expect(only([...running, kept(3)])?.reconcileAt).toBeNull();
  });

  test('it was asked before that came: what it answers to that closes no record', () => {
    const early = [...running, kept(1), asked(after(9060)), kept(3, {}, after(9061))];
    const told = only([...early, answered(after(9062), over)]);
    expect(told).toMatchObject({ status: 'active', reconcileAt: after(9062 + 300) });
    const free = [...running, connectorChanged('available', after(50)), asked(after(350)), kept(3, {}, after(360))];
    expect(only([...free, answered(after(400), null, 'failed')])?.status).toBe('active');
  });

  test('a start that is written anew meanwhile is no other session', () => {
    const spare = { sessionId: 'ses_2', transactionId: 2 };
    const anew = anEvent(0, { digest: 'anew', at: instant(after(9050)), spare });
    expect(play([...gapped, transactionEvent(anew)]).sessions).toHaveLength(1);
  });
});

test('a reading of its EVSE by the clock, where nobody may charge, is no word of it', () => {
  const read = reading(after(130), 1000, { context: 'sample_clock' });
  const of = (more: Partial<MeterReading>) =>
    metered([{ ...read, ...more }], { transactionId: undefined, receivedAt: after(130) });
  expect(only([...running, returned(after(100)), of({})])?.reconcileAt).toEqual(after(160));
  expect(only([...running, returned(after(100)), of({ powerW: 11_000 })])?.reconcileAt).toBeNull();
});

test('it is asked once it is due, and not again at once', () => {
  const early = play([...running, returned(after(100)), asked(after(159))]);
  expect(early.replies.at(-1)).toEqual({ ask: false });
  const due = play([...running, returned(after(100)), asked(after(160)), asked(after(161))]);
  expect(due.replies.slice(-2)).toEqual([{ ask: true }, { ask: false }]);
});

test.each([
  [{ ongoingIndicator: true, messagesInQueue: false }, 'active', null],
  [{ ongoingIndicator: true, messagesInQueue: true }, 'active', null],
  [{ ongoingIndicator: false, messagesInQueue: true }, 'active', after(200 + 300)],
  [{ ongoingIndicator: false, messagesInQueue: false }, 'closed_by_system', null],
])('it answers %j', (result, status, reconcileAt) => {
  const session = only([...running, returned(after(100)), asked(after(160)), answered(after(200), result)]);
  expect(session).toMatchObject({ status, reconcileAt });
});

test('it cannot be asked: with a free connector the record is closed as for 1.6, else the session goes on', () => {
  const free = [...running, connectorChanged('available', after(50)), asked(after(350))];
  expect(only([...free, answered(after(400), null, 'failed')])).toMatchObject({
    status: 'closed_by_system',
    stopReason: 'connector_available',
  });
  const away = [...running, returned(after(100)), asked(after(160))];
  expect(only([...away, answered(after(400), null, 'timed_out')])).toMatchObject({
    status: 'active',
    reconcileAt: null,
  });
});

test.each(['failed', 'timed_out'] as const)(
  'it cannot be asked (%s): that no car is connected yet is no proof that it is over',
  (status) => {
    const idle = transactionEvent(anEvent(0, { chargingState: 'idle' }));
    const stillFree = { ...connectorChanged('available', after(101)), news: 'repeated' as const };
    const away = [idle, returned(after(100)), stillFree];
    const unanswered = [...away, asked(after(160)), answered(after(200), null, status)];
    expect(only(unanswered)).toMatchObject({ status: 'active', reconcileAt: null });
    const charged = anEvent(1, { chargingState: 'charging', at: instant(after(300)) });
    expect(only([...unanswered, transactionEvent(charged)])).toMatchObject({
      status: 'active',
      chargingState: 'charging',
    });
    const freed = [connectorChanged('available', after(400)), asked(after(700)), answered(after(710), null, status)];
    expect(only([idle, ...freed])).toMatchObject({ status: 'closed_by_system', stopReason: 'connector_available' });
    const meanwhile = [idle, returned(after(390)), ...freed.slice(0, 1), asked(after(450)), ...freed.slice(2)];
    expect(only(meanwhile)).toMatchObject({ status: 'closed_by_system', stopReason: 'connector_available' });
    const kept = transactionEvent(anEvent(1, { chargingState: 'charging', offline: true, at: instant(after(50)) }));
    expect(only([idle, ...freed.slice(0, 1), kept, asked(after(700)), ...freed.slice(2)])?.status).toBe(
      'closed_by_system',
    );
    const said = transactionEvent(anEvent(1, { chargingState: 'idle', at: instant(after(401)) }));
    const again = [returned(after(500)), asked(after(560)), answered(after(570), null, status)];
    expect(only([idle, ...freed.slice(0, 1), said, ...again])?.status).toBe('active');
  },
);

test('an answer about a transaction that nobody takes for open changes nothing', () => {
  const over = [...running, transactionEvent(anEvent(1, { kind: 'ended' }))];
  const result = { ongoingIndicator: false, messagesInQueue: false };
  expect(play([...over, answered(after(400), result)]).events).toHaveLength(2);
});
