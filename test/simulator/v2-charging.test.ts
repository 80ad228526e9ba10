/** Charging profiles, limits from outside and the wants of cars, at simulated 2.x stations. */
import { describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { infoOf, on, VERSIONS } from './v2.ts';

type Payload = Record<string, unknown>;
const profile = (id: number, limit: number, more: Payload = {}, periods?: Payload[]) => ({
  id,
  stackLevel: 1,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Absolute',
  chargingSchedule: [
    {
      id: 1,
      chargingRateUnit: 'W',
      startSchedule: '2026-01-01T00:00:00.000Z',
      chargingSchedulePeriod: periods ?? [{ startPeriod: 0, limit }],
    },
  ],
  ...more,
});
const transactionOf = (event: Payload | undefined) => infoOf(event)['transactionId'];

describe.each(VERSIONS)('charging profiles of %s', (version) => {
  test('limit what flows, are told as a schedule, reported, and cleared', () =>
    on(version, async ({ csms, booted, ask, status, events }) => {
      const one = await booted({ connectors: 2, settings: { MeterValueSampleInterval: '6' } });
      one.plug(1, { socPercent: 20 });
      one.present(1, 'T');
      await one.next('session_started');
      expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: profile(1, 7000) })).toBe('Accepted');
      await until('told', () => events().some((event) => event['triggerReason'] === 'ChargingRateChanged'));
      const { reading } = await one.next('metered', { where: (each) => each.reading.powerW > 6000 });
      expect(reading.powerW).toBeLessThanOrEqual(7000);
      expect(await ask('GetCompositeSchedule', { evseId: 1, duration: 600, chargingRateUnit: 'W' })).toMatchObject({
        status: 'Accepted',
        schedule: {
          evseId: 1,
          duration: 600,
          chargingRateUnit: 'W',
          chargingSchedulePeriod: [{ startPeriod: 0, limit: 7000 }],
        },
      });
      const station = profile(2, 15_000, { chargingProfilePurpose: 'ChargingStationMaxProfile' });
      expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: station })).toBe('Rejected');
      expect(await status('SetChargingProfile', { evseId: 0, chargingProfile: station })).toBe('Accepted');
      expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: profile(3, 9000) })).toBe('Rejected');
      const transactionId = transactionOf(events()[0]);
      const own = profile(4, 0, { chargingProfilePurpose: 'TxProfile', transactionId });
      expect(await status('SetChargingProfile', { evseId: 2, chargingProfile: own })).toBe('Rejected');
      expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: own })).toBe('Accepted');
      await until('without power it is suspended', () => one.connector(1).status === 'SuspendedEVSE');
      expect(await status('GetChargingProfiles', { requestId: 5, chargingProfile: {} })).toBe('Accepted');
      await csms.count('ReportChargingProfiles', 2);
      expect(
        csms.of('ReportChargingProfiles').map(({ payload }) => [payload['evseId'], payload['tbc'] ?? false]),
      ).toEqual([
        [1, true],
        [0, false],
      ]);
      expect(await status('ClearChargingProfile', { chargingProfileId: 4 })).toBe('Accepted');
      await until('it charges again', () => one.connector(1).status === 'Charging');
      const chargingProfileCriteria = { chargingProfilePurpose: 'TxDefaultProfile' };
      expect(await status('ClearChargingProfile', { chargingProfileCriteria })).toBe('Accepted');
      expect(await status('ClearChargingProfile', { chargingProfileId: 99 })).toBe('Unknown');
      expect(await status('GetChargingProfiles', { requestId: 6, chargingProfile: { chargingProfileId: [1] } })).toBe(
        'NoProfiles',
      );
    }));

  test('come with a remote start, and go with its transaction', () =>
    on(version, async ({ booted, ask, status }) => {
      const one = await booted();
      const idToken = { idToken: 'APP', type: 'Central' };
      const said = { ...profile(8, 4000, { chargingProfilePurpose: 'TxProfile' }) };
      expect(
        await status('RequestStartTransaction', {
          idToken,
          remoteStartId: 1,
          evseId: 1,
          chargingProfile: profile(9, 1),
        }),
      ).toBe('Rejected');
      expect(
        await status('RequestStartTransaction', { idToken, remoteStartId: 1, evseId: 1, chargingProfile: said }),
      ).toBe('Accepted');
      await one.next('session_started');
      const schedule = async () =>
        (
          (await ask('GetCompositeSchedule', { evseId: 1, duration: 60, chargingRateUnit: 'W' }))['schedule'] as Payload
        )['chargingSchedulePeriod'];
      expect(await schedule()).toEqual([{ startPeriod: 0, limit: 4000 }]);
      one.unplug(1);
      expect(await schedule()).toEqual([{ startPeriod: 0, limit: 22_000 }]);
    }));

  test('a limit from outside is told, holds, and its end is told', () =>
    on(version, async ({ csms, booted, ask }) => {
      const one = await booted();
      await one.v2().externalLimit(0, 5000);
      expect(csms.of('NotifyChargingLimit')[0]?.payload).toMatchObject({
        chargingLimit: { chargingLimitSource: 'EMS' },
        chargingSchedule: [{ chargingSchedulePeriod: [{ limit: 5000 }] }],
      });
      expect(await ask('GetCompositeSchedule', { evseId: 1, duration: 60, chargingRateUnit: 'W' })).toMatchObject({
        schedule: { chargingSchedulePeriod: [{ startPeriod: 0, limit: 5000 }] },
      });
      await one.v2().externalLimit(0, undefined);
      expect(csms.of('ClearedChargingLimit')[0]?.payload).toEqual({ chargingLimitSource: 'EMS' });
    }));

  test('a car tells what it needs, and takes the schedule that comes for it', () =>
    on(version, async ({ csms, booted, status, events }) => {
      csms.reply('NotifyEVChargingNeeds', () => ({ status: 'Accepted' }));
      csms.reply('NotifyEVChargingSchedule', () => ({ status: 'Accepted' }));
      const one = await booted();
      one.plug(1);
      one.present(1, 'T');
      await one.next('session_started');
      expect(await one.v2().chargingNeeds(1, { departureTime: '2026-12-01T00:00:00.000Z' })).toBe('Accepted');
      const transactionId = transactionOf(events()[0]);
      const own = profile(4, 6000, { chargingProfilePurpose: 'TxProfile', transactionId });
      expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: own })).toBe('Accepted');
      await csms.count('NotifyEVChargingSchedule', 1);
      expect(csms.of('NotifyEVChargingSchedule')[0]?.payload).toMatchObject({
        evseId: 1,
        chargingSchedule: { chargingSchedulePeriod: [{ limit: 6000 }] },
      });
    }));
});

test('2.1: priority, dynamic schedules, and what else the grid may say', () =>
  on('2.1', async ({ csms, booted, ask, status, events }) => {
    const one = await booted();
    one.plug(1);
    one.present(1, 'T');
    await one.next('session_started');
    const transactionId = transactionOf(events()[0]);
    const limit = async () =>
      ((await ask('GetCompositeSchedule', { evseId: 1, duration: 60, chargingRateUnit: 'W' }))['schedule'] as Payload)[
        'chargingSchedulePeriod'
      ];
    expect(await status('UsePriorityCharging', { transactionId, activate: true })).toBe('NoProfile');
    const slow = profile(1, 2000);
    const fast = profile(2, 20_000, { chargingProfilePurpose: 'PriorityCharging' });
    expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: slow })).toBe('Accepted');
    expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: fast })).toBe('Accepted');
    expect(await limit()).toEqual([{ startPeriod: 0, limit: 2000 }]);
    expect(await status('UsePriorityCharging', { transactionId, activate: true })).toBe('Accepted');
    expect(await limit()).toEqual([{ startPeriod: 0, limit: 20_000 }]);
    await one.v2().priority(1, false);
    expect(csms.of('NotifyPriorityCharging')[0]?.payload).toEqual({ transactionId, activated: false });
    expect(await limit()).toEqual([{ startPeriod: 0, limit: 2000 }]);
    const dynamic = {
      ...profile(3, 0, { stackLevel: 2, chargingProfileKind: 'Dynamic' }),
      chargingSchedule: [{ id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 9000 }] }],
    };
    expect(await status('SetChargingProfile', { evseId: 1, chargingProfile: dynamic })).toBe('Accepted');
    expect(await limit()).toEqual([{ startPeriod: 0, limit: 9000 }]);
    expect(await status('UpdateDynamicSchedule', { chargingProfileId: 3, scheduleUpdate: { limit: 8000 } })).toBe(
      'Accepted',
    );
    expect(await limit()).toEqual([{ startPeriod: 0, limit: 8000 }]);
    csms.reply('PullDynamicScheduleUpdate', () => ({ status: 'Accepted', scheduleUpdate: { limit: 7500 } }));
    await one.v2().pullDynamicSchedule(3);
    expect(await limit()).toEqual([{ startPeriod: 0, limit: 7500 }]);
    expect(await status('UpdateDynamicSchedule', { chargingProfileId: 1, scheduleUpdate: { limit: 1 } })).toBe(
      'Rejected',
    );
    expect(await status('AFRRSignal', { timestamp: new Date().toISOString(), signal: 5 })).toBe('Rejected');
    expect(await status('NotifyAllowedEnergyTransfer', { transactionId, allowedEnergyTransfer: ['DC'] })).toBe(
      'Accepted',
    );
  }));
