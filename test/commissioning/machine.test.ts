/** The commissioning machine: each phase by what can be seen of a charger, and any course of events at random. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isOpen, nextOf, type Phase, STEP_OF } from '../../src/commissioning/machine/rules.ts';
import { type Context, decide, failures, rules, stepNames } from '../../src/commissioning/machine.ts';
import type {
  CommissioningState,
  Facts,
  Run,
  SeenChange,
  SeenCommand,
  SeenSession,
} from '../../src/commissioning/types.ts';
import type { Effect } from '../../src/ingest/contract.ts';
import type { CommissioningInput } from '../../src/ingest/inputs.ts';
import { after, T0 } from '../support/inputs.ts';

type In<T extends CommissioningInput['type']> = Extract<CommissioningInput, { type: T }>;
const common = { room: 'commissioning', chargePointId: 'cp_1', receivedAt: T0 } as const;
const requested = (more: Partial<In<'requested'>> = {}): In<'requested'> => ({
  ...common,
  type: 'requested',
  runId: 'com_1',
  templateId: null,
  skipTest: false,
  expected: null,
  stepTimeoutS: 120,
  deadlineS: 600,
  testToken: 'TEST1',
  requestedBy: 'key_1',
  ...more,
});
const look: In<'look'> = { ...common, type: 'look', runId: 'com_1' };
const cancel: In<'cancel_requested'> = { ...common, type: 'cancel_requested', requestedBy: 'usr_1' };
const decommission: In<'decommission_requested'> = { ...common, type: 'decommission_requested' };

const call = (action: string) => ({ action, payload: {} });
const context = (now: Date, words: Partial<Context['words']> = {}): Context => ({
  now,
  idOf: (prefix, _runId, asks) => `${prefix}_${asks}`,
  words: {
    trigger: (_protocol, message) => call(`Trigger ${message}`),
    reset: () => call('Reset'),
    start: () => call('Start'),
    stop: () => call('Stop'),
    ...words,
  },
});

const FINE: Facts = {
  connected: true,
  protocol: 'ocpp1.6',
  securityProfile: 1,
  connectedAt: T0,
  bootedAt: after(-3600),
  registration: 'accepted',
  bootStatus: 'accepted',
  bootCount: 1,
  vendor: null,
  model: null,
  serialNumber: null,
  reportedVendor: 'V',
  reportedModel: 'M',
  reportedSerial: 'S',
  firmwareVersion: '1',
  heartbeatIntervalS: 300,
  clockOffsetMs: null,
  heardAt: null,
  outlets: [{ evseId: 1, connectorId: 1, status: 'available', errorCode: null, receivedAt: T0 }],
  busyEvses: [],
  command: undefined,
  change: undefined,
  wanted: [],
  session: undefined,
};
const command = (more: Partial<SeenCommand> = {}): SeenCommand => ({
  id: 'cmd_1',
  action: 'X',
  status: 'accepted',
  result: { status: 'Accepted' },
  error: null,
  completedAt: T0,
  ...more,
});
const change = (outcome: string, more: Partial<SeenChange> = {}, mismatch = false): SeenChange => ({
  id: 'cfg_1',
  status: 'completed',
  items: [{ key: 'A', outcome, error: null, readBack: '1', mismatch }],
  error: null,
  ...more,
});
const session = (more: Partial<SeenSession> = {}): SeenSession => ({
  id: 'ses_1',
  transactionId: 7,
  ocppTransactionId: null,
  evseId: 1,
  status: 'active',
  authorization: 'accepted',
  startedAt: after(1),
  createdAt: after(1),
  endedAt: null,
  lastSampleAt: null,
  energyWh: 0,
  stopReason: null,
  ...more,
});

const nothing: CommissioningState = { lifecycle: 'registered', run: undefined, facts: FINE };
const begun = decide(nothing, requested(), context(T0)).state;
const firstRun = begun.run as Run; // requested() made it
/** A run in that phase, which has asked once where `asked`. */
function at(phase: Phase, asked: 'cmd' | 'cfg' | 'no' = 'no', more: Partial<Run> = {}): Run {
  const step = isOpen(phase) ? STEP_OF[phase] : 'connectivity';
  return {
    ...firstRun,
    phase,
    asks: asked === 'no' ? 0 : 1,
    tries: asked === 'no' ? 0 : 1,
    askedAt: asked === 'no' ? null : T0,
    commandId: asked === 'cmd' ? 'cmd_1' : null,
    changeId: asked === 'cfg' ? 'cfg_1' : null,
    steps: firstRun.steps.map((each, i) =>
      i < stepNames.indexOf(step)
        ? { ...each, status: 'passed', startedAt: T0, endedAt: T0 }
        : each.name === step
          ? { ...each, status: 'running', startedAt: T0 }
          : { ...each, status: 'pending', startedAt: null },
    ),
    ...more,
  };
}
function seen(run: Run, facts: Partial<Facts>, now = after(2), words: Partial<Context['words']> = {}) {
  const state: CommissioningState = { lifecycle: 'commissioning', run, facts: { ...FINE, ...facts } };
  const step = decide(state, look, context(now, words));
  return { ...step, run: step.state.run as Run };
}
const asksOf = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => {
    if (effect.do !== 'feed') return [];
    return effect.input.room === 'commands' && effect.input.type === 'requested'
      ? [effect.input.action]
      : [effect.input.room];
  });
const toldOf = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.do === 'emit' ? [effect.event.type] : []));

describe('what is seen decides: phase × facts → phase', () => {
  const COME = { heardAt: after(1) };
  const lost = { code: 'connection_lost', message: 'lost' };
  test.each<[string, Run, Partial<Facts>, Phase, string | null]>([
    ['connected and booted', at('connecting'), {}, 'listening', null],
    ['offline', at('connecting'), { connected: false }, 'connecting', null],
    ['no boot yet', at('connecting'), { bootStatus: null }, 'connecting', null],
    ['registration rejected', at('connecting'), { registration: 'rejected' }, 'failed', 'registration_refused'],
    ['another vendor', at('connecting'), { vendor: 'X' }, 'failed', 'wrong_vendor'],
    ['another model', at('connecting'), { model: 'X' }, 'failed', 'wrong_model'],
    ['another serial', at('connecting'), { serialNumber: 'X' }, 'failed', 'wrong_serial_number'],
    ['the same in other case', at('connecting'), { vendor: ' v ', serialNumber: 's' }, 'listening', null],
    [
      'a serial that it does not tell',
      at('connecting'),
      { serialNumber: 'X', reportedSerial: null },
      'listening',
      null,
    ],
    ['heard, nothing to set', at('listening'), COME, 'starting', null],
    ['heard, skewed', at('listening'), { ...COME, clockOffsetMs: -61_000 }, 'failed', 'clock_skew'],
    ['heard, a little skewed', at('listening'), { ...COME, clockOffsetMs: 59_000 }, 'starting', null],
    ['not heard', at('listening', 'cmd'), {}, 'listening', null],
    ['no template any more', at('applying'), { wanted: undefined }, 'failed', 'template_gone'],
    ['settings set', at('applying', 'cfg'), { change: change('accepted') }, 'starting', null],
    ['settings as they were', at('applying', 'cfg'), { change: change('unchanged') }, 'starting', null],
    ['a setting refused', at('applying', 'cfg'), { change: change('rejected') }, 'failed', 'setting_rejected'],
    ['no such setting', at('applying', 'cfg'), { change: change('not_supported') }, 'failed', 'setting_not_supported'],
    ['agreed, not kept', at('applying', 'cfg'), { change: change('accepted', {}, true) }, 'failed', 'setting_mismatch'],
    [
      'not asked',
      at('applying', 'cfg'),
      { change: change('failed', { status: 'failed' }) },
      'failed',
      'configuration_failed',
    ],
    ['a reboot is needed', at('applying', 'cfg'), { change: change('reboot_required') }, 'resetting', null],
    ['reset accepted', at('resetting', 'cmd', { bootsBefore: 1 }), { command: command() }, 'rebooting', null],
    [
      'reset refused',
      at('resetting', 'cmd', { bootsBefore: 1 }),
      { command: command({ status: 'rejected' }) },
      'failed',
      'reset_rejected',
    ],
    ['a session runs', at('resetting'), { busyEvses: [1] }, 'resetting', null],
    [
      'it reboots without a word',
      at('resetting', 'cmd', { bootsBefore: 1 }),
      { bootCount: 2, connected: false, wanted: [{ key: 'A', value: '1' }] },
      'verifying',
      null,
    ],
    ['it has not booted', at('rebooting', 'no', { bootsBefore: 1 }), { connected: false }, 'rebooting', null],
    [
      'it has booted',
      at('rebooting', 'no', { bootsBefore: 1 }),
      { bootCount: 2, wanted: [{ key: 'A', value: '1' }] },
      'verifying',
      null,
    ],
    ['kept after the reboot', at('verifying', 'cfg'), { change: change('unchanged') }, 'starting', null],
    [
      'not kept after the reboot',
      at('verifying', 'cfg'),
      { change: change('reboot_required') },
      'failed',
      'setting_not_kept',
    ],
    ['connectors fine', at('inspecting'), {}, 'starting', null],
    ['no test wanted', at('inspecting', 'no', { skipTest: true }), {}, 'commissioned', null],
    ['no connector', at('inspecting', 'cmd'), { outlets: [], command: command() }, 'inspecting', null],
    ['session began', at('starting', 'cmd'), { session: session() }, 'metering', null],
    [
      'session refused',
      at('starting', 'cmd'),
      { session: session({ authorization: 'invalid' }) },
      'failed',
      'session_refused',
    ],
    [
      'start refused',
      at('starting', 'cmd'),
      { command: command({ status: 'rejected', result: { status: 'Rejected' } }) },
      'failed',
      'remote_start_rejected',
    ],
    [
      'no session',
      at('starting', 'cmd'),
      { command: command({ status: 'failed', error: { code: 'no_session_started', message: '' } }) },
      'failed',
      'no_session_started',
    ],
    [
      'no answer',
      at('starting', 'cmd'),
      { command: command({ status: 'timed_out', result: null, error: { code: 'no_answer', message: '' } }) },
      'failed',
      'no_answer',
    ],
    [
      'an error',
      at('starting', 'cmd'),
      {
        command: command({
          status: 'failed',
          result: null,
          error: { code: 'charger_error', message: '', ocpp_code: 'InternalError' },
        }),
      },
      'failed',
      'charger_error',
    ],
    [
      'lost on the way',
      at('starting', 'cmd'),
      { command: command({ status: 'failed', result: null, error: lost }) },
      'starting',
      null,
    ],
    [
      'lost too often',
      at('starting', 'cmd', { tries: 3 }),
      { command: command({ status: 'failed', result: null, error: lost }) },
      'failed',
      'connection_lost',
    ],
    ['a reading', at('metering'), { session: session({ lastSampleAt: after(5), energyWh: 1 }) }, 'stopping', null],
    ['only that of its start', at('metering'), { session: session({ lastSampleAt: after(1) }) }, 'metering', null],
    [
      'it ended by itself',
      at('metering'),
      { session: session({ endedAt: after(3), status: 'ended' }) },
      'failed',
      'session_ended_early',
    ],
    ['its clock is off', at('metering'), { session: session({ startedAt: after(-100) }) }, 'failed', 'clock_skew'],
    [
      'stopped',
      at('stopping', 'cmd'),
      { session: session({ endedAt: after(9), status: 'ended' }), command: command() },
      'commissioned',
      null,
    ],
    [
      'stopped by hand',
      at('stopping'),
      { session: session({ endedAt: after(9), status: 'ended' }) },
      'failed',
      'session_ended_early',
    ],
    [
      'closed by the system',
      at('stopping', 'cmd'),
      { session: session({ endedAt: after(9), status: 'closed_by_system' }) },
      'failed',
      'session_not_ended',
    ],
    [
      'stop refused',
      at('stopping', 'cmd'),
      { session: session(), command: command({ status: 'rejected' }) },
      'failed',
      'remote_stop_rejected',
    ],
    ['stop accepted', at('stopping', 'cmd'), { session: session(), command: command() }, 'stopping', null],
  ])('%s', (_name, run, facts, phase, code) => {
    const { run: next } = seen(run, facts, after(20));
    expect([next.phase, next.failure?.code ?? null]).toEqual([phase, code]);
  });

  test.each<[Phase, Run, Partial<Facts>, string]>([
    ['connecting', at('connecting'), { connected: false }, 'not_connected'],
    ['connecting', at('connecting', 'cmd'), { bootStatus: 'pending' }, 'boot_not_accepted'],
    ['listening', at('listening', 'cmd'), { heartbeatIntervalS: 10 }, 'no_heartbeat'],
    ['listening', at('listening', 'cmd'), { heartbeatIntervalS: 10, connected: false }, 'connection_lost'],
    ['applying', at('applying', 'cfg'), { change: change('pending', { status: 'running' }) }, 'configuration_failed'],
    ['resetting', at('resetting'), { busyEvses: [1] }, 'session_running'],
    ['rebooting', at('rebooting', 'no', { bootsBefore: 1 }), { connected: false }, 'reboot_not_finished'],
    ['inspecting', at('inspecting', 'cmd'), { outlets: [] }, 'connector_not_reported'],
    ['starting', at('starting'), { outlets: [] }, 'no_free_connector'],
    ['starting', at('starting', 'cmd'), { command: command() }, 'no_session_started'],
    ['metering', at('metering', 'cmd'), { session: session() }, 'no_energy_reading'],
    ['stopping', at('stopping', 'cmd'), { session: session(), command: command() }, 'session_not_ended'],
    [
      'stopping',
      at('stopping', 'cmd'),
      { session: session(), connected: false, command: command({ status: 'sent' }) },
      'connection_lost',
    ],
  ])('%s: when its time is up the code says what was missing', (_phase, run, facts, code) => {
    expect(seen(run, facts, after(119)).run.failure).toBeNull();
    expect(seen(run, facts, after(120)).run.failure?.code).toBe(code);
  });

  test('a heartbeat has 1.5 intervals, and no more than the run', () => {
    const slow = { heartbeatIntervalS: 200 };
    expect(seen(at('listening', 'cmd'), slow, after(299)).run.failure).toBeNull();
    expect(seen(at('listening', 'cmd'), slow, after(300)).run.failure?.code).toBe('no_heartbeat');
    expect(seen(at('listening', 'cmd'), { heartbeatIntervalS: 3600 }, after(600)).run.failure?.code).toBe(
      'deadline_exceeded',
    );
  });

  test('a fault that may be old is asked about; one that was told since then is believed', () => {
    const faulted = (receivedAt: Date) => ({
      outlets: [{ evseId: 1, connectorId: 1, status: 'faulted', errorCode: 'GroundFailure', receivedAt }],
    });
    expect(asksOf(seen(at('inspecting'), faulted(after(-100))).effects)).toEqual(['Trigger status']);
    const asked = at('inspecting', 'cmd');
    expect(seen(asked, { ...faulted(after(-100)), command: command() }, after(3)).run.phase).toBe('inspecting');
    expect(seen(asked, { ...faulted(after(-100)), command: command() }, after(6)).run.failure?.code).toBe(
      'connector_faulted',
    );
    expect(seen(asked, faulted(after(1)), after(2)).run.failure).toMatchObject({
      code: 'connector_faulted',
      message: 'Connector 1/1 is faulted: GroundFailure',
    });
  });

  test('what was reported before it connected and booted is of another unit perhaps: it neither passes nor fails', () => {
    const outlet = (connectorId: number, status: string, receivedAt: Date) => ({
      ...{ evseId: connectorId, connectorId, status, errorCode: null, receivedAt },
    });
    const swapped = { bootedAt: after(-50), connectedAt: after(-60) };
    const old = [
      outlet(1, 'available', after(-61)),
      outlet(2, 'faulted', after(-61)),
      outlet(0, 'faulted', after(-61)),
    ];
    const late = seen(at('inspecting', 'cmd'), { ...swapped, outlets: old, command: command() }, after(120));
    expect(late.run.failure?.code).toBe('connector_not_reported');
    expect(asksOf(seen(at('inspecting'), { ...swapped, outlets: old }).effects)).toEqual(['Trigger status']);
    const fresh = [...old, outlet(3, 'available', after(-55))];
    expect(seen(at('inspecting'), { ...swapped, outlets: fresh }).run.phase).toBe('starting');
    // It came back without a boot (B1), and had reported before.
    const back = { bootedAt: after(-3600), connectedAt: after(-1), outlets: [outlet(1, 'available', after(-3500))] };
    expect(seen(at('inspecting'), back).run.phase).toBe('starting');
    const starts: number[] = [];
    const start: Context['words']['start'] = (_protocol, { connectorId }) => {
      starts.push(connectorId);
      return call('Start');
    };
    const gone = outlet(4, 'preparing', after(-61));
    seen(at('starting'), { ...swapped, outlets: [...fresh, gone] }, after(2), { start });
    expect(starts).toEqual([3]);
  });

  test('a fault counts of the charger, and of connectors that were expected', () => {
    const outlets = [1, 2].map((connectorId) => ({
      ...{ evseId: connectorId, connectorId, status: connectorId === 2 ? 'faulted' : 'available' },
      ...{ errorCode: null, receivedAt: T0 },
    }));
    const of = (facts: Facts['outlets'], ...expected: number[]) =>
      seen(
        at('inspecting', 'cmd', {
          expected: expected.length === 0 ? null : expected.map((evseId) => ({ evseId, connectorId: null })),
        }),
        { outlets: facts },
      ).run;
    expect(of(outlets, 1).phase).toBe('starting');
    expect(of(outlets, 1, 2).failure?.code).toBe('connector_faulted');
    expect(of(outlets).failure?.code).toBe('connector_faulted');
    const charger = { evseId: 0, connectorId: 0, status: 'faulted', errorCode: null, receivedAt: T0 };
    expect(of([...outlets, charger], 1).failure?.code).toBe('charge_point_faulted');
  });

  test('of several connectors those that were expected count, and the one with a car is tried out', () => {
    const outlet = (evseId: number, status: string) => ({
      evseId,
      connectorId: 1,
      status,
      errorCode: null,
      receivedAt: T0,
    });
    const outlets = [outlet(1, 'available'), outlet(2, 'preparing'), outlet(3, 'available')];
    const starts: number[] = [];
    const start: Context['words']['start'] = (_protocol, { connectorId }) => {
      starts.push(connectorId);
      return call('Start');
    };
    seen(at('starting'), { outlets }, after(2), { start });
    seen(at('starting'), { outlets, busyEvses: [2] }, after(2), { start });
    seen(at('starting', 'no', { expected: [{ evseId: 3, connectorId: null }] }), { outlets }, after(2), { start });
    expect(starts).toEqual([2, 1, 3]);
    const missing = at('inspecting', 'cmd', { expected: [{ evseId: 4, connectorId: null }] });
    expect(seen(missing, { outlets }, after(120)).run.failure?.code).toBe('connector_not_reported');
  });
});

describe('what it asks for', () => {
  test('each thing once per phase, with ids that a repeated decision draws again', () => {
    const first = seen(at('starting'), {});
    expect(asksOf(first.effects)).toEqual(['Start']);
    expect(first.run).toMatchObject({ commandId: 'cmd_1', tries: 1, asks: 1 });
    expect(asksOf(seen(first.run, {}, after(3)).effects)).toEqual([]);
    expect(seen(at('starting'), {}).effects).toEqual(first.effects);
  });

  test('a setting that takes a reboot: reset, wait, look once more', () => {
    const wanted = [{ key: 'A', value: '1' }];
    const applying = seen(at('applying'), { wanted });
    expect(asksOf(applying.effects)).toEqual(['configuration']);
    const resetting = seen(applying.run, { wanted, change: change('reboot_required') });
    expect(asksOf(resetting.effects)).toEqual(['Reset']);
    expect(resetting.run).toMatchObject({ phase: 'resetting', commandId: 'cmd_2', bootsBefore: 1 });
    const rebooting = seen(resetting.run, { wanted, command: command({ id: 'cmd_2' }) });
    expect(rebooting.run).toMatchObject({ phase: 'rebooting', bootsBefore: 1 });
    const back = seen(rebooting.run, { wanted, bootCount: 2 });
    expect([back.run.phase, asksOf(back.effects)]).toEqual(['verifying', ['configuration']]);
  });

  test('a run that ends while its session runs asks the charger to stop it, once', () => {
    const running = { session: session() };
    const stopped = decide(
      { lifecycle: 'commissioning', run: at('metering'), facts: { ...FINE, ...running } },
      cancel,
      context(after(9)),
    );
    expect([asksOf(stopped.effects), toldOf(stopped.effects)]).toEqual([['Stop'], ['commissioning.failed']]);
    const asked = seen(at('stopping', 'cmd'), running, after(700));
    expect([asked.run.failure?.code, asksOf(asked.effects)]).toEqual(['deadline_exceeded', []]);
  });

  test('a charger that was told to wait is asked to boot; one that has just connected boots by itself', () => {
    expect(asksOf(seen(at('connecting'), { bootStatus: 'pending' }).effects)).toEqual(['Trigger boot']);
    expect(asksOf(seen(at('connecting'), { bootStatus: null }, after(4)).effects)).toEqual([]);
    expect(asksOf(seen(at('connecting'), { bootStatus: null }, after(6)).effects)).toEqual(['Trigger boot']);
  });

  test('a version without words for it fails by name, or does without', () => {
    const none = () => undefined;
    expect(seen(at('starting'), {}, after(2), { start: none }).run.failure?.code).toBe('not_sayable');
    expect(seen(at('resetting'), {}, after(2), { reset: none }).run.failure?.code).toBe('not_sayable');
    expect(seen(at('stopping'), { session: session() }, after(2), { stop: none }).run.failure?.code).toBe(
      'not_sayable',
    );
    expect(seen(at('listening'), {}, after(2), { trigger: none }).run.phase).toBe('listening');
  });
});

describe('runs and lifecycles', () => {
  const started = decide(nothing, requested(), context(T0));
  test('one at a time; a request that comes twice starts one', () => {
    expect(toldOf(started.effects)).toEqual(['commissioning.started']);
    expect(started.state.lifecycle).toBe('commissioning');
    expect(decide(started.state, requested(), context(T0))).toMatchObject({
      ignored: 'duplicate',
      state: started.state,
    });
    const other = decide(started.state, requested({ runId: 'com_2' }), context(T0));
    expect(other).toMatchObject({
      ignored: 'open',
      effects: [{ value: { done: false, why: 'open', runId: 'com_1' } }],
    });
  });

  test.each([
    ['registered', 'registered'],
    ['commissioned', 'commissioned'],
    ['decommissioned', 'registered'],
  ] as const)('one that was %s and fails is %s again', (before, afterwards) => {
    const { state } = decide({ ...nothing, lifecycle: before }, requested(), context(T0));
    expect(state.lifecycle).toBe('commissioning');
    expect(decide(state, cancel, context(after(1))).state.lifecycle).toBe(afterwards);
  });

  test('decommissioning waits for runs and sessions', () => {
    const replyTo = (state: CommissioningState) =>
      decide(state, decommission, context(T0)).effects.find((effect) => effect.do === 'reply')?.value;
    expect(replyTo(started.state)).toEqual({ done: false, why: 'commissioning' });
    expect(replyTo({ ...nothing, facts: { ...FINE, busyEvses: [1] } })).toEqual({ done: false, why: 'charging' });
    const out = decide(nothing, decommission, context(T0));
    expect([out.state.lifecycle, out.effects.map((effect) => effect.do)]).toEqual([
      'decommissioned',
      ['reply', 'wake'],
    ]);
    expect(decide(out.state, decommission, context(T0))).toMatchObject({
      ignored: 'duplicate',
      effects: [{ value: { done: true } }],
    });
  });

  test('there is nothing to cancel where nothing runs', () => {
    expect(decide(nothing, cancel, context(T0))).toMatchObject({
      ignored: 'none',
      effects: [{ value: { done: false, why: 'none' } }],
    });
  });
});

test('the table: every sign leads to a phase that there is, every phase is reached, and only ends lead nowhere', () => {
  const reached = new Set<string>(['connecting', 'failed', 'cancelled']);
  for (const moves of Object.values(rules)) for (const to of Object.values(moves)) reached.add(to);
  expect([...reached].sort()).toEqual(Object.keys(rules).sort());
  for (const [phase, moves] of Object.entries(rules)) {
    expect(Object.keys(moves).length > 0).toBe(isOpen(phase as Phase));
  }
});

// --------------------------------------------------------------------------------------------------------- at random

const anyCommand = fc.record({
  id: fc.constantFrom('cmd_1', 'cmd_2', 'cmd_3', 'cmd_4', 'cmd_5'),
  action: fc.constant('X'),
  status: fc.constantFrom('queued', 'sent', 'accepted', 'rejected', 'failed', 'timed_out', 'cancelled'),
  result: fc.option(fc.constant({ status: 'Rejected' })),
  error: fc.option(
    fc.record({
      code: fc.constantFrom('connection_lost', 'no_answer', 'charger_error', 'no_session_started'),
      message: fc.string(),
    }),
  ),
  completedAt: fc.constant(T0),
}) as fc.Arbitrary<SeenCommand>;
const anyChange = fc
  .record({
    id: fc.constantFrom('cfg_1', 'cfg_2', 'cfg_3', 'cfg_4'),
    status: fc.constantFrom('running', 'completed', 'failed'),
    outcome: fc.constantFrom('unchanged', 'accepted', 'reboot_required', 'rejected', 'not_supported'),
    mismatch: fc.boolean(),
  })
  .map(({ id, status, outcome, mismatch }) => change(outcome, { id, status } as Partial<SeenChange>, mismatch));
const anySession = fc
  .record({
    authorization: fc.constantFrom('accepted', 'accepted', 'invalid'),
    endedAt: fc.constantFrom(null, after(50)),
    energyWh: fc.nat(5),
    lastSampleAt: fc.constantFrom(null, after(30)),
  })
  .map((more) => session({ ...more, status: more.endedAt === null ? 'active' : 'ended' }));
const anyFacts: fc.Arbitrary<Partial<Facts>> = fc.record(
  {
    connected: fc.boolean(),
    protocol: fc.constantFrom('ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'),
    bootStatus: fc.constantFrom('accepted', 'accepted', 'pending'),
    bootCount: fc.integer({ min: 1, max: 4 }),
    heardAt: fc.constantFrom(null, after(1)),
    wanted: fc.constantFrom(undefined, [], [{ key: 'A', value: '1' }]),
    command: anyCommand,
    change: anyChange,
    session: anySession,
    busyEvses: fc.constantFrom([], [1]),
    outlets: fc.constantFrom([], FINE.outlets, [{ ...FINE.outlets[0], status: 'faulted' }] as Facts['outlets']),
  },
  { requiredKeys: [] },
);
const anyEvent = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('look' as const), facts: anyFacts, afterS: fc.nat(40) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('request', 'cancel', 'decommission'),
      facts: anyFacts,
      afterS: fc.nat(40),
    }),
  },
);

test('whatever is seen, in whatever order: only along the table, started once, ended once, and never open again', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.boolean(), (events, skipTest) => {
      let seconds = 0;
      let state: CommissioningState = nothing;
      const told = new Map<string, string[]>();
      let runs = 0;
      const act = (input: CommissioningInput) => {
        const before = state.run;
        const step = decide(state, input, context(after(seconds)));
        for (const effect of step.effects) {
          if (effect.do !== 'emit') continue;
          const id = (effect.event.data as { commissioning_id: string }).commissioning_id;
          told.set(id, [...(told.get(id) ?? []), effect.event.type]);
        }
        const next = step.state.run;
        if (before !== undefined && next !== undefined && before.id === next.id) {
          if (before.dueAt === null)
            expect(next).toBe(before); // what has ended stays as it is
          else if (before.phase !== next.phase) expect(leadsTo(before.phase, next.phase)).toBe(true);
        }
        for (const run of next === undefined ? [] : [next]) checkRun(run);
        expect(step.state.lifecycle === 'commissioning').toBe(next !== undefined && next.dueAt !== null);
        // The store gives back open runs only.
        state = step.state;
      };
      act(requested({ skipTest }));
      for (const { do: what, facts, afterS } of events) {
        seconds += afterS;
        state = { ...state, run: state.run?.dueAt == null ? undefined : state.run, facts: { ...FINE, ...facts } };
        runs += 1;
        if (what === 'request') act(requested({ runId: `com_x${runs}`, receivedAt: after(seconds) }));
        else if (what === 'cancel') act(cancel);
        else if (what === 'decommission') act(decommission);
        else act({ ...look, runId: state.run?.id ?? 'com_1' });
      }
      for (const [id, types] of told) {
        expect(types[0]).toBe('commissioning.started');
        expect(types.length).toBeLessThanOrEqual(2);
        const isOver = state.run?.id !== id || state.run.dueAt === null;
        if (isOver) expect(['commissioning.completed', 'commissioning.failed']).toContain(types[1]);
        else expect(types).toHaveLength(1);
      }
    }),
    { numRuns: 200 },
  );
});

/** One look may go through several phases. */
function leadsTo(from: Phase, to: Phase): boolean {
  if (to === 'failed' || to === 'cancelled') return isOpen(from);
  const open: Phase[] = [from];
  for (const phase of open) {
    for (const next of Object.values(rules[phase])) if (!open.includes(next)) open.push(next);
  }
  return open.slice(1).includes(to);
}

function checkRun(run: Run): void {
  expect(run.status === 'running').toBe(isOpen(run.phase));
  expect(run.dueAt === null).toBe(!isOpen(run.phase));
  const running = run.steps.filter(({ status }) => status === 'running');
  expect(running).toHaveLength(isOpen(run.phase) ? 1 : 0);
  if (isOpen(run.phase)) expect(running[0]?.name).toBe(STEP_OF[run.phase]);
  expect(run.failure === null).toBe(run.phase !== 'failed' && run.phase !== 'cancelled');
  if (run.failure !== null) expect(run.failure.remedy).toBe(failures[run.failure.code].remedy);
  if (run.status === 'commissioned') {
    expect(run.steps.every(({ status }) => status === 'passed' || status === 'skipped')).toBe(true);
  }
  // No step begins before the one in front of it is over.
  const begun = run.steps.map(({ status }) => status !== 'pending');
  if (isOpen(run.phase)) expect(begun.slice(0, stepNames.indexOf(STEP_OF[run.phase]) + 1)).not.toContain(false);
}

test('a sign that means nothing in a phase moves nothing', () => {
  expect(nextOf('connecting', 'session_ended')).toBeUndefined();
  expect(nextOf('commissioned', 'reachable')).toBeUndefined();
});
