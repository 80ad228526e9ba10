import { describe, expect, test } from '@jest/globals';
import type { Input } from '../../src/ingest/inputs.ts';
import { createClockWatch } from '../../src/ocpp/clock-watch.ts';
import { newTraceId } from '../../src/platform/trace.ts';
import { aLink, NOW } from './support.ts';

/** A charger whose clock is `offsetS` off, that says something at certain seconds after it connected. */
function charger({ fails = false, carriedS = null as number | null } = {}) {
  const inputs: Extract<Input, { type: 'clock_measured' }>[] = [];
  const watch = createClockWatch({
    submit: (input) => {
      if (input.type === 'clock_measured') inputs.push(input);
      return fails ? Promise.reject(new Error('away')) : Promise.resolve();
    },
  });
  const link = aLink({ connectedAt: NOW, clockOffsetMs: carriedS === null ? null : carriedS * 1000 });
  const say = (afterS: number, offsetS: number, delayS = 0.2) => {
    const receivedAt = new Date(NOW.getTime() + afterS * 1000);
    const said = new Date(receivedAt.getTime() + (offsetS - delayS) * 1000);
    return watch.read(said.toISOString(), { receivedAt, traceId: newTraceId(), link });
  };
  return { say, inputs, watch, link, told: () => inputs.map(({ offsetMs }) => Math.round(offsetMs / 1000) + 0) };
}

describe('the clock of a charger', () => {
  test('that is right is told once, after the connection has settled', () => {
    const { say, told } = charger();
    for (const second of [1, 10, 60, 119]) say(second, 0);
    expect(told()).toEqual([]);
    for (const second of [120, 300, 900]) say(second, 0);
    expect(told()).toEqual([0]);
  });

  test('that runs ahead is told at once, and again only when it moved by more than five seconds', () => {
    const { say, told } = charger();
    say(1, 30);
    say(2, 34);
    say(3, 40);
    expect(told()).toEqual([30, 40]);
  });

  test('is the largest lead seen: slow messages say nothing about it', () => {
    const { say, told, inputs } = charger();
    say(1, 30);
    say(2, 30, 20);
    say(3, 30, 600);
    expect(told()).toEqual([30]);
    expect(inputs[0]).toMatchObject({ room: 'stations', chargePointId: 'cp_1' });
  });

  test('is not taken for slow while the charger may still be emptying its offline queue', () => {
    const { say, told } = charger();
    say(1, 0, 7200);
    say(2, 0, 3600);
    say(3, 0, 600);
    expect(told()).toEqual([]);
    say(4, 0);
    say(130, 0);
    expect(told()).toEqual([0]);
  });

  test('that is two hours slow is told when it has settled, and its messages stop being history', () => {
    const { say, told } = charger();
    expect(say(1, -7200).historical).toBe(true);
    say(60, -7200);
    say(100, -7200);
    expect(told()).toEqual([]);
    const settled = say(130, -7200);
    expect(told()).toEqual([-7200]);
    expect(settled.historical).toBe(false);
    expect(settled.at).toEqual(new Date(NOW.getTime() + 130_000 - 7_200_200));
  });

  test('is measured anew after a boot, which sets it', () => {
    const { say, told, watch, link } = charger();
    say(1, 3600);
    watch.restart(link);
    say(2, 0);
    expect(told()).toEqual([3600, 0]);
  });

  test('that was ahead and is set is believed at once: what follows is no history', () => {
    const { say, told } = charger();
    // steve-community/steve#136: two more by the old clock after the boot, then right for days.
    for (const second of [3, 4]) say(second, 7189);
    expect(say(90, 0)).toMatchObject({ historical: false, plausible: true });
    expect(say(90, 0).ours).toBeUndefined();
    for (const second of [600, 7200, 72 * 3600]) expect(say(second, 0).historical).toBe(false);
    expect(told()).toEqual([7189, 0]);
  });

  test.each([
    ['ahead', 7200, 3600],
    ['right', 0, -3600],
    ['behind', -3600, -7200],
  ])(
    'that was %s and is set back to no time of ours is believed when it has kept to it for two minutes',
    (_, was, is) => {
      const { say, told } = charger({ carriedS: was });
      say(200, was);
      for (const second of [300, 360, 419]) say(second, is);
      expect(told()).toEqual([]);
      expect(say(420, is)).toMatchObject({ historical: false, ours: new Date(NOW.getTime() + 420_000) });
      expect(told()).toEqual([is]);
    },
  );

  test('goes on over a reconnect as it went before', () => {
    const { say, told } = charger({ carriedS: -7200 });
    expect(say(2, -7200)).toMatchObject({ historical: false, ours: new Date(NOW.getTime() + 1800) });
    say(130, -7200);
    expect(told()).toEqual([]); // it is known
  });

  test('that was slow and was set meanwhile does not make its offline queue be of the present', () => {
    const { say, told } = charger({ carriedS: -7200 });
    for (const delayS of [7100, 3600, 1800, 90]) expect(say(1, 0, delayS).historical).toBe(true);
    expect(told()).toEqual([]);
    say(3, 0);
    expect(told()).toEqual([0]);
  });

  test('that is ahead is not set by an offline queue on its way through our time', () => {
    const { say, told } = charger({ carriedS: 600 });
    for (const delayS of [640, 630, 620, 610, 600, 590, 580]) expect(say(1, 600, delayS).historical).toBe(true);
    expect(told()).toEqual([]);
    expect(say(3, 600).historical).toBe(false);
  });

  test('that was ahead and is set while it sends what it kept is believed with its second message of now', () => {
    const { say, told } = charger({ carriedS: 600 });
    say(1, 600, 4000);
    say(2, 0);
    expect(say(3, 0).historical).toBe(false);
    expect(told()).toEqual([0]);
  });

  test('is measured once by a message with many times: those before its last are of the past', () => {
    const { watch, link, told, say } = charger();
    const message = (afterS: number, agesS: readonly number[]) => {
      const call = { receivedAt: new Date(NOW.getTime() + afterS * 1000), traceId: newTraceId(), link };
      for (const age of agesS) watch.read(new Date(call.receivedAt.getTime() - age * 1000).toISOString(), call);
    };
    message(1, [3600, 3600, 3600]);
    message(130, [900, 900, 900]);
    expect(told()).toEqual([]); // two messages, not six
    say(131, 0);
    for (const second of [200, 260, 320, 400]) message(second, [900, 900, 0]);
    expect(told()).toEqual([0]);
  });

  test('without a usable time is not measured', () => {
    const { watch, link, inputs } = charger();
    for (const raw of [undefined, '', '1970-01-01T00:00:00Z', 'x'])
      watch.read(raw, { receivedAt: NOW, traceId: newTraceId(), link });
    expect(inputs).toEqual([]);
  });

  test('is that of what says no time, once it is known', () => {
    const { say, watch, link } = charger();
    const receivedAt = new Date(NOW.getTime() + 9000);
    const silent = () => watch.read(undefined, { receivedAt, traceId: newTraceId(), link });
    expect(silent()).toMatchObject({ at: receivedAt, plausible: false });
    say(1, 7200, 0);
    expect(silent()).toMatchObject({ at: new Date(receivedAt.getTime() + 7_200_000), ours: receivedAt });
    watch.restart(link);
    expect(silent()).toMatchObject({ at: receivedAt, plausible: false });
  });

  test('that is eleven years slow fits its column', () => {
    const { say, inputs } = charger();
    for (const second of [1, 2, 130]) say(second, -10 * 365 * 86_400);
    expect(inputs.map(({ offsetMs }) => offsetMs)).toEqual([-2_147_483_647]);
  });

  test('is told again when telling it failed', async () => {
    const { say, told } = charger({ fails: true });
    say(1, 30);
    await Promise.resolve();
    await Promise.resolve();
    say(2, 30);
    expect(told()).toEqual([30, 30]);
  });
});
