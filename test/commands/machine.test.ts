import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, MOST_OPEN } from '../../src/commands/machine.ts';
import type { CommandRow, CommandState, CommandStatus } from '../../src/commands/types.ts';
import type { CommandInput } from '../../src/ingest/inputs.ts';
import * as make from './support.ts';
import { aCommand, after, aState, T0 } from './support.ts';

/** Runs inputs one after the other, each at its own time, as the engine would. */
function run(inputs: readonly CommandInput[], from: CommandState = aState()) {
  let state = from;
  const replies: unknown[] = [];
  const ignored: (string | undefined)[] = [];
  const fed: string[] = [];
  let wakes = 0;
  for (const input of inputs) {
    const step = decide(state, input, input.receivedAt);
    state = step.state;
    ignored.push(step.ignored);
    for (const effect of step.effects) {
      if (effect.do === 'reply') replies.push(effect.value);
      if (effect.do === 'emit') throw new Error('this room tells nobody outside');
      if (effect.do === 'feed') fed.push(`${effect.input.room} ${effect.input.type}`);
      if (effect.do === 'wake') wakes += 1;
    }
  }
  const command = (id = 'cmd_1'): CommandRow => {
    const found = state.commands.get(id);
    if (found === undefined) throw new Error(`no command ${id}`);
    return found;
  };
  return { state, replies, ignored, wakes, fed, command };
}

describe('a command that may wait for its charger', () => {
  const waiting = make.requested('cmd_1', { expiresAt: after(3600) });
  const offline = aState([], { connected: false });

  test('is queued for an offline charger until its expiry, and goes out when that connects', () => {
    const { command, replies } = run([waiting], offline);
    expect(replies).toEqual([{ commandId: 'cmd_1', queued: true }]);
    expect(command()).toMatchObject({ status: 'queued', dueAt: after(3600), expiresAt: after(3600) });
    const connected = run([make.next(after(1800), 4)], aState([command()], { generation: 4 }));
    expect(connected.replies).toMatchObject([{ commandId: 'cmd_1' }]);
    expect(connected.command()).toMatchObject({ status: 'sent', dueAt: after(1840) });
  });
  test('fails as expired when the charger does not come', () => {
    const { command } = run([waiting, make.overdue(after(3600))], offline);
    expect(command()).toMatchObject({ status: 'failed', error: { code: 'expired' }, dueAt: null });
  });
  test('outlives the connection that it was not sent on; others fail with it', () => {
    const { command } = run([waiting, make.requested('cmd_2'), make.lineLost()]);
    expect(command('cmd_1')).toMatchObject({ status: 'queued', dueAt: after(3600) });
    expect(command('cmd_2')).toMatchObject({ status: 'failed', error: { code: 'not_sent' } });
  });
  test('is lost like any other once it has been sent: the charger may have carried it out', () => {
    const { command } = run([waiting, make.next(), make.lineLost()]);
    expect(command()).toMatchObject({ status: 'failed', error: { code: 'connection_lost' } });
  });
  test('counts among the open ones', () => {
    const many = Array.from({ length: MOST_OPEN }, (_, i) => aCommand({ id: `cmd_${i}`, expiresAt: after(3600) }));
    expect(run([make.requested('cmd_x', { expiresAt: after(60) })], aState(many)).replies).toMatchObject([
      { queued: false, why: 'too_many' },
    ]);
  });
});

describe('a command that cannot be sent', () => {
  test.each(['secret_lost', 'invalid_call'] as const)(
    'fails as %s, says nothing of the charger, frees the line',
    (why) => {
      const unsent = make.answered({ outcome: 'unsent', why, message: 'so it is' });
      const { command, fed, replies } = run([
        make.requested(),
        make.requested('cmd_2'),
        make.next(),
        unsent,
        make.next(),
      ]);
      expect(command()).toMatchObject({
        ...{ status: 'failed', error: { code: why, message: 'so it is' }, sentAt: null, sentGeneration: null },
        ...{ dueAt: null, sealed: null },
      });
      expect(fed).toEqual([]);
      expect(replies.at(-1)).toMatchObject({ commandId: 'cmd_2' });
    },
  );
  test('stays failed, whatever comes afterwards', () => {
    const unsent = make.answered({ outcome: 'unsent', why: 'secret_lost', message: '' });
    const { command } = run([make.requested(), make.next(), unsent, make.answered(make.yes), make.overdue(after(200))]);
    expect(command()).toMatchObject({ status: 'failed', error: { code: 'secret_lost' }, late: false });
  });
});

describe('a command that is called off', () => {
  test('before it was sent never goes out', () => {
    const { command, replies } = run([make.requested(), make.cancelled(), make.next()]);
    expect(replies.slice(1)).toEqual([{ cancelled: true }, null]);
    expect(command()).toMatchObject({ status: 'cancelled', error: null, dueAt: null, completedAt: after(1) });
  });
  test('after it was sent is abandoned at once, but keeps the line until the charger has answered', () => {
    const two = [make.requested(), make.requested('cmd_2'), make.next(), make.cancelled()];
    const { command, replies, ignored } = run([...two, make.next(after(2))]);
    expect(command()).toMatchObject({ status: 'cancelled', error: { code: 'abandoned' } });
    expect([replies.at(-1), ignored.at(-1)]).toEqual([null, 'busy']);
    const answered = run([...two, make.answered(make.yes), make.next(after(3))]);
    expect(answered.command()).toMatchObject({
      status: 'cancelled',
      late: true,
      result: { status: 'Accepted' },
      error: { code: 'abandoned' },
      dueAt: null,
    });
    expect(answered.replies.at(-1)).toMatchObject({ commandId: 'cmd_2' });
  });
  test.each([
    ['its time-out', make.answered(make.timeout, 'cmd_1', after(31))],
    ['the deadline of its row', make.overdue(after(41))],
  ])('gives the line back after %s, and is still completed by a late answer', (_what, ends) => {
    const { command, replies } = run([
      make.requested(),
      make.requested('cmd_2'),
      make.next(),
      make.cancelled(),
      ends,
      make.next(after(42)),
      make.answered(make.no, 'cmd_1', after(50)),
      make.answered(make.yes, 'cmd_1', after(51)),
    ]);
    expect(replies.at(-1)).toMatchObject({ commandId: 'cmd_2' });
    expect(command()).toMatchObject({ status: 'cancelled', late: true, result: { status: 'Rejected' } });
  });
  test('gives the line back with the connection', () => {
    const { command } = run([make.requested(), make.next(), make.cancelled(), make.lineLost()]);
    expect(command()).toMatchObject({ status: 'cancelled', dueAt: null });
  });
  test('a remote start that was abandoned still names the session that it led to', () => {
    const { command } = run([make.remoteStart(), make.next(), make.cancelled(), make.sessionStarted()]);
    expect(command()).toMatchObject({ status: 'cancelled', sessionId: 'ses_1' });
  });
  test('is too late when it has ended, and nothing to anybody when it does not exist', () => {
    const { replies } = run([make.requested(), make.next(), make.answered(make.yes), make.cancelled(after(3))]);
    expect(replies.at(-1)).toEqual({ cancelled: false, why: 'ended' });
    expect(run([make.cancelled()]).replies).toEqual([{ cancelled: false, why: 'unknown' }]);
  });
  test('a secret does not outlive the command', () => {
    const secret = make.requested('cmd_1', { sealed: 'x' });
    expect(run([secret, make.next()]).replies.at(-1)).toMatchObject({ sealed: 'x' });
    for (const ends of [[make.cancelled()], [make.next(), make.answered(make.yes)], [make.lineLost()]])
      expect(run([secret, ...ends]).command().sealed).toBeNull();
  });
});

describe('what an answer says of the charger', () => {
  const sent = [make.requested(), make.next()];
  test('T5: any answer is life, a time-out is counted, a broken line is neither', () => {
    for (const answer of [make.yes, make.no, make.callError]) {
      expect(run([...sent, make.answered(answer)]).fed).toEqual(['stations call_answered']);
    }
    expect(run([...sent, make.answered(make.timeout)]).fed).toEqual(['stations call_timed_out']);
    expect(run([...sent, make.lineLost()]).fed).toEqual([]);
  });
  test('T5: an answer that is repeated is not told again', () => {
    expect(run([...sent, make.answered(make.yes), make.answered(make.yes)]).fed).toEqual(['stations call_answered']);
  });
  test('B10: RebootRequired on a changed configuration is told, once', () => {
    const change = { ...make.requested(), action: 'ChangeConfiguration', payload: { key: 'K', value: '1' } };
    const changes = [{ key: 'K', value: '1', secret: false, outcome: 'reboot_required' }] as const;
    const learned = { about: 'settings_changed', changes } as const;
    const reboot = { outcome: 'result', accepted: true, payload: { status: 'RebootRequired' }, learned } as const;
    const done = run([change, make.next(), make.answered(reboot), make.answered(reboot)]);
    expect(done.fed).toEqual(['stations call_answered', 'stations reboot_required']);
  });
});

describe('the way of a command', () => {
  test('queued, handed to the idle line, accepted', () => {
    const { replies, command, wakes } = run([make.requested(), make.next(after(1)), make.answered(make.yes)]);
    expect(replies).toEqual([
      { commandId: 'cmd_1', queued: true },
      {
        commandId: 'cmd_1',
        action: 'Reset',
        payload: { type: 'Soft' },
        timeoutS: 30,
        unchecked: false,
        sealed: null,
        traceId: null,
      },
    ]);
    expect(command()).toEqual(
      aCommand({
        status: 'accepted',
        sentAt: after(1),
        sentGeneration: 3,
        dispatchId: expect.any(String) as unknown as string,
        dueAt: null,
        completedAt: after(2),
        result: { status: 'Accepted' },
      }),
    );
    expect(wakes).toBe(2);
  });

  test('an offline charge point refuses at once and keeps nothing', () => {
    const { replies, state } = run([make.requested()], aState([], { connected: false }));
    expect(replies).toEqual([{ commandId: 'cmd_1', queued: false, why: 'offline' }]);
    expect(state.commands.size).toBe(0);
  });

  test('what may only be asked for until then is refused later', () => {
    const asked = (notAfter: Date) => run([{ ...make.requested(), notAfter }]).replies;
    expect(asked(after(-1))).toEqual([{ commandId: 'cmd_1', queued: false, why: 'too_late' }]);
    expect(asked(after(1))).toEqual([{ commandId: 'cmd_1', queued: true }]);
  });

  test('more than a hundred open commands are refused; ended ones do not count', () => {
    const open = Array.from({ length: MOST_OPEN }, (_, i) => aCommand({ id: `cmd_${i}` }));
    expect(run([make.requested('cmd_x')], aState(open)).replies).toEqual([
      { commandId: 'cmd_x', queued: false, why: 'too_many' },
    ]);
    const ended = open.map((command) => ({ ...command, status: 'accepted' as const }));
    expect(run([make.requested('cmd_x')], aState(ended)).replies).toEqual([{ commandId: 'cmd_x', queued: true }]);
  });

  test('the same request twice is one command', () => {
    const { state, replies } = run([make.requested(), make.next(), make.requested()]);
    expect([...state.commands.values()].map(({ status }) => status)).toEqual(['sent']);
    expect(replies.at(-1)).toEqual({ commandId: 'cmd_1', queued: true });
  });

  test('the oldest goes first, one at a time', () => {
    const queue = [aCommand({ id: 'cmd_2' }), aCommand({ id: 'cmd_1' })];
    const { replies, ignored } = run(
      [make.next(), make.next(), make.answered(make.no), make.next(after(3)), make.next(after(4))],
      aState(queue),
    );
    expect(replies).toMatchObject([{ commandId: 'cmd_1' }, null, { commandId: 'cmd_2' }, null]);
    expect(ignored).toEqual([undefined, 'busy', undefined, undefined, 'busy']);
  });

  test('an older connection is given nothing, nor is an idle queue', () => {
    expect(run([make.requested(), make.next(T0, 2)]).replies.at(-1)).toBeNull();
    expect(run([make.requested(), make.next()], aState([], { connected: false })).replies.at(-1)).toBeNull();
    expect(run([make.next()]).ignored).toEqual(['nothing']);
  });

  test('what a dead process had sent does not hold up the others past its deadline', () => {
    const sent = aCommand({ id: 'cmd_0', status: 'sent', sentAt: T0, sentGeneration: 3, dueAt: after(40) });
    const { command, replies } = run([make.next(after(41))], aState([sent, aCommand()]));
    expect(command('cmd_0')).toMatchObject({ status: 'timed_out', error: { code: 'no_answer' }, dueAt: null });
    expect(replies).toMatchObject([{ commandId: 'cmd_1' }]);
  });

  test('the same asking again is given the same command, which has its time from then on; any other finds the line busy', () => {
    const queue = aState([aCommand(), aCommand({ id: 'cmd_2' })]);
    const again = make.next(after(8), 3, 'asking_1');
    const { replies, ignored, command } = run([make.next(T0, 3, 'asking_1'), again, make.next(after(9))], queue);
    expect(replies).toEqual([replies[0], replies[0], null]);
    expect(replies[0]).toMatchObject({ commandId: 'cmd_1' });
    expect(ignored).toEqual([undefined, undefined, 'busy']);
    expect(command('cmd_1')).toMatchObject({ status: 'sent', sentAt: after(8), dueAt: after(48) });
    expect(command('cmd_2').status).toBe('queued');
  });

  test('the same asking again, when what it took out has ended meanwhile, is given the one behind it', () => {
    const asking = (at: Date) => make.next(at, 3, 'asking_1');
    const queue = () => aState([aCommand(), aCommand({ id: 'cmd_2' })]);
    const cancelled = run([asking(T0), make.cancelled(after(1)), asking(after(2)), make.next(after(3))], queue());
    expect(cancelled.replies).toMatchObject([{ commandId: 'cmd_1' }, {}, { commandId: 'cmd_2' }, null]);
    expect(cancelled.command('cmd_1')).toMatchObject({ status: 'cancelled', dueAt: null });
    const late = run([asking(T0), asking(after(41))], queue());
    expect(late.replies).toMatchObject([{ commandId: 'cmd_1' }, { commandId: 'cmd_2' }]);
    expect(late.command('cmd_1').status).toBe('timed_out');
    const answered = run([asking(T0), make.answered(make.yes), asking(after(3))], queue());
    expect(answered.replies).toMatchObject([{ commandId: 'cmd_1' }, { commandId: 'cmd_2' }]);
  });

  test('a queued command whose time is over is not sent any more', () => {
    expect(run([make.next(after(150))], aState([aCommand()])).replies).toEqual([null]);
  });

  test('what was sent on an earlier connection is lost as soon as the next one asks for work', () => {
    const sent = aCommand({ id: 'cmd_0', status: 'sent', sentAt: T0, sentGeneration: 2, dueAt: after(600) });
    const { command, replies } = run(
      [make.next(after(1)), make.answered(make.yes, 'cmd_0', after(2))],
      aState([sent, aCommand()]),
    );
    expect(replies).toMatchObject([{ commandId: 'cmd_1' }]);
    expect(command('cmd_0')).toMatchObject({ status: 'accepted', late: true });
    expect(command('cmd_1').status).toBe('sent');
  });

  test('a command of a laboratory goes out unchecked', () => {
    const { replies } = run([make.requested('cmd_1', { unchecked: true }), make.next()]);
    expect(replies.at(-1)).toMatchObject({ unchecked: true });
  });

  test('an answer that is an error fails with what the charger said', () => {
    const { command } = run([make.requested(), make.next(), make.answered(make.callError)]);
    expect(command()).toMatchObject({
      status: 'failed',
      result: null,
      error: { code: 'charger_error', ocpp_code: 'InternalError', ocpp_details: { a: 1 } },
    });
  });

  test('what nobody answered times out, told by the connection or found by the sweep', () => {
    for (const end of [make.answered(make.timeout, 'cmd_1', after(30)), make.overdue(after(40))]) {
      const { command } = run([make.requested(), make.next(), end]);
      expect(command()).toMatchObject({ status: 'timed_out', error: { code: 'no_answer' }, dueAt: null });
    }
  });

  test('a result after the time-out completes the command late (R4)', () => {
    const late = [make.requested(), make.next(), make.answered(make.timeout, 'cmd_1', after(30))];
    const accepted = run([...late, make.answered(make.yes, 'cmd_1', after(90))]);
    expect(accepted.command()).toMatchObject({ status: 'accepted', late: true, error: null, completedAt: after(90) });
    const rejected = run([...late, make.answered(make.no, 'cmd_1', after(90)), make.answered(make.yes)]);
    expect(rejected.command()).toMatchObject({ status: 'rejected', late: true });
    expect(rejected.ignored.at(-1)).toBe('duplicate');
  });

  test('a lost line fails what was sent and what was queued; the answer to what was sent may still come', () => {
    const { command, state, ignored } = run([
      make.requested('cmd_1'),
      make.requested('cmd_2'),
      make.next(),
      make.lineLost(),
      make.answered(make.lost),
      make.answered(make.yes, 'cmd_1', after(9)),
      make.answered(make.yes, 'cmd_2', after(9)),
    ]);
    expect(command('cmd_1')).toMatchObject({ status: 'accepted', late: true });
    expect(command('cmd_2')).toMatchObject({ status: 'failed', error: { code: 'not_sent' } });
    expect(state.connected).toBe(false);
    expect(ignored.slice(-3)).toEqual(['duplicate', undefined, 'duplicate']);
  });
});

test('the loss of an older connection leaves alone what the newer one has and what waits for it', () => {
  const { command, state, ignored } = run(
    [make.lineLost(after(3), 2)],
    aState([
      aCommand({ id: 'cmd_1', status: 'sent', sentGeneration: 2 }),
      aCommand({ id: 'cmd_2', status: 'sent', sentGeneration: 3 }),
      aCommand({ id: 'cmd_3' }),
    ]),
  );
  expect(['cmd_1', 'cmd_2', 'cmd_3'].map((id) => command(id).status)).toEqual(['failed', 'sent', 'queued']);
  expect(state.connected).toBe(true);
  expect(run([make.lineLost(after(3), 2)], state).ignored).toEqual(['replaced']);
  expect(ignored).toEqual([undefined]);
});

test('where another process has a connection of the same or a lower generation, since a failover lost commits, the old one takes nothing from it', () => {
  const queue = [
    aCommand({ id: 'cmd_1', status: 'sent', sentGeneration: 2 }),
    aCommand({ id: 'cmd_2', status: 'sent', sentGeneration: 3 }),
    aCommand({ id: 'cmd_3' }),
  ];
  for (const generation of [3, 5]) {
    const { command, state } = run([make.lineLost(after(3), generation, 'node_2')], aState(queue));
    expect(['cmd_1', 'cmd_2', 'cmd_3'].map((id) => command(id).status)).toEqual(['failed', 'sent', 'queued']);
    expect(state.connected).toBe(true);
  }
  const own = run([make.lineLost(after(3), 3, 'node_1')], aState(queue));
  expect(['cmd_2', 'cmd_3'].map((id) => own.command(id).status)).toEqual(['failed', 'failed']);
  const asked = run([{ ...make.next(), nodeId: 'node_2' }], aState([aCommand()]));
  expect([asked.replies, asked.ignored]).toEqual([[null], ['replaced']]);
});

describe('a remote start', () => {
  const accepted = [make.remoteStart(), make.next(), make.answered(make.yes)];

  test('that is accepted waits for its session', () => {
    const { command } = run(accepted);
    expect(command()).toMatchObject({ status: 'accepted', dueAt: after(62), sessionId: null });
    expect(run([...accepted, make.sessionStarted()]).command()).toMatchObject({
      status: 'accepted',
      dueAt: null,
      sessionId: 'ses_1',
      late: false,
    });
  });

  test('fails when no session begins within a minute (X11), and keeps the answer', () => {
    expect(run([...accepted, make.overdue(after(61))]).ignored.at(-1)).toBe('early');
    expect(run([...accepted, make.overdue(after(62))]).command()).toMatchObject({
      status: 'failed',
      error: { code: 'no_session_started' },
      result: { status: 'Accepted' },
      dueAt: null,
    });
  });

  test('is accepted late when its session begins after it was given up', () => {
    const { command } = run([...accepted, make.overdue(after(62)), make.sessionStarted(after(120))]);
    expect(command()).toMatchObject({ status: 'accepted', late: true, error: null, sessionId: 'ses_1' });
  });

  test('is linked by a session that begins before the charger answers (R6)', () => {
    const early = [make.remoteStart(), make.next(), make.sessionStarted(after(1))];
    expect(run(early).command()).toMatchObject({ status: 'sent', sessionId: 'ses_1' });
    expect(run([...early, make.answered(make.yes)]).command()).toMatchObject({ status: 'accepted', dueAt: null });
    expect(run([...early, make.answered(make.timeout)]).command()).toMatchObject({ status: 'accepted', error: null });
    expect(run([...early, make.lineLost()]).command()).toMatchObject({ status: 'accepted', error: null });
    expect(run([...early, make.answered(make.no)]).command()).toMatchObject({ status: 'rejected', sessionId: 'ses_1' });
  });

  test('survives the loss of the line once it was accepted', () => {
    const { command } = run([...accepted, make.lineLost(), make.sessionStarted(after(30))]);
    expect(command()).toMatchObject({ status: 'accepted', sessionId: 'ses_1' });
  });

  test.each<[string, Record<string, unknown>, Parameters<typeof make.sessionStarted>, boolean]>([
    ['the same token in another case', { idTag: 'tag', connectorId: 1 }, [after(5)], true],
    ['no connector named', { idTag: 'TAG' }, [after(5), { connectorId: 2 }], true],
    ['another connector', { idTag: 'TAG', connectorId: 2 }, [after(5)], false],
    ['another token', { idTag: 'OTHER' }, [after(5)], false],
    ['ten minutes later', { idTag: 'TAG' }, [after(600)], true],
    ['more than ten minutes later', { idTag: 'TAG' }, [after(601)], false],
    ['before it was asked for', { idTag: 'TAG' }, [after(-60)], false],
    ['a payload without a token', {}, [after(5)], false],
  ])('%s', (_, payload, session, matches) => {
    const { command } = run([make.remoteStart('cmd_1', payload), make.next(), make.sessionStarted(...session)]);
    expect(command().sessionId).toBe(matches ? 'ses_1' : null);
  });

  test('the newest one is linked, each session to one', () => {
    const { command } = run([
      make.remoteStart('cmd_1'),
      make.next(),
      make.answered(make.yes, 'cmd_1'),
      make.remoteStart('cmd_2', { idTag: 'TAG' }, after(3)),
      make.next(after(3)),
      make.answered(make.yes, 'cmd_2', after(4)),
      make.sessionStarted(after(5)),
      make.sessionStarted(after(6), { sessionId: 'ses_2' }),
      make.sessionStarted(after(7), { sessionId: 'ses_3' }),
    ]);
    expect([command('cmd_1').sessionId, command('cmd_2').sessionId]).toEqual(['ses_2', 'ses_1']);
  });

  test('other commands and refused ones are never linked', () => {
    const refused = run([make.remoteStart(), make.next(), make.answered(make.no), make.sessionStarted()]);
    expect(refused.command().sessionId).toBeNull();
    const reset = run([make.requested('cmd_1', { payload: { idTag: 'TAG' } }), make.next(), make.sessionStarted()]);
    expect(reset.command().sessionId).toBeNull();
    expect(run([make.remoteStart(), make.sessionStarted()]).ignored.at(-1)).toBe('no_remote_start');
  });
});

describe('each status and each input', () => {
  const at = after(100);
  const inputs = {
    requested: make.requested('cmd_1', {}, at),
    next: make.next(at),
    accepted: make.answered(make.yes, 'cmd_1', at),
    rejected: make.answered(make.no, 'cmd_1', at),
    error: make.answered(make.callError, 'cmd_1', at),
    timeout: make.answered(make.timeout, 'cmd_1', at),
    lost: make.answered(make.lost, 'cmd_1', at),
    overdue: make.overdue(at),
    session: make.sessionStarted(at),
    line_lost: make.lineLost(at),
  };
  type Row = Record<keyof typeof inputs, CommandStatus>;
  const same = (status: CommandStatus): Row =>
    Object.fromEntries(Object.keys(inputs).map((name) => [name, status])) as Row;
  const given = {
    queued: { status: 'queued', dueAt: after(150) },
    'queued, due': { status: 'queued', dueAt: at },
    sent: { status: 'sent', sentGeneration: 3, dueAt: after(150) },
    'sent, due': { status: 'sent', sentGeneration: 3, dueAt: at },
    'sent on an older line': { status: 'sent', sentGeneration: 2, dueAt: after(150) },
    'accepted, waiting': { status: 'accepted', dueAt: after(150) },
    'accepted, due': { status: 'accepted', dueAt: at },
    'accepted, linked': { status: 'accepted', sessionId: 'ses_0' },
    rejected: { status: 'rejected' },
    'failed by the charger': { status: 'failed', error: { code: 'charger_error', message: '' } },
    'failed by the line': { status: 'failed', error: { code: 'connection_lost', message: '' } },
    'failed without a session': { status: 'failed', error: { code: 'no_session_started', message: '' } },
    'timed out': { status: 'timed_out', error: { code: 'no_answer', message: '' } },
    'never sent': { status: 'timed_out', error: { code: 'not_sent', message: '' } },
    cancelled: { status: 'cancelled' },
  } satisfies Record<string, Partial<CommandRow>>;
  const answers = { accepted: 'accepted', rejected: 'rejected', error: 'failed' } as const;
  const expected: Record<keyof typeof given, Row> = {
    queued: { ...same('queued'), next: 'sent', line_lost: 'failed' },
    'queued, due': { ...same('queued'), overdue: 'timed_out', line_lost: 'failed' },
    sent: { ...same('sent'), ...answers, timeout: 'timed_out', lost: 'failed', line_lost: 'failed' },
    'sent, due': {
      ...same('sent'),
      ...answers,
      timeout: 'timed_out',
      lost: 'failed',
      line_lost: 'failed',
      overdue: 'timed_out',
      next: 'timed_out',
    },
    'sent on an older line': {
      ...same('sent'),
      ...answers,
      timeout: 'timed_out',
      lost: 'failed',
      line_lost: 'failed',
      next: 'failed',
    },
    'accepted, waiting': same('accepted'),
    'accepted, due': { ...same('accepted'), overdue: 'failed' },
    'accepted, linked': same('accepted'),
    rejected: same('rejected'),
    'failed by the charger': same('failed'),
    'failed by the line': { ...same('failed'), ...answers, session: 'accepted' },
    'failed without a session': { ...same('failed'), session: 'accepted' },
    'timed out': { ...same('timed_out'), ...answers, session: 'accepted' },
    'never sent': same('timed_out'),
    cancelled: same('cancelled'),
  };

  const cells = Object.entries(given).flatMap(([name, row]) =>
    Object.entries(inputs).map(([input, value]) => ({ name, row, input, value })),
  );
  test.each(cells)('$name, $input', ({ name, row, input, value }) => {
    const command = aCommand({
      action: 'RemoteStartTransaction',
      payload: { idTag: 'TAG' },
      dueAt: null,
      ...row,
    });
    const { state } = decide(aState([command]), value, at);
    const row_ = state.commands.get('cmd_1');
    expect(row_?.status).toBe(expected[name as keyof typeof given][input as keyof typeof inputs]);
    expect(state.commands.size).toBe(1);
  });

  test.each(Object.entries(inputs))('%s about a command that nobody knows changes nothing', (name, input) => {
    const step = decide(aState([]), input, at);
    if (name !== 'requested') expect(step.ignored ?? 'nothing').not.toBe('');
    if (name !== 'requested' && name !== 'line_lost') expect(step.state).toEqual(aState([]));
  });
});

describe('in any order of inputs', () => {
  const ids = ['cmd_1', 'cmd_2', 'cmd_3'] as const;
  const anInput = fc
    .tuple(
      fc.constantFrom(
        ...[
          'request',
          'remote',
          'next',
          'stale',
          'yes',
          'no',
          'error',
          'timeout',
          'lost',
          'overdue',
          'session',
          'line',
          'cancel',
          'waiting',
        ],
      ),
      fc.constantFrom(...ids),
      fc.integer({ min: 0, max: 120 }),
    )
    .map(([kind, id, waitS]) => ({ kind, id, waitS }));

  const build = (kind: string, id: string, at: Date): CommandInput => {
    switch (kind) {
      case 'request':
        return make.requested(id, {}, at);
      case 'cancel':
        return make.cancelled(at, id);
      case 'waiting':
        return make.requested(id, { expiresAt: new Date(at.getTime() + 100_000) }, at);
      case 'remote':
        return make.remoteStart(id, { idTag: 'TAG' }, at);
      case 'next':
        return make.next(at);
      case 'stale':
        return make.next(at, 2);
      case 'yes':
        return make.answered(make.yes, id, at);
      case 'no':
        return make.answered(make.no, id, at);
      case 'error':
        return make.answered(make.callError, id, at);
      case 'timeout':
        return make.answered(make.timeout, id, at);
      case 'lost':
        return make.answered(make.lost, id, at);
      case 'overdue':
        return make.overdue(at, id);
      case 'session':
        return make.sessionStarted(at, { sessionId: `ses_${at.getTime()}` });
      default:
        return make.lineLost(at);
    }
  };
  const isOpen = ({ status }: CommandRow) => status === 'queued' || status === 'sent';

  test('one is sent at most, what ended stays ended but for late answers, and nothing is left without a deadline', () => {
    fc.assert(
      fc.property(fc.array(anInput, { maxLength: 40 }), (steps) => {
        let state = aState();
        let now = T0;
        const linked = new Map<string, string>();
        for (const { kind, id, waitS } of steps) {
          now = new Date(now.getTime() + waitS * 1000);
          const input = build(kind, id, now);
          if (kind === 'line') state = { ...state, connected: true }; // it comes back before the next step
          const step = decide(state, input, now);
          for (const [each, before] of state.commands) {
            const behind = step.state.commands.get(each);
            if (behind === undefined) throw new Error('a command vanished');
            if (!isOpen(before)) {
              expect(isOpen(behind)).toBe(false);
              // accepted may still become failed without its session; the other changes are late and say so.
              if (before.status !== behind.status && before.status !== 'accepted') expect(behind.late).toBe(true);
              if (before.status === 'rejected') expect(behind).toBe(before);
              if (before.status === 'cancelled') expect(behind.status).toBe('cancelled');
            }
            if (before.sessionId !== null) expect(behind.sessionId).toBe(before.sessionId);
          }
          state = { ...step.state, connected: true };
          const all = [...state.commands.values()];
          const onTheLine = ({ status, dueAt }: CommandRow) =>
            status === 'sent' || (status === 'cancelled' && dueAt !== null);
          expect(all.filter(onTheLine).length).toBeLessThanOrEqual(1);
          for (const command of all) {
            if (isOpen(command)) expect(command.dueAt).not.toBeNull();
            if (!isOpen(command)) expect(command.completedAt).not.toBeNull();
            if (command.dueAt !== null) expect(['queued', 'sent', 'accepted', 'cancelled']).toContain(command.status);
            if (command.sessionId !== null) {
              expect(linked.get(command.sessionId) ?? command.id).toBe(command.id);
              linked.set(command.sessionId, command.id);
            }
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
