/** A recorded session as pricing takes it. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { price } from '../../src/pricing/index.ts';
import type { Told } from '../../src/sessions/machine/course.ts';
import { type Reading, timelineOf as recorded } from '../../src/sessions/timeline.ts';
import { energy, idle, terms, time } from '../pricing/sessions.ts';

const START = Date.parse('2026-11-23T10:00:00Z');
const at = (minutes: number) => new Date(START + minutes * 60_000);
const reading = (minutes: number, energyWh: number | null): Reading => ({ at: at(minutes), energyWh });
const told = (minutes: number, state: string): Told => ({ at: at(minutes), state });
const session = (until: number, energyWh: number, meterStartWh = 5000) => ({
  startedAt: at(0),
  until: at(until),
  meterStartWh,
  energyWh,
});
/** Energy at 1 a kWh, time at 1 an hour, idle at 1 a minute: what of each was counted. */
const timelineOf = (...of: Parameters<typeof recorded>) => recorded(...of).timeline;
const tariff = terms([energy('1'), time('1'), idle('1')]);
function counted(timeline: ReturnType<typeof timelineOf>): Record<string, number> {
  return Object.fromEntries(price(timeline, tariff).lines.map(({ type, quantity }) => [type, Number(quantity)]));
}

test('registers become energy of the session, statuses its phases, in whatever order they were told', () => {
  const readings = [reading(60, 15_000), reading(0, 5000), reading(30, 10_000), reading(45, null)];
  const states = [told(60, 'suspended_ev'), told(0, 'charging'), told(75, 'suspended_evse')];
  const timeline = timelineOf(session(90, 10_000), readings, states, 'UTC');
  expect(counted(timeline)).toEqual({ energy: 10_000, time: 3600, idle: 900 });
});

test('without readings its energy is spread over the time in which it charged', () => {
  expect(counted(timelineOf(session(60, 10_000), [], [], 'UTC'))).toEqual({ energy: 10_000, time: 3600 });
});

test('what is plugged in and has not charged yet is waited for; afterwards it stands idle', () => {
  const states = [told(0, 'ev_connected'), told(10, 'charging'), told(40, 'ev_connected')];
  expect(counted(timelineOf(session(60, 1000), [], states, 'UTC'))).toEqual({ energy: 1000, time: 1800, idle: 1200 });
});

test.each(['suspended_evse', 'faulted', 'unavailable'])(
  'a station that is %s costs nothing but what it gave',
  (state) => {
    const timeline = timelineOf(session(60, 1000), [reading(30, 6000)], [told(30, state)], 'UTC');
    expect(counted(timeline)).toEqual({ energy: 1000, time: 1800 });
  },
);

test('a status that says nothing of charging changes nothing', () => {
  const states = ['occupied', 'available', 'reserved', 'a new one'].map((state, i) => told(i, state));
  expect(counted(timelineOf(session(60, 1000), [], states, 'UTC'))).toEqual({ energy: 1000, time: 3600 });
});

test('the meter dips and comes back: what the session says is priced, no more', () => {
  const readings = [reading(10, 6000), reading(20, 6), reading(30, 7000)];
  expect(counted(timelineOf(session(60, 2000), readings, [], 'UTC'))).toMatchObject({ energy: 2000 });
});

test('whatever was told, the energy priced is that of the session, and no time beyond it', () => {
  const minutes = fc.integer({ min: -30, max: 120 });
  const state = fc.constantFrom('charging', 'suspended_ev', 'suspended_evse', 'finishing', 'ev_connected', 'idle', 'x');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(minutes, fc.option(fc.integer({ min: -10, max: 50_000 })))),
      fc.array(fc.tuple(minutes, state)),
      fc.nat(50_000),
      (registers, states, energyWh) => {
        const timeline = timelineOf(
          session(90, energyWh),
          registers.map(([minute, register]) => reading(minute, register)),
          states.map(([minute, name]) => told(minute, name)),
          'UTC',
        );
        const { energy: wh = 0, time: charging = 0, idle: standing = 0 } = counted(timeline);
        expect(wh).toBe(energyWh);
        expect(charging + standing).toBeLessThanOrEqual(5400);
      },
    ),
  );
});
