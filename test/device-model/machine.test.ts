import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Context, decide } from '../../src/device-model/machine.ts';
import type { DeviceState, ReportBase } from '../../src/device-model/types.ts';
import type { CommandEnded, DeviceModelInput, Learned, ToldAttribute } from '../../src/ingest/inputs.ts';
import { promisedReport } from '../../src/ocpp/v2/report-promise.ts';

const T0 = new Date('2026-03-01T10:00:00.000Z');
const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);
const about = (at: Date) => ({ room: 'device_model', chargePointId: 'cp_1', receivedAt: at }) as const;
const state: DeviceState = {
  connected: true,
  protocol: 'ocpp2.0.1',
  isAccepted: true,
  openSessions: 0,
  firmwareVersion: '1',
  model: { inventoryBase: null, inventoryAt: null, inventoryFirmware: null, wantedAt: null, wantedBase: null },
  reports: new Map(),
  told: [],
  goneBefore: null,
};
const context = (now: Date, more: Partial<Context> = {}): Context => ({
  words: { baseReport: (_protocol, base, requestId) => ({ action: 'GetBaseReport', payload: { base, requestId } }) },
  automatic: true,
  number: 7,
  idsFor: (reason) => ({ reportId: `rpt ${reason}`, commandId: `cmd ${reason}`, requestId: 42 }),
  now,
  ...more,
});
const run = (from: DeviceState, inputs: readonly (readonly [number, (at: Date) => DeviceModelInput])[]) => {
  let step: ReturnType<typeof decide> = { state: from, effects: [] };
  for (const [seconds, input] of inputs) step = decide(step.state, input(after(seconds)), context(after(seconds)));
  return step;
};
const requested =
  (base: ReportBase | null = 'full_inventory') =>
  (at: Date): DeviceModelInput => ({
    ...about(at),
    type: 'requested',
    reportId: 'rpt_1',
    kind: 'variables',
    requestId: 5,
    commandId: 'cmd_1',
    base,
    criteria: null,
    requestedBy: 'key_1',
    waitingNode: 'node_1',
    expiresAt: after(900),
  });
const promised = (nothing = false): Learned => ({
  about: 'report_promised',
  kind: 'variables',
  requestId: 5,
  base: 'full_inventory',
  criteria: null,
  nothing,
});
const answer =
  (status: CommandEnded['status'], learned?: Learned, commandId = 'cmd_1') =>
  (at: Date): DeviceModelInput => ({ ...about(at), type: 'command_ended', commandId, status, why: 'why', learned });
/** It was sent, and given up without an answer. */
const lostAnswer =
  (status: CommandEnded['status'], commandId?: string) =>
  (at: Date): DeviceModelInput =>
    ({ ...answer(status, undefined, commandId)(at), isUnanswered: true }) as DeviceModelInput;
const attribute = (key: string, value: string | null = '1', more: Partial<ToldAttribute> = {}): ToldAttribute => ({
  key,
  value,
  secret: false,
  mutability: 'read_write',
  persistent: false,
  constant: false,
  characteristics: null,
  ...more,
});
const part =
  (seqNo: number, tbc: boolean, attributes: readonly ToldAttribute[] = [attribute(`X.V${seqNo}`)], requestId = 5) =>
  (at: Date): DeviceModelInput => ({
    ...about(at),
    type: 'report_part',
    kind: 'variables',
    requestId,
    part: { seqNo, tbc, items: attributes.length },
    attributes,
  });
const overdue = (at: Date): DeviceModelInput => ({ ...about(at), type: 'overdue', reportId: 'rpt_1' });
const reportOf = ({ state: { reports } }: { state: DeviceState }) => reports.get('rpt_1');
const keysTold = ({ state: { told } }: { state: DeviceState }) =>
  told.flatMap(({ attributes }) => attributes.map(({ key }) => key));

describe('a report', () => {
  test('is complete with its last part, whoever waits is woken, and what was not told since it was asked for is gone', () => {
    const step = run(state, [
      [0, requested()],
      [1, answer('accepted', promised())],
      [2, part(0, true)],
      [3, part(1, false)],
    ]);
    expect(reportOf(step)).toMatchObject({ status: 'completed', dueAt: null, completedAt: after(3), missing: null });
    expect(step.effects).toContainEqual({
      do: 'wake',
      wake: { wake: 'commands', chargePointId: 'cp_1', nodeId: 'node_1' },
    });
    expect(step.state.model).toMatchObject({
      inventoryBase: 'full_inventory',
      inventoryAt: after(3),
      inventoryFirmware: '1',
    });
    expect(step.state.goneBefore).toEqual(T0);
    expect(keysTold(step)).toEqual(['X.V0', 'X.V1']);
  });

  test('with a part missing times out, says which, keeps what came, and is complete if that part comes late', () => {
    const lost = run(state, [
      [0, requested()],
      [1, answer('accepted', promised())],
      [2, part(0, true)],
      [3, part(2, false)],
      [200, overdue],
    ]);
    expect(reportOf(lost)).toMatchObject({ status: 'timed_out', missing: [1], dueAt: null });
    expect(lost.state.model.inventoryBase).toBeNull();
    expect(lost.state.goneBefore).toBeNull();
    expect(keysTold(lost)).toEqual(['X.V0', 'X.V2']);
    const late = run(lost.state, [[300, part(1, true)]]);
    expect(reportOf(late)).toMatchObject({ status: 'completed', missing: null });
  });

  test('waits as long as parts come, and no longer', () => {
    const parts = [0, 1, 2, 3].map((seqNo) => [100 * (seqNo + 1), part(seqNo, true)] as const);
    const step = run(state, [[0, requested()], [1, answer('accepted', promised())], ...parts]);
    expect(reportOf(step)).toMatchObject({ status: 'receiving', dueAt: after(520) });
    expect(decide(step.state, overdue(after(519)), context(after(519))).ignored).toBe('early');
    expect(reportOf(run(step.state, [[520, overdue]]))).toMatchObject({ status: 'timed_out', missing: [4] });
  });

  test.each([
    ['refused', answer('rejected'), 'refused'],
    ['not answered', answer('timed_out'), 'failed'],
    ['taken back before it was sent', answer('cancelled'), 'failed'],
    ['answered with nothing to report', answer('accepted', promised(true)), 'empty'],
  ])('%s ends', (_what, input, status) => {
    expect(
      reportOf(
        run(state, [
          [0, requested()],
          [1, input],
        ]),
      ),
    ).toMatchObject({ status, dueAt: null });
  });

  test('that was agreed to and of which nothing comes times out', () => {
    const step = run(state, [
      [0, requested()],
      [1, answer('accepted', promised())],
      [121, overdue],
    ]);
    expect(reportOf(step)).toMatchObject({ status: 'timed_out' });
  });

  test.each(['failed', 'timed_out', 'cancelled'] as const)('is waited for when the answer was lost: %s', (status) => {
    const lost = run(state, [
      [0, requested()],
      [30, lostAnswer(status)],
    ]);
    expect(reportOf(lost)).toMatchObject({ status: 'requested', dueAt: after(150), error: null });
    expect(reportOf(run(lost.state, [[149, part(0, false)]]))).toMatchObject({ status: 'completed', error: null });
    expect(reportOf(run(lost.state, [[150, overdue]]))).toMatchObject({
      status: 'timed_out',
      error: expect.stringContaining('lost'),
    });
  });

  test('asked for by a raw command is followed too', () => {
    const step = run(state, [
      [0, answer('accepted', promised(), 'cmd_raw')],
      [1, part(0, false)],
    ]);
    expect([...step.state.reports.values()]).toMatchObject([
      { requestedBy: 'command', base: 'full_inventory', status: 'completed', commandId: 'cmd_raw' },
    ]);
  });

  test.each([
    ['all monitors', { requestId: 5 }, true],
    ['what fits criteria', { requestId: 5, monitoringCriteria: ['ThresholdMonitoring'] }, false],
    ['some components', { requestId: 5, componentVariable: [{ component: { name: 'EVSE' } }] }, false],
  ])('a raw GetMonitoringReport on %s', (_what, payload, isOnAll) => {
    const learned = promisedReport('monitors')(payload, { status: 'Accepted' });
    const last = (at: Date): DeviceModelInput => ({
      ...{ ...about(at), type: 'report_part', kind: 'monitors', requestId: 5, monitors: [] },
      part: { seqNo: 0, tbc: false, items: 1 },
    });
    const { state: told, effects } = run(state, [
      [0, answer('accepted', learned, 'cmd_raw')],
      [1, last],
    ]);
    expect([...told.reports.values()]).toMatchObject([{ kind: 'monitors', status: 'completed' }]);
    const types = effects.flatMap((each) => (each.do === 'feed' ? [each.input.type] : []));
    // Only that one lets go of the monitors that it does not name.
    expect(types).toEqual(isOnAll ? ['monitors_told', 'all_monitors_told'] : ['monitors_told']);
  });

  test('a part that nobody asked for is kept, and changes nothing else', () => {
    const step = run(state, [[0, part(0, false, [attribute('X.V')], 99)]]);
    expect(keysTold(step)).toEqual(['X.V']);
    expect(step.state.reports.size).toBe(0);
  });

  test('whatever the order and however often its parts come, it is complete exactly when all have come', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 12 })
          .chain((count) =>
            fc.tuple(fc.constant(count), fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 40 })),
          ),
        ([count, order]) => {
          let step = run(state, [
            [0, requested()],
            [1, answer('accepted', promised())],
          ]);
          const came = new Set<number>();
          for (const seqNo of order) {
            step = run(step.state, [[2, part(seqNo, seqNo < count - 1)]]);
            came.add(seqNo);
            expect(reportOf(step)?.status === 'completed').toBe(came.size === count);
          }
          expect(new Set(keysTold(step))).toEqual(new Set([...came].map((seqNo) => `X.V${seqNo}`)));
        },
      ),
    );
  });
});

test('what can be set is told to the configuration, and how much may be asked at once', () => {
  const step = run(state, [
    [
      0,
      part(0, false, [
        attribute('X.Set', 'a'),
        attribute('X.Fixed', 'b', { mutability: 'read_only' }),
        attribute('X.Never', 'c', { constant: true }),
        attribute('X.Blind', null, { mutability: 'write_only' }),
        attribute('DeviceDataCtrlr.ItemsPerMessage[GetVariables]', '5', { mutability: 'read_only' }),
      ]),
    ],
  ]);
  expect(step.effects).toEqual([
    {
      do: 'feed',
      input: {
        room: 'configuration',
        type: 'told',
        chargePointId: 'cp_1',
        receivedAt: T0,
        settings: [
          { key: 'X.Set', value: 'a', secret: false, readonly: false },
          { key: 'X.Blind', value: null, secret: false, readonly: false },
          { key: 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]', value: '5', secret: false, readonly: true },
        ],
      },
    },
  ]);
});

test('a reading of the configuration has its report asked for, and is told how it ended', () => {
  const wanted = (at: Date): DeviceModelInput => ({
    ...about(at),
    type: 'configuration_wanted',
    changeId: 'cfg_1',
    expiresAt: after(900),
  });
  const asked = run(state, [[0, wanted]]);
  expect(asked.effects).toMatchObject([
    { do: 'feed', input: { room: 'commands', action: 'GetBaseReport', askedBy: 'device_model', silent: true } },
  ]);
  const [report] = [...asked.state.reports.values()];
  const toldOf = (step: ReturnType<typeof decide>) =>
    step.effects
      .filter((effect) => effect.do === 'feed')
      .map(({ input }) => input)
      .filter(({ room }) => room === 'configuration');
  const done = run(asked.state, [
    [1, answer('accepted', promised(), report?.commandId)],
    [2, part(0, false, [], 42)],
  ]);
  expect(toldOf(done)).toMatchObject([{ type: 'reported', changeId: 'cfg_1', complete: true }]);
  const refused = run(asked.state, [[1, answer('rejected', undefined, report?.commandId)]]);
  expect(toldOf(refused)).toMatchObject([{ type: 'reported', changeId: 'cfg_1', complete: false, why: 'why' }]);
  const lost = run(asked.state, [[1, lostAnswer('failed', report?.commandId)]]);
  expect(toldOf(lost)).toEqual([]);
  expect(toldOf(run(lost.state, [[2, part(0, false, [], 42)]]))).toMatchObject([{ changeId: 'cfg_1', complete: true }]);
});

test('values that were read or written are kept, secrets and refused ones are not', () => {
  const read: Learned = {
    about: 'configuration_read',
    settings: [
      { key: 'X.A', value: '1', readonly: undefined, secret: false },
      { key: 'X.Password', value: null, readonly: undefined, secret: true },
    ],
    unknown: ['X.B'],
  };
  const set: Learned = {
    about: 'settings_changed',
    changes: [
      { key: 'X.C', value: '2', secret: false, outcome: 'accepted' },
      { key: 'X.D', value: '2', secret: false, outcome: 'rejected' },
      { key: 'X.E', value: '2', secret: false, outcome: 'reboot_required' },
    ],
  };
  const step = run(state, [
    [0, answer('accepted', read, 'cmd_r')],
    [1, answer('rejected', set, 'cmd_s')],
  ]);
  expect(step.state.told.flatMap(({ values }) => values)).toEqual([
    { key: 'X.A', value: '1' },
    { key: 'X.C', value: '2' },
  ]);
});

describe('an inventory of the server’s own', () => {
  const booted =
    (firmwareVersion = '1') =>
    (at: Date): DeviceModelInput => ({ ...about(at), type: 'booted', firmwareVersion });
  const due = (at: Date): DeviceModelInput => ({ ...about(at), type: 'inventory_due' });
  const asks = (step: ReturnType<typeof decide>) =>
    step.effects.flatMap((effect) =>
      effect.do === 'feed' && effect.input.room === 'commands' && effect.input.type === 'requested'
        ? [effect.input.payload]
        : [],
    );

  test('is wanted after the first boot, not at once, and not again while the firmware stays', () => {
    const first = run(state, [[0, booted()]]);
    expect(first.state.model).toMatchObject({ wantedAt: after(67), wantedBase: 'full_inventory' });
    const asked = run(first.state, [[67, due]]);
    expect(asks(asked)).toEqual([{ base: 'full_inventory', requestId: 42 }]);
    const whole = run(asked.state, [[68, part(0, false, undefined, 42)]]);
    expect(whole.state.model).toMatchObject({ wantedAt: null, wantedBase: null, inventoryFirmware: '1' });
    expect(decide(whole.state, booted()(after(99)), context(after(99))).ignored).toBe('known');
    expect(run(whole.state, [[99, booted('2')]]).state.model.wantedBase).toBe('full_inventory');
  });

  test('is not wanted where that is switched off', () => {
    expect(decide(state, booted()(T0), context(T0, { automatic: false })).ignored).toBe('off');
  });

  test.each<[string, Partial<DeviceState>]>([
    ['is away', { connected: false }],
    ['is not accepted', { isAccepted: false }],
    ['charges', { openSessions: 1 }],
  ])('leaves a station alone that %s', (_what, more) => {
    const wanted = run({ ...state, ...more }, [[0, booted()]]);
    const step = run(wanted.state, [[67, due]]);
    expect(asks(step)).toEqual([]);
    expect(step.state.model.wantedAt).toEqual(after(367));
  });

  test('that the station does not have is tried as a smaller one, then no more', () => {
    let step = run(state, [[0, booted()]]);
    const tried = [];
    for (let at = 100; step.state.model.wantedBase !== null && at < 5000; at += 1000) {
      step = run(step.state, [[at, due]]);
      tried.push(asks(step)[0]?.['base']);
      const [report] = [...step.state.reports.values()].filter(({ dueAt }) => dueAt !== null);
      step = run(step.state, [[at + 1, answer('rejected', undefined, report?.commandId)]]);
    }
    expect(tried).toEqual(['full_inventory', 'configuration_inventory', 'summary_inventory']);
    expect(step.state.model.wantedAt).toBeNull();
  });

  test('of which the answer is lost is waited for, and tried as a smaller one only when nothing comes', () => {
    const asked = run(run(state, [[0, booted()]]).state, [[67, due]]);
    const [report] = [...asked.state.reports.values()];
    const lost = run(asked.state, [[97, lostAnswer('timed_out', report?.commandId)]]);
    expect(lost.state.model.wantedBase).toBe('full_inventory');
    expect(asks(run(lost.state, [[367, due]]))).toEqual([]);
    const told = run(lost.state, [[100, part(0, false, undefined, 42)]]);
    expect(told.state.model).toMatchObject({ inventoryBase: 'full_inventory', wantedBase: null });
    const late = { ...overdue(after(217)), reportId: report?.id ?? '' } as DeviceModelInput;
    expect(run(lost.state, [[217, () => late]]).state.model).toMatchObject({
      wantedAt: after(277),
      wantedBase: 'configuration_inventory',
    });
  });

  test('a smaller inventory does not take the place of a whole one of the same firmware', () => {
    const whole = run(state, [
      [0, requested()],
      [1, part(0, false)],
    ]);
    const smaller = {
      ...requested('summary_inventory')(after(2)),
      reportId: 'rpt_2',
      requestId: 6,
    } as DeviceModelInput;
    const step = run(whole.state, [
      [2, () => smaller],
      [3, part(0, false, undefined, 6)],
    ]);
    expect(step.state.model).toMatchObject({ inventoryBase: 'full_inventory', inventoryAt: after(1) });
  });
});
