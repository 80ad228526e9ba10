/** The machine of alerts: each edge, and what holds in any order. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Context, decide, edges, FLAPPING, QUIET_MS } from '../../src/alerts/machine.ts';
import { type AlertRow, type AlertState, isLive, keyOf, type Status } from '../../src/alerts/types.ts';
import type { AlertInput } from '../../src/ingest/inputs.ts';
import { after, aRoot, T0 } from '../support/inputs.ts';

type Observed = Extract<AlertInput, { type: 'observed' }>;
const nothing: AlertState = { alerts: new Map(), gone: new Set(), joined: [], notes: [] };
const about = { room: 'alerts', chargePointId: 'cp_1', receivedAt: T0 } as const;
const observed = (more: Partial<Observed> = {}): Observed => ({
  ...about,
  type: 'observed',
  alertId: 'alr_1',
  rule: 'offline',
  evseId: 0,
  connectorId: 0,
  subject: '',
  severity: 'critical',
  title: 'Charger offline',
  reason: 'Not connected',
  evidence: { a: 1 },
  since: T0,
  lastAt: null,
  forS: 0,
  ...more,
});
const note = { commentId: 'alc_1', author: 'usr_1', text: 'mine' };
const recovered: AlertInput = { ...about, type: 'recovered', alertId: 'alr_1' };
const superseded: AlertInput = { ...recovered, superseded: true };
const acknowledged: AlertInput = { ...about, type: 'acknowledged', alertId: 'alr_1', note };
const resolved: AlertInput = { ...about, type: 'resolved', alertId: 'alr_1', note };
const at = (seconds: number, more: Partial<Context> = {}): Context => ({ root: aRoot(), now: after(seconds), ...more });

const told = (effects: readonly { do: string; event?: { type: string } }[]): string[] =>
  effects.flatMap((effect) => (effect.event === undefined ? [] : [effect.event.type]));
const only = (state: AlertState): AlertRow | undefined => state.alerts.get('alr_1');

/** An alert in each state, at second 100. */
function inState(status: Status | 'none'): AlertState {
  if (status === 'none') return nothing;
  if (status === 'pending') return decide(nothing, observed({ since: null, forS: 300 }), at(0)).state;
  const open = decide(nothing, observed(), at(0)).state;
  if (status === 'triggered') return open;
  if (status === 'acknowledged') return decide(open, acknowledged, at(10)).state;
  return decide(open, resolved, at(10)).state;
}

describe('each state × each input', () => {
  const inputs: Record<string, AlertInput> = {
    observed: observed({ since: null, forS: 300 }),
    observed_long_enough: observed(),
    observed_again: observed({ lastAt: after(50), alertId: 'alr_2' }),
    recovered,
    superseded,
    acknowledged,
    resolved_by_hand: resolved,
  };
  const cases = (['none', 'pending', 'triggered', 'acknowledged', 'resolved'] as const).flatMap((status) =>
    Object.keys(inputs).map((name) => [status, name] as const),
  );
  test.each(cases)('%s × %s', (status, name) => {
    const before = inState(status);
    const input = inputs[name] ?? recovered;
    // A pending one triggers at second 300.
    const seconds = status === 'pending' && name === 'observed_long_enough' ? 300 : 100;
    const { state, effects, ignored } = decide(before, input, at(seconds));
    const to = (edges[status] as Partial<Record<string, string>>)[name];
    const opened = [...state.alerts.values()].filter(
      (row) => row.status === 'triggered' && row.triggeredAt?.getTime() === after(seconds).getTime(),
    );
    const isOpening = to === 'triggered' || (status === 'none' && name === 'observed_again');
    expect(told(effects).filter((type) => type === 'alert.triggered')).toHaveLength(isOpening ? 1 : 0);
    expect(opened).toHaveLength(isOpening ? 1 : 0);
    expect(told(effects).filter((type) => type === 'alert.resolved')).toHaveLength(to === 'resolved' ? 1 : 0);
    if (to !== undefined && to !== 'none') expect([...state.alerts.values()].at(-1)?.status).toBe(to);
    if (to === 'none') expect([...state.gone]).toEqual(['alr_1']);
    const isQuiet = to === undefined && !isOpening;
    if (isQuiet) expect(only(state)?.status).toBe(only(before)?.status);
    if (isQuiet && !['observed_again', 'superseded', 'recovered'].includes(name)) expect(ignored).toBeDefined();
  });
});

test('a repetition raises occurrences and is told nobody; the words follow', () => {
  const open = decide(nothing, observed(), at(0)).state;
  expect(decide(open, observed(), at(10))).toMatchObject({ ignored: 'known', effects: [] });
  const again = decide(open, observed({ lastAt: after(20), evidence: { a: 2 }, reason: 'Worse' }), at(20));
  expect(again.effects).toEqual([]);
  expect(only(again.state)).toMatchObject({ occurrences: 2, evidence: { a: 2 }, reason: 'Worse', lastAt: after(20) });
});

test.each(['triggered', 'acknowledged'] as const)(
  '%s: what gets worse ends, and opens as what it is now, at once',
  (status) => {
    const open = inState(status);
    const warning = {
      ...open,
      alerts: new Map([...open.alerts].map(([id, row]) => [id, { ...row, severity: 'warning' as const }])),
    };
    const worse = observed({ alertId: 'alr_2', severity: 'critical', mayRise: true, since: null, forS: 300 });
    const { state, effects } = decide(warning, worse, at(100));
    expect(effects).toMatchObject([
      { event: { type: 'alert.resolved', data: { alert_id: 'alr_1', severity: 'warning', resolution: 'superseded' } } },
      { event: { type: 'alert.triggered', data: { alert_id: 'alr_2', severity: 'critical' } } },
    ]);
    expect([...state.alerts.values()]).toMatchObject([
      { status: 'resolved', holds: false, streak: 1 },
      { status: 'triggered', since: T0, streak: 1, occurrences: 1, acknowledgedAt: null },
    ]);
    // Once; what is less bad again, and what an organization set, change nothing.
    expect(decide(state, { ...worse, alertId: 'alr_3' }, at(110)).ignored).toBe('known');
    expect(decide(state, { ...worse, alertId: 'alr_3', severity: 'info' }, at(120)).ignored).toBe('known');
    expect(decide(warning, { ...worse, mayRise: false }, at(110)).ignored).toBe('known');
  },
);

test('it tells how long it was open, and why it ended', () => {
  const open = decide(nothing, observed({ since: after(-60), forS: 60 }), at(0)).state;
  const { effects } = decide(open, recovered, at(742));
  expect(effects).toMatchObject([
    { do: 'emit', event: { type: 'alert.resolved', data: { alert_id: 'alr_1', resolution: 'auto', duration_s: 742 } } },
  ]);
});

test('what a person resolved while it goes on is quiet until it has gone, or happened again', () => {
  const quiet = inState('resolved');
  expect(only(quiet)).toMatchObject({ holds: true, resolution: 'manual', resolvedBy: 'usr_1' });
  expect(decide(quiet, observed({ alertId: 'alr_2' }), at(60)).ignored).toBe('resolved_by_hand');
  const gone = decide(quiet, recovered, at(70)).state;
  expect(only(gone)?.holds).toBe(false);
  expect(told(decide(gone, observed({ alertId: 'alr_2' }), at(80)).effects)).toEqual(['alert.triggered']);
});

test('from the third opening in a row it flaps: it stays open until it has been quiet', () => {
  let state = nothing;
  for (let i = 1; i < FLAPPING; i += 1) {
    state = decide(state, observed({ alertId: `alr_${i}` }), at(i * 100)).state;
    state = decide(state, { ...recovered, alertId: `alr_${i}` }, at(i * 100 + 50)).state;
  }
  const last = `alr_${FLAPPING}`;
  state = decide(state, observed({ alertId: last }), at(1000)).state;
  const waits = decide(state, { ...recovered, alertId: last }, at(1010));
  expect(waits.effects).toEqual([]);
  expect(decide(waits.state, { ...recovered, alertId: last }, at(1020)).ignored).toBe('flapping');
  // It is back: the waiting is over, and begins anew.
  const back = decide(waits.state, observed(), at(1030)).state;
  expect(back.alerts.get(last)).toMatchObject({ status: 'triggered', dueAt: null });
  const quiet = decide(back, { ...recovered, alertId: last }, at(1040)).state;
  const end = decide(quiet, { ...recovered, alertId: last }, at(1040 + QUIET_MS / 1000));
  expect(told(end.effects)).toEqual(['alert.resolved']);
});

test('a charge point that was handed over: its old alerts end without a word to the new owner', () => {
  const open = inState('triggered');
  const { state, effects } = decide(open, recovered, at(50, { root: aRoot({ organizationId: 'org_2' }) }));
  expect(effects).toEqual([]);
  expect(only(state)).toMatchObject({ status: 'resolved', resolution: 'superseded' });
  const stranger = decide(open, acknowledged, at(50, { root: aRoot({ organizationId: 'org_2' }) }));
  expect(stranger.effects).toEqual([{ do: 'reply', value: { done: false, why: 'unknown' } }]);
});

test('a group takes charge points in, and counts them', () => {
  const open = decide(nothing, observed({ members: ['cp_1', 'cp_2'], siteId: 'site_1' }), at(0));
  expect(open.effects).toMatchObject([{ do: 'emit', siteId: 'site_1' }]);
  const more = decide(open.state, observed({ members: ['cp_3'] }), at(10));
  expect(more.effects).toEqual([]);
  expect(only(more.state)?.members).toBe(3);
  expect(more.state.joined.map(({ chargePointId }) => chargePointId)).toEqual(['cp_1', 'cp_2', 'cp_3']);
});

test('in any order: at most one live alert of a key, each opening and each end is told once, only by edges', () => {
  const step = fc.record({
    input: fc.constantFrom('observed', 'again', 'soon', 'worse', 'recovered', 'superseded', 'acknowledged', 'resolved'),
    which: fc.nat({ max: 5 }),
    connectorId: fc.nat({ max: 1 }),
    passS: fc.constantFrom(1, 40, 400, 5000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let state = nothing;
      let seconds = 0;
      let drawn = 0;
      const triggered = new Map<string, number>();
      const ended = new Map<string, number>();
      for (const { input, which, connectorId, passS } of steps) {
        seconds += passS;
        const ids = [...state.alerts.keys()];
        const alertId = ids[which % Math.max(1, ids.length)] ?? 'alr_none';
        drawn += 1;
        const fresh = { alertId: `alr_${drawn}`, connectorId };
        const inputs: Record<string, AlertInput> = {
          observed: observed({ ...fresh, since: after(seconds - 60), forS: 60 }),
          again: observed({ ...fresh, since: after(seconds), lastAt: after(seconds) }),
          soon: observed({ ...fresh, since: null, forS: 300, severity: 'info' }),
          worse: observed({ ...fresh, since: null, forS: 300, severity: 'warning', mayRise: true }),
          recovered: { ...recovered, alertId },
          superseded: { ...superseded, alertId },
          acknowledged: { ...acknowledged, alertId },
          resolved: { ...resolved, alertId },
        };
        const before = state;
        const next = decide(state, inputs[input] ?? recovered, at(seconds));
        state = next.state;
        for (const effect of next.effects) {
          if (effect.do !== 'emit' || !('alert_id' in effect.event.data)) continue;
          const counts = effect.event.type === 'alert.triggered' ? triggered : ended;
          const id = effect.event.data.alert_id;
          counts.set(id, (counts.get(id) ?? 0) + 1);
        }
        const live = [...state.alerts.values()].filter(isLive).map(keyOf);
        expect(new Set(live).size).toBe(live.length);
        for (const [id, row] of state.alerts) {
          const from = before.alerts.get(id)?.status ?? 'none';
          const ways: readonly string[] = [...Object.values(edges[from]), from];
          expect(ways).toContain(row.status);
          if (from !== 'none' && from !== 'pending') expect(row.severity).toBe(before.alerts.get(id)?.severity);
          expect(triggered.get(id) ?? 0).toBe(row.status === 'pending' ? 0 : 1);
          expect(ended.get(id) ?? 0).toBe(row.status === 'resolved' ? 1 : 0);
          expect(row.triggeredAt === null).toBe(row.status === 'pending');
        }
      }
    }),
    { numRuns: 200 },
  );
});
