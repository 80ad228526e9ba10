import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSame } from '../../src/configuration/machine/settings.ts';
import { type Context, decide } from '../../src/configuration/machine.ts';
import type { ConfigurationState } from '../../src/configuration/types.ts';
import type { ChangedSetting, CommandEnded, ConfigurationInput, Learned } from '../../src/ingest/inputs.ts';

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
    change: (_protocol, settings) => ({
      action: 'change',
      payload: { ...settings[0], keys: settings.map(({ key }) => key) },
    }),
    reboot: () => ({ action: 'reboot', payload: {} }),
  },
  commandIdOf: (changeId, step) => `cmd ${changeId} ${step}`,
  changeIdOf: () => 'cfg_boot',
  now,
});
const changed = (all: readonly Pick<ChangedSetting, 'key' | 'outcome' | 'why'>[]): Learned => ({
  about: 'settings_changed',
  changes: all.map((each) => ({ ...each, value: '1', secret: false })),
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
  const done = changed([{ key: 'A', outcome: 'accepted' }]);
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

describe('OCPP 2.x', () => {
  const station = { ...state, protocol: 'ocpp2.0.1' } as const;
  const keys = ['X.A', 'X.B', 'X.C'];
  const wanted = keys.map((key) => ({ key, value: '1', sealed: null }));
  const items = (doing: string) => `DeviceDataCtrlr.ItemsPerMessage[${doing}]`;
  const bytes = (doing: string) => `DeviceDataCtrlr.BytesPerMessage[${doing}]`;
  const limited = (most: Record<string, string>) => {
    const all = [items('GetVariables'), bytes('GetVariables'), items('SetVariables'), bytes('SetVariables')];
    const setting = (key: string) => ({ value: most[key] ?? null, known: most[key] !== undefined });
    const fixed = { readonly: true, secret: false, fetchedAt: T0 };
    return { ...station, settings: new Map(all.map((key) => [key, { ...setting(key), ...fixed }])) };
  };

  test('several are set at once, each with its own result', () => {
    let step = decide(limited({ [items('SetVariables')]: '5' }), asked({ wanted }), context(T0));
    expect(commandsOf(step)).toMatchObject([{ action: 'change', payload: { keys } }]);
    const said = changed([
      { key: 'x.a', outcome: 'accepted' },
      { key: 'X.B', outcome: 'rejected', why: 'The station answered Rejected' },
    ]);
    step = decide(step.state, endOf('cmd cfg_1 0', 'rejected', said), context(after(1)));
    expect(step.state.changes.get('cfg_1')?.items).toMatchObject([
      { outcome: 'accepted' },
      { outcome: 'rejected', error: 'The station answered Rejected' },
      { outcome: 'rejected' },
    ]);
    expect(commandsOf(step)).toMatchObject([{ action: 'read', payload: { keys: ['X.A'] } }]);
  });

  test('how many may be named at once is asked first, and kept to', () => {
    let step = decide(station, asked({ wanted }), context(T0));
    expect(commandsOf(step)).toMatchObject([{ payload: { keys: [items('GetVariables')] } }]);
    const tell = (settings: Record<string, string>, unknown: string[] = []): Learned => ({
      about: 'configuration_read',
      settings: Object.entries(settings).map(([key, value]) => ({ key, value, readonly: undefined, secret: false })),
      unknown,
    });
    step = decide(
      step.state,
      endOf('cmd cfg_1 0', 'accepted', tell({ [items('GetVariables')]: '2' })),
      context(after(1)),
    );
    expect(commandsOf(step)).toMatchObject([{ payload: { keys: [bytes('GetVariables'), items('SetVariables')] } }]);
    const two = tell({ [items('SetVariables')]: '2' }, [bytes('GetVariables')]);
    step = decide(step.state, endOf('cmd cfg_1 1', 'accepted', two), context(after(2)));
    expect(commandsOf(step)).toMatchObject([{ payload: { keys: [bytes('SetVariables')] } }]);
    const last = tell({}, [bytes('SetVariables')]);
    step = decide(step.state, endOf('cmd cfg_1 2', 'accepted', last), context(after(3)));
    expect(commandsOf(step)).toMatchObject([{ action: 'change', payload: { keys: ['X.A', 'X.B'] } }]);
  });

  test('a message never has more bytes than the station takes, unless one setting alone has', () => {
    const long = keys.map((key) => ({ key, value: 'x'.repeat(200), sealed: null }));
    const words = {
      ...context(T0).words,
      change: (_protocol: unknown, settings: readonly { readonly key: string; readonly value: string }[]) => ({
        action: 'SetVariables',
        payload: { settings, keys: settings.map(({ key }) => key) },
      }),
    };
    const askedFor = (most: string) => {
      const of = limited({ [items('SetVariables')]: '9', [bytes('SetVariables')]: most });
      return commandsOf(decide(of, asked({ wanted: long }), { ...context(T0), words }))[0]?.payload['keys'];
    };
    expect(askedFor('600')).toEqual(['X.A', 'X.B']);
    expect(askedFor('100')).toEqual(['X.A']);
    expect(askedFor('10000')).toEqual(keys);
  });

  test('a secret is sealed by itself, and travels alone', () => {
    const mixed = [wanted[0], { key: 'X.Password', value: null, sealed: 'sealed' }, wanted[1]].flatMap(
      (each) => each ?? [],
    );
    let step = decide(limited({ [items('SetVariables')]: '9' }), asked({ wanted: mixed }), context(T0));
    const sent = [];
    for (let [command] = commandsOf(step); command?.action === 'change'; [command] = commandsOf(step)) {
      sent.push([command.payload['keys'], command.sealed]);
      step = decide(step.state, endOf(command.commandId, 'accepted'), context(after(1)));
    }
    expect(sent).toEqual([
      [['X.A'], undefined],
      [['X.Password'], 'sealed'],
      [['X.B'], undefined],
    ]);
  });

  test('a name that no variable can have is not sent', () => {
    const step = decide(
      limited({}),
      asked({ wanted: [{ key: 'HeartbeatInterval', value: '1', sealed: null }, ...wanted.slice(0, 1)] }),
      context(T0),
    );
    expect(step.state.changes.get('cfg_1')?.items[0]).toMatchObject({ outcome: 'not_supported' });
    expect(commandsOf(step)).toMatchObject([{ payload: { keys: ['X.A'] } }]);
    const read = decide(limited({}), asked({ kind: 'read', keys: ['nothing'], wanted: [] }), context(T0));
    expect(read.state.settings.get('nothing')).toMatchObject({ known: false });
    expect(read.state.changes.get('cfg_1')).toMatchObject({ status: 'completed' });
  });

  test('all that can be set is reported: the change waits for the end of the report', () => {
    const step = decide(station, asked({ kind: 'read', wanted: [] }), context(T0));
    expect(step.effects[0]).toMatchObject({
      do: 'feed',
      input: { room: 'device_model', type: 'configuration_wanted', changeId: 'cfg_1' },
    });
    const told = decide(
      step.state,
      {
        ...common,
        receivedAt: after(1),
        type: 'told',
        settings: [{ key: 'X.A', value: '1', readonly: false, secret: false }],
      },
      context(after(1)),
    );
    expect(told.state.settings.get('X.A')).toMatchObject({ value: '1', known: true });
    const end = (complete: boolean, why?: string): ConfigurationInput => ({
      ...common,
      receivedAt: after(2),
      type: 'reported',
      changeId: 'cfg_1',
      complete,
      why,
    });
    expect(decide(told.state, end(true), context(after(2))).state.changes.get('cfg_1')).toMatchObject({
      status: 'completed',
      dueAt: null,
    });
    expect(decide(told.state, end(false, 'parts'), context(after(2))).state.changes.get('cfg_1')).toMatchObject({
      status: 'failed',
      error: 'parts',
    });
  });
});

test('when_idle waits for the sessions to end, and gives up when it expires', () => {
  const reboot = changed([{ key: 'A', outcome: 'reboot_required' }]);
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

describe('a Reset whose answer is lost', () => {
  const reboot = changed([{ key: 'A', outcome: 'reboot_required' }]);
  const read: Learned = {
    about: 'configuration_read',
    settings: [{ key: 'A', value: '0', readonly: false, secret: false }],
    unknown: [],
  };
  const lost = (commandId: string, at: Date): ConfigurationInput => ({
    ...(endOf(commandId, 'failed', undefined, at) as ConfigurationInput & CommandEnded),
    isUnanswered: true,
  });
  const look = (at: Date): ConfigurationInput => ({ ...common, receivedAt: at, type: 'overdue', changeId: 'cfg_1' });
  const boot = {
    ...common,
    receivedAt: after(60),
    type: 'booted',
    vendor: 'V',
    model: 'M',
    firmwareVersion: '1',
  } as const;
  const resetLost = () => {
    let step = decide(state, asked({ reboot: 'when_idle' }), context(T0));
    step = decide(step.state, endOf('cmd cfg_1 0', 'accepted', reboot), context(after(1)));
    step = decide(step.state, endOf('cmd cfg_1 1', 'accepted', read), context(after(2)));
    expect(commandsOf(step)).toMatchObject([{ action: 'reboot' }]);
    return decide(step.state, lost('cmd cfg_1 2', after(10)), context(after(10)));
  };

  test('is not repeated at once; the boot that follows, or its late answer, ends the change', () => {
    const step = resetLost();
    expect(commandsOf(step)).toEqual([]);
    const rebooted = { status: 'completed', rebooted: true };
    expect(decide(step.state, boot, context(after(60))).state.changes.get('cfg_1')).toMatchObject(rebooted);
    const late = decide(step.state, endOf('cmd cfg_1 2', 'accepted'), context(after(60)));
    expect(late.state.changes.get('cfg_1')).toMatchObject(rebooted);
    const triggered = decide(step.state, { ...boot, isTriggered: true }, context(after(60)));
    expect(triggered.state.changes.get('cfg_1')).toMatchObject({ status: 'running' });
  });

  test('waits for no charger that is away, and is taken back where the charger boots before it was sent', () => {
    let step = decide(state, asked({ reboot: 'when_idle' }), context(T0));
    step = decide(step.state, endOf('cmd cfg_1 0', 'accepted', reboot), context(after(1)));
    step = decide(step.state, endOf('cmd cfg_1 1', 'accepted', read), context(after(2)));
    const fed = ({ effects }: typeof step) => effects.flatMap((each) => (each.do === 'feed' ? [each.input] : []));
    expect(fed(step)).toMatchObject([{ type: 'requested', action: 'reboot', expiresAt: undefined }]);
    const booted = decide(step.state, boot, context(after(60)));
    expect(fed(booted)).toMatchObject([{ type: 'cancel_requested', commandId: 'cmd cfg_1 2', silent: true }]);
    expect(booted.state.changes.get('cfg_1')).toMatchObject({ status: 'completed', rebooted: true });
  });

  test('is asked for again minutes later, of a charger that is there and idle, three times in all', () => {
    let step = resetLost();
    for (const gone of [{ connected: false }, { openSessions: 1 }]) {
      const waiting = decide({ ...step.state, ...gone }, look(after(190)), context(after(190)));
      expect(commandsOf(waiting)).toEqual([]);
      expect(waiting.state.changes.get('cfg_1')).toMatchObject({ status: 'running', dueAt: after(205) });
    }
    for (const [tried, at] of [
      [3, 190],
      [4, 380],
    ] as const) {
      step = decide(step.state, look(after(at)), context(after(at)));
      expect(commandsOf(step)).toMatchObject([{ action: 'reboot' }]);
      step = decide(step.state, lost(`cmd cfg_1 ${tried}`, after(at + 10)), context(after(at + 10)));
      expect(commandsOf(step)).toEqual([]);
    }
    step = decide(step.state, look(after(570)), context(after(570)));
    expect(commandsOf(step)).toEqual([]);
    expect(step.state.changes.get('cfg_1')).toMatchObject({
      status: 'failed',
      rebooted: false,
      error: expect.stringContaining('has not booted since'),
    });
  });
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
  const keys = ['X.A', 'X.B', 'X.C', 'X.D'];
  const limits = ['ItemsPerMessage', 'BytesPerMessage'].flatMap((name) =>
    ['GetVariables', 'SetVariables'].map((instance) => `DeviceDataCtrlr.${name}[${instance}]`),
  );
  const answer = fc.record({
    status: fc.constantFrom(...(['accepted', 'rejected', 'failed', 'timed_out', 'cancelled'] as const)),
    outcome: fc.constantFrom(...(['accepted', 'reboot_required', 'rejected', 'not_supported'] as const)),
    told: fc.subarray([...keys, ...limits, 'GetConfigurationMaxKeys', 'X.Other']),
    unknown: fc.subarray([...keys, ...limits, 'X.Strange']),
    value: fc.constantFrom('1', '2', '0', '-1', '', '200'),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...(['read', 'change', 'apply'] as const)),
      fc.constantFrom(...(['never', 'now', 'when_idle'] as const)),
      fc.constantFrom(...(['ocpp1.6', 'ocpp2.0.1'] as const)),
      fc.infiniteStream(answer),
      (kind, reboot, protocol, answers) => {
        const wanted = kind === 'read' ? [] : keys.map((key) => ({ key, value: '1', sealed: null }));
        let step = decide(
          { ...state, protocol },
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
              : changed(((command.payload['keys'] ?? []) as string[]).map((key) => ({ key, outcome: said.outcome })));
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
