import { describe, expect, test } from '@jest/globals';
import { compositeSchedule, limitAt, type Profile } from '../../src/simulator/composite.ts';
import { until } from '../support/until.ts';
import { arranged, booted } from './arrange.ts';

const from = Date.parse('2026-03-01T10:00:00Z');
const profile = (more: Partial<Profile>): Profile => ({
  id: 1,
  connectorId: 1,
  purpose: 'TxDefaultProfile',
  stackLevel: 0,
  kind: 'Relative',
  recurrency: undefined,
  validFrom: Number.NEGATIVE_INFINITY,
  validTo: Number.POSITIVE_INFINITY,
  duration: undefined,
  startAt: undefined,
  unit: 'W',
  periods: [{ startPeriod: 0, limit: 7000 }],
  setAt: from,
  session: undefined,
  ...more,
});
const running = { localId: 's', startedAt: from };

describe('which limit holds', () => {
  test('the highest stack level that has something to say; below it, the next', () => {
    const brief = profile({ id: 2, stackLevel: 1, duration: 60, periods: [{ startPeriod: 0, limit: 3000 }] });
    const both = [profile({}), brief];
    expect(limitAt(both, 1, from + 1000, running)).toBe(3000);
    expect(limitAt(both, 1, from + 61_000, running)).toBe(7000);
  });

  test("a transaction's own profile goes before the default, the charge point's maximum caps both", () => {
    const own = profile({ id: 2, purpose: 'TxProfile', session: 's', periods: [{ startPeriod: 0, limit: 9000 }] });
    const cap = profile({ id: 3, connectorId: 0, purpose: 'ChargePointMaxProfile' });
    expect(limitAt([profile({ periods: [{ startPeriod: 0, limit: 4000 }] }), own], 1, from, running)).toBe(9000);
    expect(limitAt([own, cap], 1, from, running)).toBe(7000);
    expect(limitAt([own], 1, from, { localId: 'other', startedAt: from })).toBeUndefined();
  });

  test('of the default, the one for the connector goes before the one for all', () => {
    const all = profile({ id: 2, connectorId: 0, periods: [{ startPeriod: 0, limit: 1000 }] });
    expect(limitAt([all, profile({})], 1, from, undefined)).toBe(7000);
    expect(limitAt([all, profile({})], 2, from, undefined)).toBe(1000);
  });

  test('a daily profile comes again', () => {
    const daily = profile({ kind: 'Recurring', recurrency: 'Daily', startAt: from - 10 * 86_400_000, duration: 3600 });
    expect(limitAt([daily], 1, from + 60_000, undefined)).toBe(7000);
    expect(limitAt([daily], 1, from + 3_700_000, undefined)).toBeUndefined();
  });

  test('the composite schedule shows each change once, amperes rounded to tenths', () => {
    const steps = profile({
      unit: 'A',
      periods: [
        { startPeriod: 0, limit: 16 },
        { startPeriod: 600, limit: 10.3 },
        { startPeriod: 900, limit: 10.3 },
      ],
    });
    const asked = { connectorId: 1, from, durationS: 3600, unit: 'A', running, maxPowerW: 22_000 } as const;
    expect(compositeSchedule([steps], asked)).toEqual({
      duration: 3600,
      startSchedule: '2026-03-01T10:00:00.000Z',
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [
        { startPeriod: 0, limit: 16 },
        { startPeriod: 600, limit: 10.3 },
      ],
    });
    expect(compositeSchedule([], { ...asked, unit: 'W' })).toMatchObject({
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 22_000 }],
    });
  });
});

const set = (more: Record<string, unknown> = {}, limit = 16) => ({
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Absolute',
  chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  ...more,
});
const answered = (status: string) => [3, expect.any(String), expect.objectContaining({ status })];

describe('a charger', () => {
  test('keeps profiles, draws no more than they allow, and shows the composite schedule', () =>
    arranged(async ({ csms, charger }) => {
      const one = await booted(charger(), csms);
      one.plug(1, { batteryWh: 60_000, socPercent: 20 });
      one.present(1, 'T');
      const send = (csChargingProfiles: object, connectorId = 1) =>
        csms.call('SetChargingProfile', { connectorId, csChargingProfiles });
      expect(await send(set())).toEqual(answered('Accepted'));
      expect(await csms.call('GetCompositeSchedule', { connectorId: 1, duration: 60 })).toEqual([
        3,
        expect.any(String),
        expect.objectContaining({
          status: 'Accepted',
          chargingSchedule: expect.objectContaining({
            chargingRateUnit: 'A',
            chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
          }),
        }),
      ]);
      const { reading } = await one.next('metered');
      expect(reading.powerW).toBeLessThanOrEqual(16 * 230 * 3 + 1);
      expect(await csms.call('ClearChargingProfile', { id: 9 })).toEqual(answered('Unknown'));
      expect(await csms.call('ClearChargingProfile', { id: 1 })).toEqual(answered('Accepted'));
      expect(await csms.call('ClearChargingProfile', {})).toEqual(answered('Unknown'));
      expect(await csms.call('GetCompositeSchedule', { connectorId: 7, duration: 60 })).toEqual(answered('Rejected'));
    }));

  test('takes no profile that OCPP forbids or that it has no room for', () =>
    arranged(async ({ csms, charger }) => {
      await booted(charger({ settings: { MaxChargingProfilesInstalled: '1' } }), csms);
      const send = (connectorId: number, csChargingProfiles: object) =>
        csms.call('SetChargingProfile', { connectorId, csChargingProfiles });
      expect(await send(1, set({ chargingProfilePurpose: 'TxProfile' }))).toEqual(answered('Rejected'));
      expect(await send(1, set({ chargingProfilePurpose: 'ChargePointMaxProfile' }))).toEqual(answered('Rejected'));
      expect(await send(9, set())).toEqual(answered('Rejected'));
      expect(await send(1, set({ stackLevel: 99 }))).toEqual(answered('Rejected'));
      expect(await send(1, set())).toEqual(answered('Accepted'));
      expect(await send(1, set({ chargingProfileId: 2, stackLevel: 1 }))).toEqual(answered('Rejected'));
      expect(await send(1, set({}, 10))).toEqual(answered('Accepted'));
    }));

  test('a remote start brings its own profile, which ends with the session', () =>
    arranged(async ({ csms, charger }) => {
      const one = await booted(charger({ carOnRemoteStartMs: 0 }), csms);
      const chargingProfile = set({ chargingProfilePurpose: 'TxProfile' }, 8);
      const order = { idTag: 'T', connectorId: 1 };
      expect(await csms.call('RemoteStartTransaction', { ...order, chargingProfile: set() })).toEqual(
        answered('Rejected'),
      );
      expect(await csms.call('RemoteStartTransaction', { ...order, chargingProfile })).toEqual(answered('Accepted'));
      await until('it charges', () => one.connector(1).session !== undefined);
      const composite = () =>
        csms.call('GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'A' });
      expect(JSON.stringify(await composite())).toContain('"limit":8');
      one.stop(1, 'Local');
      expect(JSON.stringify(await composite())).not.toContain('"limit":8');
    }));
});
