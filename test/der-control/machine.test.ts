import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faultsOfControl } from '../../src/der-control/checks.ts';
import { decide, idOf } from '../../src/der-control/machine.ts';
import type { DerControl, DerControlInput, DerState, ReportedDerControl } from '../../src/der-control/types.ts';
import { createCallValidator } from '../../src/ocpp/index.ts';
import { controlFromWire, reportedControls } from '../../src/ocpp/v2/der-reading.ts';
import { controlToWire } from '../../src/ocpp/v2/der-words.ts';
import { after, instant, T0 } from '../support/inputs.ts';
import { versionOf } from '../v2/support.ts';

const limit: DerControl = {
  controlId: 'limit-1',
  isDefault: false,
  type: 'limit_max_discharge',
  priority: 1,
  startAt: T0.toISOString(),
  durationS: 3600,
  settings: {
    limitMaxDischarge: {
      pctMaxDischargePower: 50,
      powerMonitoringMustTrip: { points: [{ x: 1, y: 2 }], yUnit: 'not_applicable' },
    },
  },
};
const named = (controlId: string, more: Partial<DerControl> = {}): DerControl => ({ ...limit, controlId, ...more });
const curve = { points: [{ x: 90, y: 1.5 }], yUnit: 'not_applicable' as const };
const all: DerControl[] = [
  limit,
  named('c', {
    type: 'volt_var',
    settings: {
      curve: {
        ...curve,
        yUnit: 'pct_max_var',
        responseTimeS: 5,
        hysteresis: { high: 1, low: 2, delayS: 3, gradient: 4 },
        reactivePower: { vRef: 230, autonomousVRef: true, timeConstantS: 9 },
        voltage: { hv10MinMean: 1, hv10MinTripDelayS: 2, duringCessation: 'reactive' },
      },
    },
  }),
  {
    controlId: 'e',
    isDefault: true,
    type: 'enter_service',
    priority: 0,
    settings: {
      enterService: { highVoltage: 1, lowVoltage: 2, highFreq: 3, lowFreq: 4, delayS: 5, randomDelayS: 6, rampRate: 7 },
    },
  },
  named('a', { type: 'fixed_pf_absorb', settings: { fixedPf: { displacement: 0.9, excitation: true } } }),
  named('i', { type: 'fixed_pf_inject', settings: { fixedPf: { displacement: 0.9, excitation: false } } }),
  named('v', { type: 'fixed_var', settings: { fixedVar: { setpoint: 5, unit: 'pct_max_var' } } }),
  named('f', {
    type: 'freq_droop',
    settings: { freqDroop: { overFreq: 50.1, underFreq: 49.9, overDroop: 1, underDroop: 2, responseTimeS: 3 } },
  }),
  {
    controlId: 'g',
    isDefault: true,
    type: 'gradients',
    priority: 0,
    settings: { gradient: { gradient: 1, softGradient: 2 } },
  },
];

describe('on the wire', () => {
  test.each(all.map((control) => [control.type, control] as const))(
    '%s comes back as it went out, and fits the schema',
    (_type, control) => {
      const payload = controlToWire(control);
      expect(createCallValidator([versionOf('ocpp2.1')])('ocpp2.1', 'SetDERControl', payload)).toEqual([]);
      expect(controlFromWire(payload)).toEqual(control);
      expect(faultsOfControl(control)).toEqual([]);
    },
  );

  test('a report is read by its lists', () => {
    const field = (control: DerControl) =>
      Object.entries(controlToWire(control)).find(([, value]) => typeof value === 'object');
    const read = all.flatMap((control) => {
      const [name, content] = field(control) ?? ['', {}];
      const inner = name.startsWith('fixedPF') ? 'fixedPF' : name;
      const { controlType } = controlToWire(control);
      const flags = { isDefault: control.isDefault, isSuperseded: true };
      const each = {
        id: control.controlId,
        ...flags,
        ...(name === 'curve' && { curveType: controlType }),
        [inner]: content,
      };
      return reportedControls({ requestId: 1, [name]: [each] });
    });
    expect(read).toEqual(all.map((control) => ({ ...control, isSuperseded: true })));
  });

  test('whatever else comes is none', () => {
    fc.assert(
      fc.property(fc.object(), (said) => {
        expect(() => [controlFromWire(said), reportedControls(said)]).not.toThrow();
      }),
    );
  });
});

describe('what OCPP forbids is told by field', () => {
  test.each<[string, DerControl, string]>([
    ['a default that begins (R04.FR.12)', named('x', { isDefault: true, durationS: undefined }), 'start_at'],
    ['a default that ends', named('x', { isDefault: true, startAt: undefined }), 'duration_s'],
    ['a scheduled gradient (R04.FR.14)', { ...(all.at(-1) ?? limit), isDefault: false }, 'is_default'],
    ['settings of another type (R04.FR.16)', named('x', { type: 'volt_var' }), 'limit_max_discharge'],
    [
      'vars of a frequency (R04.FR.50)',
      named('x', { type: 'freq_watt', settings: { curve: { ...curve, yUnit: 'pct_max_var' } } }),
      'curve.y_unit',
    ],
    [
      'watts of a trip (R04.FR.51)',
      named('x', { type: 'hv_must_trip', settings: { curve: { ...curve, yUnit: 'pct_max_w' } } }),
      'curve.y_unit',
    ],
    [
      'watts of its trip (R04.FR.56)',
      named('x', { settings: { limitMaxDischarge: { powerMonitoringMustTrip: { ...curve, yUnit: 'pct_max_w' } } } }),
      'limit_max_discharge.power_monitoring_must_trip.y_unit',
    ],
  ])('%s', (_what, wrong, field) => {
    expect(faultsOfControl(wrong).map((fault) => fault.field)).toEqual([field]);
  });
});

const about = { room: 'der_control', chargePointId: 'cp_1', receivedAt: T0 } as const;
const requested = (n: number, control: DerControl): DerControlInput => ({
  ...about,
  type: 'requested',
  id: idOf(`cmd_${n}`),
  commandId: `cmd_${n}`,
  control,
  requestedBy: 'key_1',
});
const taken = (n: number, control: DerControl, supersededIds: string[] = []): DerControlInput => ({
  ...about,
  type: 'command_ended',
  commandId: `cmd_${n}`,
  status: 'accepted',
  why: undefined,
  learned: { about: 'der_control_set', control, supersededIds },
});
const refused = (n: number): DerControlInput => ({
  ...about,
  type: 'command_ended',
  commandId: `cmd_${n}`,
  status: 'rejected',
  why: 'no',
  learned: undefined,
});
const switched = (controlId: string, started: boolean, supersededIds: string[] = [], at = T0): DerControlInput => ({
  ...about,
  type: 'control_switched',
  eventId: `dev_${controlId}_${started}`,
  controlId,
  started,
  supersededIds,
  at: instant(at),
});
const empty: DerState = { rows: new Map(), reports: new Map(), known: new Set(), added: [] };
const play = (...inputs: DerControlInput[]) => inputs.reduce((state, input) => decide(state, input).state, empty);
const statuses = (state: DerState) =>
  [...state.rows.values()].map(({ control, status }) => `${control.controlId} ${status}`);

describe('a control', () => {
  test('is pending until the station has answered', () => {
    expect(statuses(play(requested(1, limit)))).toEqual(['limit-1 pending']);
    expect(statuses(play(requested(1, limit), taken(1, limit)))).toEqual(['limit-1 active']);
    expect(statuses(play(requested(1, limit), refused(1)))).toEqual(['limit-1 rejected']);
    expect(statuses(play(taken(1, limit)))).toEqual(['limit-1 active']);
  });

  test('replaces that of its id, and supersedes what the station says', () => {
    const [a, b] = [named('a'), named('b')];
    expect(statuses(play(taken(1, a), taken(2, b, ['a']), taken(3, b)))).toEqual([
      'a superseded',
      'b replaced',
      'b active',
    ]);
    expect(statuses(play(taken(1, a), taken(2, b, ['b'])))).toEqual(['a active', 'b superseded']);
  });

  test('begins and ends as the station says, once', () => {
    const begun = play(taken(1, named('a')), taken(2, named('b')), switched('b', true, ['a']));
    expect(statuses(begun)).toEqual(['a superseded', 'b active']);
    expect([...begun.rows.values()].map(({ isStarted }) => isStarted)).toEqual([false, true]);
    expect(decide(begun, switched('b', true, ['a'])).ignored).toBe('duplicate');
    expect(statuses(play(taken(1, named('a')), switched('a', false)))).toEqual(['a ended']);
    expect(begun.added).toMatchObject([{ kind: 'started', controlId: 'b', supersededIds: ['a'] }]);
  });

  test('that was overruled counts again once it starts again, and then ends when it stops', () => {
    const overruled = [
      taken(1, named('a')),
      taken(2, named('b')),
      switched('a', true),
      switched('b', true, ['a'], after(60)),
      switched('b', false, [], after(120)),
    ];
    const again = [...overruled, switched('a', true, [], after(121))];
    expect(statuses(play(...overruled))).toEqual(['a superseded', 'b ended']);
    expect(statuses(play(...again))).toEqual(['a active', 'b ended']);
    expect(statuses(play(...again, switched('a', false, [], after(180))))).toEqual(['a ended', 'b ended']);
  });

  test('that is scheduled is over some time after its span, also where the station never says so', () => {
    const later = (at: Date): DerControlInput => ({ ...switched('x', true, [], at), receivedAt: at });
    const held = [taken(1, named('a')), taken(2, named('b'), ['a']), taken(3, named('d', { isDefault: true }))];
    expect(statuses(play(...held, later(after(3600 + 3600))))).toEqual(['a superseded', 'b active', 'd active']);
    expect(statuses(play(...held, later(after(3600 + 3601))))).toEqual(['a ended', 'b ended', 'd active']);
  });

  test('that is only overruled, or a default, is still held when it stops', () => {
    const overruled = play(taken(1, named('a')), taken(2, named('b'), ['a']), switched('a', false));
    expect(statuses(overruled)).toEqual(['a superseded', 'b active']);
    expect(statuses(play(taken(1, named('d', { isDefault: true })), switched('d', false)))).toEqual(['d active']);
  });

  test('is taken back by id, by type or all of one sort', () => {
    const clear = (more: object): DerControlInput => ({
      ...about,
      type: 'command_ended',
      commandId: 'cmd_c',
      status: 'accepted',
      why: undefined,
      learned: { about: 'der_controls_cleared', isDefault: false, ...more },
    });
    const three = [
      taken(1, named('a')),
      taken(2, named('b', { type: 'volt_var' })),
      taken(3, named('d', { isDefault: true })),
    ];
    expect(statuses(play(...three, clear({ controlId: 'a' })))).toEqual(['a cleared', 'b active', 'd active']);
    expect(statuses(play(...three, clear({ controlType: 'volt_var' })))).toEqual(['a active', 'b cleared', 'd active']);
    expect(statuses(play(...three, clear({})))).toEqual(['a cleared', 'b cleared', 'd active']);
  });
});

describe('a report', () => {
  const asked: DerControlInput = {
    ...about,
    type: 'report_requested',
    reportId: 'drp_01KAT3Z6Y8Q0000000000000AA',
    commandId: 'cmd_r',
    requestId: 9,
    criteria: { isDefault: false },
    requestedBy: 'key_1',
  };
  const part = (controls: ReportedDerControl[], tbc = false): DerControlInput => ({
    ...about,
    type: 'controls_reported',
    newId: 'drp_new',
    requestId: 9,
    tbc,
    controls,
  });
  const says = (control: DerControl, isSuperseded = false): ReportedDerControl => ({ ...control, isSuperseded });

  test('is put together, compared, and followed', () => {
    const state = play(
      taken(1, named('a')),
      taken(2, named('b')),
      taken(3, named('d', { isDefault: true })),
      asked,
      part([says(named('a', { priority: 9 }), true)], true),
      part([says(named('x'))]),
    );
    expect([...state.reports.values()]).toMatchObject([
      {
        status: 'complete',
        drift: [
          { controlId: 'b', kind: 'missing' },
          { controlId: 'x', kind: 'unknown' },
          { controlId: 'a', kind: 'different' },
        ],
      },
    ]);
    expect(statuses(state)).toEqual(['a superseded', 'b cleared', 'd active', 'x active']);
  });

  const end = (status: 'accepted' | 'failed' | 'timed_out' | 'cancelled', more: object): DerControlInput => ({
    ...about,
    type: 'command_ended',
    commandId: 'cmd_r',
    status,
    why: 'no',
    learned: undefined,
    ...more,
  });

  test.each(['failed', 'timed_out', 'cancelled'] as const)(
    'is waited for when the answer was lost, and has failed when there can be none: %s',
    (status) => {
      const lost = play(taken(1, named('a')), asked, end(status, { isUnanswered: true }), part([says(named('b'))]));
      expect([...lost.reports.values()]).toMatchObject([{ status: 'complete', requestedBy: 'key_1', why: null }]);
      expect(statuses(lost)).toEqual(['a cleared', 'b active']);
      expect([...play(asked, end(status, {})).reports.values()]).toMatchObject([{ status: 'failed', why: 'no' }]);
    },
  );

  test('waits for its parts from the end of its command on', () => {
    for (const input of [end('accepted', {}), end('failed', { isUnanswered: true })])
      expect([...play(asked, { ...input, receivedAt: after(100) }).reports.values()]).toMatchObject([
        { status: 'requested', updatedAt: after(100) },
      ]);
  });

  test('of what is held is no drift', () => {
    const state = play(taken(1, named('a')), asked, part([says(named('a'))]));
    expect([...state.reports.values()][0]?.drift).toEqual([]);
  });
});

test('alarms are kept, once', () => {
  const alarm: DerControlInput = {
    ...about,
    type: 'alarm_reported',
    eventId: 'dev_1',
    controlType: 'hv_must_trip',
    fault: 'OverVoltage',
    ended: false,
    info: undefined,
    at: instant(T0),
  };
  const state = play(alarm);
  expect(state.added).toMatchObject([{ kind: 'alarm', fault: 'OverVoltage', controlType: 'hv_must_trip' }]);
  expect(decide(state, alarm).ignored).toBe('duplicate');
  expect(play({ ...alarm, ended: true } as DerControlInput).added).toMatchObject([{ kind: 'alarm_ended' }]);
});
