import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/charge-points/machine.ts';
import type { StationState } from '../../src/charge-points/types.ts';
import type { Effect } from '../../src/ingest/contract.ts';
import type { BootReply, StationInput } from '../../src/ingest/inputs.ts';
import { after, instant, statusReported, T0 } from '../support/inputs.ts';
import { aStation } from './support.ts';

const fresh = aStation;
const common = (at: Date) => ({ room: 'stations' as const, chargePointId: 'cp_1', receivedAt: at });
const connected = (at = T0): StationInput => ({
  ...common(at),
  type: 'connected',
  nodeId: 'node_1',
  protocol: 'ocpp1.6',
  securityProfile: 1,
  remoteAddress: '203.0.113.7',
});
const disconnected = (generation: number, at = after(60)): StationInput => ({
  ...common(at),
  type: 'disconnected',
  generation,
  reason: 'closed',
});
const booted = (at: Date): StationInput => ({ ...common(at), type: 'booted', vendor: 'V', firmwareVersion: '1.0' });

function run(inputs: readonly StationInput[], from = fresh()) {
  let state = from;
  const effects: Effect[] = [];
  const ignored: (string | undefined)[] = [];
  for (const input of inputs) {
    const step = decide(state, input);
    state = step.state;
    effects.push(...step.effects);
    ignored.push(step.ignored);
  }
  return {
    state,
    ignored,
    events: effects.flatMap((effect) => (effect.do === 'emit' ? [effect.event] : [])),
    replies: effects.flatMap((effect) => (effect.do === 'reply' ? [effect.value] : [])),
    fed: effects.flatMap((effect) => (effect.do === 'feed' ? [effect.input] : [])),
  };
}

describe('connection', () => {
  test('a charger that comes and goes is told once each, with how long it was there', () => {
    const done = run([connected(), disconnected(1)]);
    expect(done.events.map((event) => event.type)).toEqual(['charge_point.connected', 'charge_point.disconnected']);
    expect(done.events[1]?.data).toEqual({ reason: 'closed', connected_for_s: 60 });
    expect(done.replies).toEqual([{ generation: 1, bootStatus: null, clockOffsetMs: null }]);
  });
  test('connections that take a living one’s place from elsewhere are counted, one after the other', () => {
    const from = (remoteAddress: string, seconds: number): StationInput => ({
      ...connected(after(seconds)),
      ...{ type: 'connected', nodeId: 'node_1', protocol: 'ocpp1.6', securityProfile: 1, remoteAddress },
    });
    const { state } = run([from('a', 0), from('b', 10), from('a', 20), from('b', 30)]);
    expect(state.row).toMatchObject({ takeovers: 3, takenOverAt: after(30) });
    // The same address again, one that had gone, or much later: no second device.
    expect(run([from('b', 40)], state).state.row.takeovers).toBe(3);
    expect(run([from('a', 400)], state).state.row.takeovers).toBe(1);
    const gone = { ...state, row: { ...state.row, connected: false } };
    expect(run([from('a', 40)], gone).state.row.takeovers).toBe(3);
  });
  test('a charger whose server died is told to have gone when that server was last heard of', () => {
    const late: StationInput = {
      ...common(after(600)),
      type: 'disconnected',
      generation: 1,
      reason: 'node_lost',
      at: after(34),
    };
    const done = run([connected(), late]);
    expect(done.events[1]).toMatchObject({
      occurredAt: after(34),
      receivedAt: after(600),
      data: { connected_for_s: 34 },
    });
  });
  test('T3: a newer connection takes over without a word, and T2: the late end of the old one is ignored', () => {
    const done = run([connected(), connected(after(10)), disconnected(1)]);
    expect(done.events.map((event) => event.type)).toEqual(['charge_point.connected']);
    expect(done.ignored[2]).toBe('replaced');
    expect(done.state.row).toMatchObject({ connected: true, generation: 2 });
    expect(run([disconnected(2)], done.state).events).toHaveLength(1);
  });
  test('the late end of a socket of another process is ignored, also when a failover gave both the same generation', () => {
    const done = run([connected(), { ...disconnected(1), nodeId: 'node_2' } as StationInput]);
    expect(done.ignored[1]).toBe('replaced');
    expect(done.state.row.connected).toBe(true);
    expect(run([{ ...disconnected(1), nodeId: 'node_1' } as StationInput], done.state).events).toHaveLength(1);
  });
  test('B1: after a reconnect the last boot still counts', () => {
    const done = run([connected(), booted(after(1)), disconnected(1), connected(after(120))]);
    expect(done.replies.at(-1)).toEqual({ generation: 2, bootStatus: 'accepted', clockOffsetMs: null });
  });
  test('after a reconnect its clock is as it was measured before', () => {
    const measured: StationInput = { ...common(after(1)), type: 'clock_measured', offsetMs: -7_200_000 };
    const done = run([connected(), measured, disconnected(1), connected(after(120))]);
    expect(done.replies.at(-1)).toMatchObject({ generation: 2, clockOffsetMs: -7_200_000 });
  });
  test('T5: three calls in a row without an answer make a charger degraded until it answers', () => {
    const timeout: StationInput = { ...common(after(1)), type: 'call_timed_out' };
    const answered: StationInput = { ...common(after(2)), type: 'call_answered' };
    expect(run([timeout, timeout]).state.row.degraded).toBe(false);
    expect(run([timeout, answered, timeout, timeout]).state.row.degraded).toBe(false);
    const degraded = run([timeout, timeout, timeout]);
    expect(degraded.state.row.degraded).toBe(true);
    expect(run([answered], degraded.state).state.row.degraded).toBe(false);
  });
  test('no order of connects and ends emits two connects, or two ends, in a row', () => {
    const any = fc.oneof(
      fc.constant(connected()),
      fc.nat(6).map((generation) => disconnected(generation)),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (inputs) => {
        const types = run(inputs).events.map((event) => event.type);
        types.forEach((type, i) => {
          expect(type).toBe(i % 2 === 0 ? 'charge_point.connected' : 'charge_point.disconnected');
        });
      }),
    );
  });
});

describe('boot', () => {
  test.each(['accepted', 'pending', 'rejected'] as const)(
    'is answered %s when the operator said so',
    (registration) => {
      expect(run([booted(T0)], fresh(registration)).replies).toEqual([{ status: registration, intervalS: 300 }]);
    },
  );
  test('B4: a boot loop gets a longer interval, a charger that waits for acceptance does not', () => {
    const boots = [0, 30, 60, 90, 120].map((s) => booted(after(s)));
    const intervals = (from: StationState) => run(boots, from).replies.map((reply) => (reply as BootReply).intervalS);
    expect(intervals(fresh())).toEqual([300, 300, 300, 600, 1200]);
    expect(intervals(fresh('pending'))).toEqual([300, 300, 300, 300, 300]);
    expect(run([booted(after(1000))], run(boots).state).state.row.quickBoots).toBe(0);
  });
  test('a boot that was asked for is none: it counts for no loop, proves no firmware, and a reboot is still due', () => {
    const again: StationInput = { ...common(after(10)), type: 'booted', firmwareVersion: '1.1', isTriggered: true };
    const from = run([booted(T0), booted(after(5)), { ...common(after(6)), type: 'reboot_required' }]).state;
    const done = run([again, again], from);
    expect(done.state.row).toMatchObject({ quickBoots: 1, bootCount: 2, bootedAt: after(5), rebootPending: true });
    expect(done.state.row).toMatchObject({ firmwareVersion: '1.1', bootStatus: 'accepted' });
    expect(done.replies).toHaveLength(2);
    expect(done.fed.map(({ room }) => room)).not.toContain('firmware_updates');
    expect(run([again]).state.row).toMatchObject({ bootedAt: after(10), quickBoots: 0 });
  });
  test('B10: RebootRequired stays until the next boot', () => {
    const pending = run([{ ...common(T0), type: 'reboot_required' }]);
    expect(pending.state.row.rebootPending).toBe(true);
    expect(run([booted(after(5))], pending.state).state.row.rebootPending).toBe(false);
  });
});

describe('status', () => {
  test('is told on a real change only, the first report included', () => {
    const done = run([
      statusReported('available', T0),
      statusReported('available', after(1)),
      statusReported('preparing', after(2)),
    ]);
    expect(done.events.map((event) => event.data)).toMatchObject([
      { previous_status: null, status: 'available' },
      { previous_status: 'available', status: 'preparing' },
    ]);
    expect(done.state.history).toHaveLength(3);
  });
  test('a new error on the same status is a change', () => {
    const done = run([
      statusReported('faulted', T0, { errorCode: 'GroundFailure' }),
      statusReported('faulted', after(1), { errorCode: 'OverVoltage' }),
    ]);
    expect(done.events).toHaveLength(2);
  });
  test('B6: a report that comes late is kept and not applied', () => {
    const done = run([
      statusReported('charging', after(10)),
      statusReported('preparing', after(5), { receivedAt: after(11) }),
    ]);
    expect([...done.state.connectors.values()]).toMatchObject([{ status: 'charging' }]);
    expect(done.state.history.map((each) => each.applied)).toEqual([true, false]);
    expect(done.ignored[1]).toBe('late');
  });
  test('the first report after a boot is of the present, however old the charger’s clock says that it is', () => {
    const stale = (status: 'available' | 'preparing', at: number, receivedAt: number) =>
      statusReported(status, after(at), {
        receivedAt: after(receivedAt),
        at: instant(after(at), { historical: true }),
      });
    const done = run([
      statusReported('charging', after(600)),
      booted(after(1000)),
      stale('available', -1200, 1001),
      stale('preparing', -1190, 1011),
      stale('available', -1195, 1012), // behind the one before, by the same clock
    ]);
    expect(done.ignored.slice(2)).toEqual([undefined, undefined, 'late']);
    expect([...done.state.connectors.values()]).toMatchObject([{ status: 'preparing', statusAt: after(-1190) }]);
    expect(done.events[1]).toMatchObject({
      occurredAt: after(1001),
      historical: false,
      data: { previous_status: 'charging', status: 'available' },
    });
    expect(done.fed).toContainEqual(
      expect.objectContaining({
        room: 'sessions',
        status: 'available',
        at: expect.objectContaining({ at: after(1001) }),
      }),
    );
    expect(done.state.history.map(({ applied }) => applied)).toEqual([true, true, true, false]);
    expect(run([statusReported('charging', after(600)), stale('available', -1200, 1001)]).ignored[1]).toBe('late');
  });
  test('B11: a clock that ran ahead does not make later reports look old', () => {
    const ahead = statusReported('charging', T0, { at: instant(after(5 * 3600)) });
    expect([...run([ahead, statusReported('finishing', after(60))]).state.connectors.values()]).toMatchObject([
      { status: 'finishing' },
    ]);
  });
  test('B7: connector 0 is the charge point itself and moves no session', () => {
    const done = run([statusReported('faulted', T0, { evseId: 0, connectorId: 0 })]);
    expect(done.events[0]?.data).toMatchObject({ evse_id: 0, connector_id: 0, status: 'faulted' });
    expect(done.fed).toEqual([]);
  });
  test('sessions hear which connector is the last one that turns free', () => {
    const second = { evseId: 2, connectorId: 2 };
    const { fed } = run([
      statusReported('faulted', T0, { evseId: 0, connectorId: 0 }),
      statusReported('charging', T0),
      statusReported('charging', T0, second),
      statusReported('available', after(10)),
      statusReported('available', after(20), second),
    ]);
    expect(fed.map((input) => 'isLast' in input && [input.connectorId, input.isLast])).toEqual([
      ...[false, false, false],
      [2, true],
    ]);
  });
  test('B9: every order of statuses is accepted, and the newest instant since the last boot is what stands', () => {
    const statuses = fc.constantFrom(
      'available',
      'preparing',
      'charging',
      'suspended_ev',
      'finishing',
      'faulted',
      'unavailable',
      'reserved' as const,
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(statuses, fc.integer({ min: 0, max: 1000 })), { minLength: 1, maxLength: 30 }),
        fc.nat(30),
        (reports, bootsAt) => {
          const all = reports.map(([status, s], i) =>
            statusReported(status, after(s), { receivedAt: after(i < bootsAt ? 2000 : 4000) }),
          );
          const done = run([...all.slice(0, bootsAt), booted(after(3000)), ...all.slice(bootsAt)]);
          // A boot is a new beginning: what was said before it counts only until something is said after it.
          const since = bootsAt < reports.length ? reports.slice(bootsAt) : reports;
          const newest = since.reduce((best, each) => (each[1] >= best[1] ? each : best));
          const [connector] = done.state.connectors.values();
          expect(connector).toMatchObject({ status: newest[0] });
          expect(done.state.history).toHaveLength(reports.length);
        },
      ),
    );
  });
  test('a charger that invents connectors gets no more than 128 rows', () => {
    const done = run(
      Array.from({ length: 200 }, (_, i) => statusReported('available', T0, { evseId: i, connectorId: i })),
    );
    expect(done.state.connectors.size).toBe(128);
    expect(done.state.history).toHaveLength(200);
  });
});
