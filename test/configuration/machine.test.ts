import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSame } from '../../src/configuration/machine/settings.ts';
import { type Context, decide } from '../../src/configuration/machine.ts';
import type { ConfigurationState } from '../../src/configuration/types.ts';
import type { CommandEnded, ConfigurationInput, Learned } from '../../src/ingest/inputs.ts';

const T0 = new Date('2026-03-01T10:00:00.000Z');
const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);
const common = { room: 'configuration', chargePointId: 'cp_1' } as const;
const state: ConfigurationState = {
  connected: true,
  protocol: 'ocpp1.6',
  isAccepted: true,
  openSessions: 0,
  settings: new Map(),
  changes: new Map(),
  atBoot: {},
};
const context = (now: Date): Context => ({
  words: {
    read: (_protocol, keys) => ({ action: 'read', payload: { keys } }),
    change: (_protocol, key, value) => ({ action: 'change', payload: { key, value } }),
    reboot: () => ({ action: 'reboot', payload: {} }),
  },
  commandIdOf: (changeId, step) => `cmd ${changeId} ${step}`,
  changeIdOf: () => 'cfg_boot',
  now,
});
const asked = (more: Partial<Extract<ConfigurationInput, { type: 'requested' }>> = {}): ConfigurationInput => ({
  ...common,
  receivedAt: T0,
  type: 'requested',
  changeId: 'cfg_1',
  kind: 'change',
  wanted: [{ key: 'A', value: '1', sealed: null }],
  reboot: 'never',
  expiresAt: after(900),
  mayWait: false,
  requestedBy: 'key_1',
  ...more,
});
const commandsOf = (step: ReturnType<typeof decide>) =>
  step.effects.flatMap((effect) =>
    effect.do === 'feed' && effect.input.room === 'commands' && effect.input.type === 'requested' ? [effect.input] : [],
  );
const endOf = (
  commandId: string,
  status: CommandEnded['status'],
  learned?: Learned,
  at = after(1),
): ConfigurationInput => ({
  ...common,
  receivedAt: at,
  type: 'command_ended',
  commandId,
  status,
  why: status === 'accepted' ? undefined : 'why',
  learned,
});

test('an offline charger is a conflict, unless it may wait', () => {
  const offline = { ...state, connected: false };
  expect(decide(offline, asked(), context(T0)).effects).toEqual([
    { do: 'reply', value: { started: false, why: 'offline' } },
  ]);
  expect(commandsOf(decide(offline, asked({ mayWait: true }), context(T0)))).toHaveLength(1);
});

test('a secret value is never in the payload of a command, only sealed beside it', () => {
  const wanted = [{ key: 'WifiPassword', value: null, sealed: 'sealed' }];
  const [command] = commandsOf(decide(state, asked({ wanted }), context(T0)));
  expect(command).toMatchObject({ payload: { key: 'WifiPassword', value: '***' }, sealed: 'sealed', silent: true });
});

test('a command that fails is asked again, three times in all; then the change fails, and what was done stays told', () => {
  let step = decide(
    state,
    asked({ wanted: ['A', 'B'].map((key) => ({ key, value: '1', sealed: null })) }),
    context(T0),
  );
  const done: Learned = { about: 'setting_changed', key: 'A', value: '1', secret: false, outcome: 'accepted' };
  step = decide(step.state, endOf('cmd cfg_1 0', 'accepted', done), context(after(1)));
  for (const tried of [1, 2]) {
    step = decide(step.state, endOf(`cmd cfg_1 ${tried}`, 'timed_out'), context(after(2)));
    expect(commandsOf(step)).toMatchObject([{ payload: { key: 'B' } }]);
  }
  step = decide(step.state, endOf('cmd cfg_1 3', 'failed'), context(after(3)));
  expect(commandsOf(step)).toEqual([]);
  expect(step.state.changes.get('cfg_1')).toMatchObject({
    status: 'failed',
    error: 'why',
    dueAt: null,
    items: [{ outcome: 'accepted' }, { outcome: 'failed' }],
  });
});

test('when_idle waits for the sessions to end, and gives up when it expires', () => {
  const reboot: Learned = { about: 'setting_changed', key: 'A', value: '1', secret: false, outcome: 'reboot_required' };
  const busy = { ...state, openSessions: 1 };
  let step = decide(busy, asked({ reboot: 'when_idle' }), context(T0));
  step = decide(step.state, endOf('cmd cfg_1 0', 'accepted', reboot), context(after(1)));
  const read: Learned = {
    about: 'configuration_read',
    settings: [{ key: 'A', value: '0', readonly: false, secret: false }],
    unknown: [],
  };
  step = decide(step.state, endOf('cmd cfg_1 1', 'accepted', read), context(after(2)));
  expect(step.state.changes.get('cfg_1')).toMatchObject({
    phase: 'reboot',
    dueAt: after(17),
    items: [{ mismatch: false }],
  });
  const look = (at: Date): ConfigurationInput => ({ ...common, receivedAt: at, type: 'overdue', changeId: 'cfg_1' });
  expect(commandsOf(decide(step.state, look(after(17)), context(after(17))))).toEqual([]);
  const idle = decide({ ...step.state, openSessions: 0 }, look(after(17)), context(after(17)));
  expect(commandsOf(idle)).toMatchObject([{ action: 'reboot' }]);
  const late = decide(step.state, look(after(900)), context(after(900)));
  expect(late.state.changes.get('cfg_1')).toMatchObject({ status: 'failed', error: expect.stringContaining('idle') });
});

test('a boot without a template asks nothing; with one, it reads first', () => {
  const boot: ConfigurationInput = {
    ...common,
    receivedAt: T0,
    type: 'booted',
    vendor: 'V',
    model: 'M',
    firmwareVersion: '1',
  };
  expect(decide(state, boot, context(T0)).effects).toEqual([]);
  const [command] = commandsOf(decide({ ...state, atBoot: { A: '1' } }, boot, context(T0)));
  expect(command).toMatchObject({ action: 'read', payload: { keys: ['A'] }, requestedBy: 'system' });
  expect(decide({ ...state, atBoot: { A: '1' }, isAccepted: false }, boot, context(T0)).effects).toEqual([]);
});

test('whatever a charger answers, a change asks one thing at a time and comes to its end', () => {
  const keys = ['A', 'B', 'C', 'D'];
  const answer = fc.record({
    status: fc.constantFrom(...(['accepted', 'rejected', 'failed', 'timed_out', 'cancelled'] as const)),
    outcome: fc.constantFrom(...(['accepted', 'reboot_required', 'rejected', 'not_supported'] as const)),
    told: fc.subarray([...keys, 'GetConfigurationMaxKeys', 'Other']),
    unknown: fc.subarray([...keys, 'Strange']),
    value: fc.constantFrom('1', '2', '0', '-1', ''),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...(['read', 'change', 'apply'] as const)),
      fc.constantFrom(...(['never', 'now', 'when_idle'] as const)),
      fc.infiniteStream(answer),
      (kind, reboot, answers) => {
        const wanted = kind === 'read' ? [] : keys.map((key) => ({ key, value: '1', sealed: null }));
        let step = decide(
          state,
          asked({ kind, keys: kind === 'read' ? keys : undefined, wanted, reboot }),
          context(T0),
        );
        let rounds = 0;
        for (let [command] = commandsOf(step); command !== undefined; [command] = commandsOf(step)) {
          rounds += 1;
          expect(rounds).toBeLessThan(80);
          expect(commandsOf(step)).toHaveLength(1);
          const { value: said } = answers.next();
          if (said === undefined) throw new Error('the stream ended');
          const learned: Learned =
            command.action === 'read'
              ? {
                  about: 'configuration_read',
                  settings: said.told.map((key: string) => ({
                    key,
                    value: said.value,
                    readonly: false,
                    secret: false,
                  })),
                  unknown: said.unknown,
                }
              : {
                  about: 'setting_changed',
                  key: String(command.payload['key']),
                  value: '1',
                  secret: false,
                  outcome: said.outcome,
                };
          const at = after(rounds);
          step = decide(step.state, endOf(command.commandId, said.status, learned, at), context(at));
        }
        const change = step.state.changes.get('cfg_1');
        expect(change).toMatchObject({ phase: 'done', dueAt: null, commandId: null });
        expect(change?.items.filter(({ outcome }) => outcome === 'pending')).toEqual([]);
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ['true', 'TRUE', true],
  [' a', 'a ', true],
  ['a', 'A', false],
  ['1', 'true', false],
])('%j and %j are the same: %j', (a, b, same) => expect(isSame(a, b)).toBe(same));
