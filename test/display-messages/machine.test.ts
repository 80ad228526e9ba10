import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DisplayLimits, messageFaults } from '../../src/display-messages/check-message.ts';
import { decide, MOST_MESSAGES } from '../../src/display-messages/machine.ts';
import type { DisplayState } from '../../src/display-messages/types.ts';
import type { DisplayMessage, DisplayMessageInput, Learned } from '../../src/ingest/inputs.ts';
import { after, T0 } from '../support/inputs.ts';

const common = { room: 'display_messages', chargePointId: 'cp_1', receivedAt: T0 } as const;
const message = (messageId: number, more: Partial<DisplayMessage> = {}): DisplayMessage => ({
  messageId,
  priority: 'normal_cycle',
  text: { format: 'utf8', content: `message ${messageId}` },
  extra: [],
  ...more,
});
const ended = (
  learned: Learned | undefined,
  commandId = 'cmd_1',
  status = 'accepted' as const,
): DisplayMessageInput => ({
  ...common,
  type: 'command_ended',
  ...{ commandId, status, learned },
  why: undefined,
});
const set = (messageId: number, commandId = 'cmd_1', more: Partial<DisplayMessage> = {}) =>
  ended({ about: 'display_message_set', message: message(messageId, more) }, commandId);
const cleared = (messageId: number) => ended({ about: 'display_message_cleared', messageId }, 'cmd_2');
const asked: DisplayMessageInput = {
  ...common,
  type: 'refresh_requested',
  refreshId: 'dmr_1',
  requestId: 7,
  commandId: 'cmd_7',
  requestedBy: 'key_1',
  commandEndsBy: after(190),
};
/** The command that asks for the messages, ended as something else than agreed to. */
const askedInVain = (
  status: 'rejected' | 'failed' | 'timed_out' | 'cancelled',
  more: Partial<Extract<DisplayMessageInput, { type: 'command_ended' }>> = {},
): DisplayMessageInput => ({
  ...common,
  type: 'command_ended',
  ...{ commandId: 'cmd_7', status, learned: undefined },
  why: `it was ${status}`,
  ...more,
});
const told = (ids: readonly number[], tbc: boolean, requestId = 7): DisplayMessageInput => ({
  ...common,
  type: 'reported',
  ...{ requestId, tbc },
  messages: ids.map((id) => message(id)),
});
const overdue: DisplayMessageInput = { ...common, type: 'overdue', refreshId: 'dmr_1' };
const none: DisplayState = { messages: new Map(), refreshes: new Map() };

/** Each input a second after the one before. */
function run(inputs: readonly DisplayMessageInput[], state = none, from = 0) {
  const ignored: (string | undefined)[] = [];
  inputs.forEach((input, i) => {
    const step = decide(state, input, after(from + i));
    state = step.state;
    ignored.push(step.ignored);
  });
  return {
    state,
    ids: [...state.messages.keys()].sort((a, b) => a - b),
    refresh: state.refreshes.get('dmr_1'),
    ignored,
  };
}

describe('a message is held against what the station says of itself', () => {
  const limits = { formats: ['ASCII', 'UTF8'], priorities: ['AlwaysFront'], states: ['Idle'], most: 2, held: [1, 2] };
  const front = { priority: 'always_front' } as const;
  const fields = (each: DisplayMessage, of: DisplayLimits = limits) =>
    messageFaults(each, of).map(({ field }) => field);

  test('which it fits, or not', () => {
    expect(fields(message(1, { ...front, state: 'idle' }))).toEqual([]);
    expect(fields(message(1, { state: 'charging', text: { format: 'html', content: 'x' } }))).toEqual([
      'priority',
      'state',
      'format',
    ]);
    expect(fields(message(2, { ...front, extra: [{ format: 'uri', content: 'x' }] }))).toEqual(['extra.0.format']);
  });

  test('one too many is none; one in the place of another is', () => {
    expect(fields(message(3, front))).toEqual(['message_id']);
    expect(fields(message(2, front))).toEqual([]);
  });

  test('a station that has said nothing may be sent anything', () => {
    expect(fields(message(9, { state: 'faulted' }), { held: [1, 2, 3] })).toEqual([]);
  });
});

describe('messages', () => {
  test('are what the station accepted, until they are cleared', () => {
    expect(run([set(1), set(2, 'cmd_2'), cleared(1)]).ids).toEqual([2]);
    expect(run([cleared(9)]).ignored).toEqual(['unknown']);
  });

  test('R4: an older command that is told of once more does not undo a newer one', () => {
    const { state, ignored } = run([set(1, 'cmd_2'), set(1, 'cmd_1', { priority: 'in_front' })]);
    expect(ignored).toEqual([undefined, 'older']);
    expect(state.messages.get(1)?.message.priority).toBe('normal_cycle');
  });

  test('that have long ended are forgotten when others come', () => {
    const old = set(1, 'cmd_1', { endsAt: after(10).toISOString() });
    expect(run([old, set(2, 'cmd_2')]).ids).toEqual([1, 2]);
    expect(run([set(2, 'cmd_2')], run([old]).state, 86_411).ids).toEqual([2]);
  });

  test('of a transaction that has long ended are forgotten too', () => {
    const { state } = run([set(1, 'cmd_1', { ocppTransactionId: 'T' }), set(2, 'cmd_2')]);
    const [of1] = [...state.messages.values()];
    if (of1 === undefined) throw new Error('no message');
    const over = { ...state, messages: new Map(state.messages).set(1, { ...of1, transactionEndedAt: after(10) }) };
    expect(run([set(3, 'cmd_3')], over, 86_409).ids).toEqual([1, 2, 3]);
    expect(run([set(3, 'cmd_3')], over, 86_410).ids).toEqual([2, 3]);
  });

  test('are at most so many', () => {
    const many = Array.from({ length: MOST_MESSAGES + 5 }, (_, i) => i);
    expect(run([told(many, false, 99)]).ids).toHaveLength(MOST_MESSAGES);
    const full = run([told(many, false, 99)]).state;
    expect(run([set(100_000)], full).ignored).toEqual(['too_many']);
  });
});

describe('a refresh', () => {
  test('that is told whole replaces the list; what was set meanwhile stays', () => {
    const { ids, refresh } = run([set(1), set(2), asked, told([2], true), set(5, 'cmd_8'), told([3], false)]);
    expect(ids).toEqual([2, 3, 5]);
    expect(refresh).toMatchObject({ status: 'completed', dueAt: null, parts: { items: 2 } });
  });

  test('that breaks off removes nothing', () => {
    const { state } = run([set(1), asked, told([2], true)]);
    expect(run([overdue], state, 60).ignored).toEqual(['not_due']);
    const { ids, refresh } = run([overdue], state, 600);
    expect([ids, refresh?.status]).toEqual([[1, 2], 'timed_out']);
  });

  test('may be told although its command timed out; nothing more once it is over', () => {
    const timedOut: DisplayMessageInput = {
      ...common,
      type: 'command_ended',
      commandId: 'cmd_7',
      status: 'timed_out',
      why: 'no answer',
      learned: undefined,
      isUnanswered: true,
    };
    expect(run([asked, timedOut, told([1], false)]).refresh?.status).toBe('completed');
    const failed: DisplayMessageInput = {
      ...common,
      type: 'command_ended',
      commandId: 'cmd_7',
      status: 'rejected',
      why: 'declined',
      learned: undefined,
    };
    expect(run([asked, failed]).refresh).toMatchObject({ status: 'failed', why: 'declined' });
    expect(run([asked, failed, overdue]).ignored.at(-1)).toBe('not_due');
  });

  test.each(['timed_out', 'failed', 'cancelled'] as const)(
    'is waited for when the answer was lost, and has failed when there can be none: %s',
    (status) => {
      const lost = run([set(1), asked, askedInVain(status, { isUnanswered: true }), told([2], false)]);
      expect([lost.refresh?.status, lost.ids]).toEqual(['completed', [2]]);
      for (const more of [{ neverSent: true }, { chargerError: true }] as const)
        expect(run([asked, askedInVain(status, more)]).refresh).toMatchObject({
          ...{ status: 'failed', why: `it was ${status}`, dueAt: null },
        });
    },
  );

  test('is waited for from the end of its command on, however long that waited for its turn', () => {
    const { state } = run([asked]);
    expect(run([overdue], state, 309).ignored).toEqual(['not_due']);
    expect(run([overdue], state, 310).refresh?.status).toBe('timed_out');
    for (const end of [ended(undefined, 'cmd_7'), askedInVain('failed', { isUnanswered: true })]) {
      const answered = run([end], run([asked, told([1], true)]).state, 100);
      expect(answered.refresh).toMatchObject({ status: 'receiving', dueAt: after(220) });
    }
  });

  test('whatever happens in whatever order: it ends once, and never comes back', () => {
    const inputs = fc.constantFrom(
      asked,
      told([1], true),
      told([2], false),
      told([3], false, 8),
      set(1),
      cleared(1),
      overdue,
      ended({ about: 'display_messages_none' }, 'cmd_7'),
    );
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 15 }), (some) => {
        let state = none;
        let end: string | undefined;
        some.forEach((input, i) => {
          state = decide(state, input, after(i * 100)).state;
          const refresh = state.refreshes.get('dmr_1');
          if (refresh === undefined) return;
          expect(refresh.dueAt === null).toBe(refresh.completedAt !== null);
          if (end !== undefined) expect(refresh.status).toBe(end);
          if (refresh.dueAt === null) end = refresh.status;
        });
      }),
    );
  });
});
