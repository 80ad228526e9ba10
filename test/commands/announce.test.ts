import { describe, expect, test } from '@jest/globals';
import { announceEnds } from '../../src/commands/announce.ts';
import { decide } from '../../src/commands/machine.ts';
import type { CommandState } from '../../src/commands/types.ts';
import { catalogue } from '../../src/events/index.ts';
import type { CommandInput } from '../../src/ingest/inputs.ts';
import * as make from './support.ts';
import { after, aState } from './support.ts';

/** What subscribers and other processes hear while these inputs are decided. */
function heard(inputs: readonly CommandInput[], from: CommandState = aState()) {
  let state = from;
  const events: Record<string, unknown>[] = [];
  const woken: unknown[] = [];
  for (const input of inputs) {
    const step = decide(state, input, input.receivedAt);
    for (const effect of announceEnds(state, step.state, input, input.receivedAt)) {
      if (effect.do === 'emit') events.push({ ...effect.event.data });
      if (effect.do === 'wake') woken.push(effect.wake);
    }
    state = step.state;
  }
  return { events, woken };
}

describe('command.completed', () => {
  test('tells the outcome once, with who asked', () => {
    const { events } = heard([make.requested(), make.next(), make.answered(make.no), make.answered(make.no)]);
    expect(events).toEqual([
      {
        command_id: 'cmd_1',
        action: 'Reset',
        status: 'rejected',
        requested_by: 'key_1',
        error: null,
        session_id: null,
      },
    ]);
  });
  test('tells a time-out once: the late answer changes the command, and nothing is told again', () => {
    const { events } = heard([
      make.requested(),
      make.next(),
      make.answered(make.timeout, 'cmd_1', after(30)),
      make.answered(make.yes, 'cmd_1', after(40)),
    ]);
    expect(events).toMatchObject([{ status: 'timed_out', error: { code: 'no_answer' } }]);
  });
  test('of a remote start waits for the session that it led to, or did not', () => {
    const accepted = [make.remoteStart(), make.next(), make.answered(make.yes)];
    expect(heard(accepted).events).toEqual([]);
    expect(heard([...accepted, make.sessionStarted()]).events).toMatchObject([
      { status: 'accepted', session_id: 'ses_1' },
    ]);
    expect(heard([...accepted, make.overdue(after(62))]).events).toMatchObject([
      { status: 'failed', error: { code: 'no_session_started' } },
    ]);
  });
  test('of an abandoned command tells that, and not its answer', () => {
    const { events } = heard([make.requested(), make.next(), make.cancelled(), make.answered(make.yes)]);
    expect(events).toMatchObject([{ status: 'cancelled', error: { code: 'abandoned' } }]);
  });
  test('is not told of what the server asks by itself', () => {
    const { events } = heard([
      make.requested('cmd_1', { requestedBy: 'system' }),
      make.next(),
      make.answered(make.yes),
    ]);
    expect(events).toEqual([]);
  });
  test('fits its schema in the catalogue', () => {
    const [data] = heard([make.requested(), make.lineLost()]).events;
    const { example, data: schema } = catalogue['command.completed'];
    expect(schema.safeParse({ ...example, ...data }).error).toBeUndefined();
  });
});

test('the process in which somebody waits is woken at the end, and only that', () => {
  const asked = make.requested('cmd_1', { waitingNode: 'node_2' });
  expect(heard([asked, make.next()]).woken).toEqual([]);
  expect(heard([asked, make.next(), make.answered(make.yes)]).woken).toEqual([
    { wake: 'commands', chargePointId: 'cp_1', nodeId: 'node_2' },
  ]);
  expect(heard([make.requested(), make.next(), make.answered(make.yes, 'cmd_1', after(2))]).woken).toEqual([]);
});
