/**
 * Smart charging (block K) of OCA's tests for a CSMS, 2.0.1 and what 2.1 adds, in our own words, by their numbers. What a station makes
 * of its profiles is its own affair: it only answers here.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import type { Answering } from '../../support/scripted-charger.ts';
import { bothVersions, card, type Protocol2, type Station2, station2 } from '../../support/station2.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
const stations: Station2[] = [];
afterEach(async () => {
  await Promise.all(stations.splice(0).map(({ charger }) => charger.close()));
});
afterAll(() => app.stop());

type Payload = Record<string, unknown>;
type Profile = {
  id: string;
  status: string;
  profile_id: number;
  purpose: string;
  connector_id: number;
  ocpp_transaction_id: string | null;
  why: string | null;
  error?: { code: string; details: { field: string }[] };
};
async function station(protocol: Protocol2, answers: Record<string, Payload> = {}): Promise<Station2> {
  const answering: Answering = (action) => answers[action] ?? { status: 'Accepted' };
  const begun = await station2(app, protocol, answering);
  stations.push(begun);
  await begun.status('Available');
  return begun;
}
async function charging(protocol: Protocol2, answers: Record<string, Payload> = {}) {
  const cp = await station(protocol, answers);
  const tx = cp.transaction();
  await tx.event('Started', 'Authorized', { ...card('TAG'), transactionInfo: { chargingState: 'EVConnected' } });
  const session = await cp.session();
  return { cp, tx, session };
}
const amperes = (limit: number) => ({ unit: 'A', periods: [{ start_s: 0, limit }] });
const post = async (cp: Station2, body: object) =>
  (await app.api<Profile>('POST', `/charge-points/${cp.id}/charging-profiles?wait=true`, body)).body;
const list = async (cp: Station2, query = '') =>
  (await app.api<{ data: Profile[] }>('GET', `/charge-points/${cp.id}/charging-profiles${query}`)).body.data;
const clear = async (cp: Station2, query: string) =>
  (await app.api<{ status: string }>('DELETE', `/charge-points/${cp.id}/charging-profiles?wait=true&${query}`)).body;
const newest = (cp: Station2, action: string): Payload => cp.asked(action).at(-1) ?? {};
const wire = (cp: Station2): Payload => newest(cp, 'SetChargingProfile')['chargingProfile'] as Payload;

describe.each(bothVersions)('%s', (protocol) => {
  describe('profiles that are set', () => {
    test('TC_K_01_CSMS a default for the sessions of an EVSE; it begins with 0', async () => {
      const cp = await station(protocol);
      expect(await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) })).toMatchObject({
        status: 'active',
        purpose: 'tx_default',
      });
      expect(newest(cp, 'SetChargingProfile')).toMatchObject({
        evseId: 1,
        chargingProfile: {
          stackLevel: 0,
          chargingProfilePurpose: 'TxDefaultProfile',
          chargingProfileKind: 'Relative',
          chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] }],
        },
      });
    });

    test('TC_K_02_CSMS a profile for a session that there is not is refused here; sent raw, the refusal is told', async () => {
      const cp = await station(protocol, { SetChargingProfile: { status: 'Rejected' } });
      expect((await post(cp, { purpose: 'tx', connector_id: 1, schedule: amperes(6) })).error?.code).toBe('conflict');
      const raw = await cp.send('SetChargingProfile', {
        evseId: 1,
        chargingProfile: {
          id: 1,
          stackLevel: 0,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Relative',
          transactionId: 'nobody',
          chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] }],
        },
      });
      expect(raw.status).toBe('rejected');
    });

    test('TC_K_03_CSMS a maximum of the whole station, which is never relative', async () => {
      const cp = await station(protocol);
      expect((await post(cp, { purpose: 'charge_point_max', schedule: amperes(20) })).status).toBe('active');
      const { chargingProfileKind, chargingSchedule } = wire(cp) as {
        chargingProfileKind: string;
        chargingSchedule: Payload[];
      };
      expect(chargingProfileKind).toBe('Absolute');
      expect(chargingSchedule[0]?.['startSchedule']).toMatch(/^\d{4}-/);
      expect(newest(cp, 'SetChargingProfile')['evseId']).toBe(0);
    });

    test('TC_K_04_CSMS a profile is replaced by its number', async () => {
      const cp = await station(protocol);
      const first = await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
      const named = { purpose: 'tx_default', connector_id: 1, profile_id: first.profile_id, schedule: amperes(8) };
      expect(await post(cp, named)).toMatchObject({ status: 'active', profile_id: first.profile_id });
      // Without a number: that of the one whose place it takes, as a station refuses two of one rank (K01.FR.06).
      expect((await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(9) })).profile_id).toBe(
        first.profile_id,
      );
      expect((await list(cp)).map(({ status }) => status)).toEqual(['active', 'superseded', 'superseded']);
      const other = { ...named, profile_id: 5, schedule: amperes(7) };
      expect((await post(cp, other)).error?.details).toMatchObject([{ field: 'stack_level' }]);
    });

    test('TC_K_10_CSMS a default for all EVSEs', async () => {
      const cp = await station(protocol);
      await post(cp, { purpose: 'tx_default', schedule: amperes(6) });
      expect(newest(cp, 'SetChargingProfile')).toMatchObject({ evseId: 0 });
    });

    test('TC_K_15_CSMS a station without smart charging: its error is told', async () => {
      const cp = await station(protocol, { SetChargingProfile: { callError: 'NotSupported' } });
      const body = { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) };
      expect(await post(cp, body)).toMatchObject({ status: 'failed', why: expect.stringContaining('NotSupported') });
    });

    test('a limit of others is not ours to set', async () => {
      const cp = await station(protocol);
      const path = `/charge-points/${cp.id}/charging-profiles`;
      const external = { purpose: 'external_constraints', schedule: amperes(6) };
      expect((await app.api('POST', path, external)).status).toBe(400);
    });

    test('TC_K_19_CSMS one that recurs', async () => {
      const cp = await station(protocol);
      const schedule = { ...amperes(6), duration_s: 3600, start_at: '2026-01-01T00:00:00.000Z' };
      await post(cp, { purpose: 'tx_default', connector_id: 1, kind: 'recurring', recurrency: 'daily', schedule });
      expect(wire(cp)).toMatchObject({ chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' });
    });

    test('TC_K_60_CSMS for a session that runs: it names the transaction, and ends with it', async () => {
      const { cp, tx, session } = await charging(protocol);
      const set = await post(cp, { purpose: 'tx', session_id: session.id, schedule: amperes(8) });
      expect(set).toMatchObject({ status: 'active', connector_id: 1, ocpp_transaction_id: tx.id });
      expect(wire(cp)).toMatchObject({ chargingProfilePurpose: 'TxProfile', transactionId: tx.id });
      await tx.event('Ended', 'EVDeparted', { transactionInfo: { stoppedReason: 'EVDisconnected' } });
      await until('it has ended', async () => (await list(cp))[0]?.status === 'ended');
    });

    test('TC_K_70_CSMS several at once', async () => {
      const cp = await station(protocol);
      await post(cp, { purpose: 'charge_point_max', schedule: amperes(32) });
      await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(16) });
      await post(cp, { purpose: 'tx_default', connector_id: 1, stack_level: 1, schedule: amperes(10) });
      expect((await list(cp, '?status=active')).map(({ purpose }) => purpose)).toEqual([
        'tx_default',
        'tx_default',
        'charge_point_max',
      ]);
    });

    test('TC_K_37_CSMS one that comes with a remote start', async () => {
      const cp = await station(protocol);
      const wish = { token: 'TAG', connector_id: 1, charging_profile: { profile_id: 7, schedule: amperes(10) } };
      const start = cp.ask('start', wish);
      const asked = await until('it is asked', () => cp.asked('RequestStartTransaction')[0]);
      expect(asked).toMatchObject({ evseId: 1, chargingProfile: { id: 7, chargingProfilePurpose: 'TxProfile' } });
      expect(asked['chargingProfile']).not.toHaveProperty('transactionId');
      const tx = cp.transaction();
      await tx.event('Started', 'RemoteStart', {
        ...card('TAG'),
        transactionInfo: { chargingState: 'EVConnected', remoteStartId: asked['remoteStartId'] },
      });
      expect((await start).status).toBe('accepted');
      expect(await list(cp)).toMatchObject([{ profile_id: 7, status: 'active', purpose: 'tx' }]);
      await tx.event('Ended', 'EVDeparted', { transactionInfo: { stoppedReason: 'EVDisconnected' } });
      await until('it has ended with its session', async () => (await list(cp))[0]?.status === 'ended');
    });

    test('a limit by one call, of the station, an EVSE, a session', async () => {
      const { cp, session } = await charging(protocol);
      const limit = async (body: object) =>
        (await app.api<Profile>('POST', `/charge-points/${cp.id}/charging-limit?wait=true`, body)).body;
      expect(await limit({ limit: 32 })).toMatchObject({ purpose: 'charge_point_max', status: 'active' });
      const first = await limit({ limit: 16, connector_id: 1 });
      expect(await limit({ limit: 10, connector_id: 1 })).toMatchObject({
        profile_id: first.profile_id,
        status: 'active',
      });
      expect(await limit({ limit: 7.5, session_id: session.id })).toMatchObject({ purpose: 'tx', status: 'active' });
      expect((await list(cp, '?status=active')).map(({ purpose }) => purpose)).toEqual([
        'tx',
        'tx_default',
        'charge_point_max',
      ]);
    });
  });

  describe('profiles that are taken back', () => {
    test('TC_K_05_CSMS by number', async () => {
      const cp = await station(protocol);
      const { profile_id: number } = await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
      expect((await clear(cp, `profile_id=${number}`)).status).toBe('accepted');
      expect(newest(cp, 'ClearChargingProfile')).toEqual({ chargingProfileId: number });
      expect((await list(cp)).map(({ status }) => status)).toEqual(['cleared']);
    });

    test('TC_K_06_CSMS by level and purpose', async () => {
      const cp = await station(protocol);
      await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
      await post(cp, { purpose: 'charge_point_max', schedule: amperes(20) });
      expect((await clear(cp, 'purpose=tx_default&stack_level=0')).status).toBe('accepted');
      expect(newest(cp, 'ClearChargingProfile')).toEqual({
        chargingProfileCriteria: { chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 },
      });
      expect((await list(cp)).map(({ status }) => status)).toEqual(['active', 'cleared']);
    });

    test('TC_K_08_CSMS where there is none: Unknown is told', async () => {
      const cp = await station(protocol, { ClearChargingProfile: { status: 'Unknown' } });
      expect((await clear(cp, 'purpose=tx_default')).status).toBe('rejected');
    });

    test('a profile that the station has lost is in force no more, once it answers Unknown', async () => {
      const cp = await station(protocol, { ClearChargingProfile: { status: 'Unknown' } });
      const { profile_id: number } = await post(cp, { purpose: 'charge_point_max', schedule: amperes(20) });
      await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
      expect((await clear(cp, `profile_id=${number}`)).status).toBe('rejected');
      expect(await list(cp)).toMatchObject([
        { status: 'active', purpose: 'tx_default' },
        { status: 'cleared', purpose: 'charge_point_max', why: expect.stringContaining('does not hold it') },
      ]);
    });
  });

  describe('profiles that a station reports', () => {
    type Report = {
      id: string;
      status: string;
      profiles: { source: string; profile_id: number }[];
      drift: { profile_id: number; kind: string }[] | null;
    };
    const ask = async (cp: Station2, body: object) =>
      (await app.api<Report>('POST', `/charge-points/${cp.id}/charging-profile-reports`, body)).body;
    const read = async (cp: Station2, id: string) =>
      (await app.api<Report>('GET', `/charge-points/${cp.id}/charging-profile-reports/${id}`)).body;
    const said = (id: number, purpose = 'TxDefaultProfile') => ({
      id,
      stackLevel: 0,
      chargingProfilePurpose: purpose,
      chargingProfileKind: 'Relative',
      chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] }],
    });

    test.each([
      ['TC_K_29_CSMS of the station itself', { connector_id: 0 }, { evseId: 0, chargingProfile: {} }],
      ['TC_K_30_CSMS of an EVSE', { connector_id: 1 }, { evseId: 1, chargingProfile: {} }],
      ['TC_K_31_CSMS of all', {}, { chargingProfile: {} }],
      ['TC_K_32_CSMS by number', { profile_ids: [4] }, { chargingProfile: { chargingProfileId: [4] } }],
      [
        'TC_K_33_CSMS by EVSE and level',
        { connector_id: 1, stack_level: 0 },
        { evseId: 1, chargingProfile: { stackLevel: 0 } },
      ],
      [
        'TC_K_34_CSMS by EVSE and who set them',
        { connector_id: 1, sources: ['CSO'] },
        { evseId: 1, chargingProfile: { chargingLimitSource: ['CSO'] } },
      ],
      [
        'TC_K_35_CSMS by EVSE and purpose',
        { connector_id: 1, purpose: 'tx_default' },
        { evseId: 1, chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile' } },
      ],
      [
        'TC_K_36_CSMS by EVSE, purpose and level',
        { connector_id: 1, purpose: 'tx_default', stack_level: 0 },
        { evseId: 1, chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 } },
      ],
    ])('%s', async (_name, wish, payload) => {
      const cp = await station(protocol);
      const { id } = await ask(cp, wish);
      const { requestId, ...asked } = await until('it is asked', () => cp.asked('GetChargingProfiles')[0]);
      expect(asked).toEqual(payload);
      const part = { requestId, chargingLimitSource: 'CSO', evseId: 1 };
      expect(
        await cp.charger.call('ReportChargingProfiles', { ...part, tbc: true, chargingProfile: [said(4)] }),
      ).toEqual({});
      expect(await read(cp, id)).toMatchObject({ status: 'receiving', drift: null });
      expect(await cp.charger.call('ReportChargingProfiles', { ...part, chargingProfile: [said(5)] })).toEqual({});
      expect(await read(cp, id)).toMatchObject({
        status: 'complete',
        profiles: [{ profile_id: 4 }, { profile_id: 5 }],
        drift: [
          { profile_id: 4, kind: 'unknown' },
          { profile_id: 5, kind: 'unknown' },
        ],
      });
    });

    test('what it does not hold any more is told, and the list follows', async () => {
      const cp = await station(protocol, { GetChargingProfiles: { status: 'NoProfiles' } });
      const { profile_id: number } = await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(6) });
      const { id } = await ask(cp, {});
      const report = await until('it is complete', async () => {
        const found = await read(cp, id);
        return found.status === 'complete' ? found : undefined;
      });
      expect(report.drift).toEqual([{ profile_id: number, kind: 'missing' }]);
      expect(await list(cp)).toMatchObject([{ status: 'cleared', why: expect.stringContaining('not report') }]);
    });

    test('TC_K_52_CSMS limits of others are told with who set them', async () => {
      const cp = await station(protocol);
      const { id } = await ask(cp, {});
      const { requestId } = await until('it is asked', () => cp.asked('GetChargingProfiles')[0]);
      const external = said(-1, 'ChargingStationExternalConstraints');
      await cp.charger.call('ReportChargingProfiles', {
        requestId,
        chargingLimitSource: 'EMS',
        evseId: 0,
        chargingProfile: [external],
      });
      expect(await read(cp, id)).toMatchObject({
        status: 'complete',
        drift: [],
        profiles: [{ source: 'EMS', profile_id: -1 }],
      });
      expect(await list(cp)).toEqual([]);
    });
  });

  test.each([
    ['TC_K_43_CSMS of an EVSE', 1],
    ['TC_K_44_CSMS of the station', 0],
  ])('%s: the composite schedule', async (_name, evseId) => {
    const schedule = {
      ...{ evseId, duration: 300, scheduleStart: '2026-01-01T00:00:00.000Z', chargingRateUnit: 'A' },
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 6, numberPhases: 3 }],
    };
    const cp = await station(protocol, { GetCompositeSchedule: { status: 'Accepted', schedule } });
    const { body } = await app.api(
      'GET',
      `/charge-points/${cp.id}/composite-schedule?connector_id=${evseId}&duration_s=300&unit=A`,
    );
    expect(newest(cp, 'GetCompositeSchedule')).toEqual({ evseId, duration: 300, chargingRateUnit: 'A' });
    expect(body).toMatchObject({
      start_at: '2026-01-01T00:00:00.000Z',
      unit: 'A',
      duration_s: 300,
      periods: [{ start_s: 0, limit: 6, phases: 3 }],
    });
  });

  describe('limits of others', () => {
    const limits = async (cp: Station2) =>
      (await app.api<{ data: Payload[] }>('GET', `/charge-points/${cp.id}/external-limits`)).body.data;
    const set = (cp: Station2, more: Payload = {}) =>
      cp.charger.call('NotifyChargingLimit', {
        chargingLimit: { chargingLimitSource: 'EMS', isGridCritical: true },
        ...more,
      });

    test('TC_K_48_CSMS one is set without a transaction', async () => {
      const cp = await station(protocol);
      expect(await set(cp)).toEqual({});
      expect(await limits(cp)).toMatchObject([
        { source: 'EMS', connector_id: 0, is_grid_critical: true, status: 'active', schedules: [] },
      ]);
    });

    test('TC_K_50_CSMS one is lifted', async () => {
      const cp = await station(protocol);
      await set(cp, { evseId: 1 });
      expect(await cp.charger.call('ClearedChargingLimit', { chargingLimitSource: 'EMS', evseId: 1 })).toEqual({});
      expect(await limits(cp)).toMatchObject([{ status: 'cleared', connector_id: 1, ended_at: expect.any(String) }]);
    });

    test('TC_K_51_CSMS one is lifted while a transaction runs', async () => {
      const { cp, tx } = await charging(protocol);
      await set(cp, { evseId: 1 });
      expect(await cp.charger.call('ClearedChargingLimit', { chargingLimitSource: 'EMS' })).toEqual({});
      expect(await tx.event('Updated', 'ChargingRateChanged')).toEqual({});
      expect(await limits(cp)).toMatchObject([{ status: 'cleared' }]);
    });
  });

  describe('what EVs ask for', () => {
    const needs = (more: Payload = {}) => ({
      evseId: 1,
      maxScheduleTuples: 3,
      chargingNeeds: {
        requestedEnergyTransfer: 'AC_three_phase',
        acChargingParameters: { energyAmount: 20_000, evMinCurrent: 6, evMaxCurrent: 16, evMaxVoltage: 230 },
        ...more,
      },
    });
    const schedule = (limit: number) => ({
      timeBase: new Date().toISOString(),
      evseId: 1,
      chargingSchedule: { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    });
    const seen = async (id: string) =>
      (await app.api<{ charging_needs: Payload[] }>('GET', `/sessions/${id}/smart-charging`)).body.charging_needs;

    test('TC_K_53_CSMS they are accepted, and a profile within all limits follows', async () => {
      const { cp, tx, session } = await charging(protocol);
      await post(cp, { purpose: 'tx_default', connector_id: 1, schedule: amperes(10) });
      expect(await cp.charger.call('NotifyEVChargingNeeds', needs())).toEqual({ status: 'Accepted' });
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 2);
      expect(newest(cp, 'SetChargingProfile')).toMatchObject({
        evseId: 1,
        chargingProfile: {
          chargingProfilePurpose: 'TxProfile',
          transactionId: tx.id,
          chargingSchedule: [{ chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] }],
        },
      });
      expect(await cp.charger.call('NotifyEVChargingSchedule', schedule(9))).toEqual({ status: 'Accepted' });
      expect(await seen(session.id)).toMatchObject([
        { answer: 'accepted', max_current_a: 16, is_within: true, ev_schedule: { periods: [{ limit: 9 }] } },
      ]);
      await until('it is listed', async () =>
        (await list(cp)).some(({ purpose, status }) => purpose === 'tx' && status === 'active'),
      );
    });

    test('TC_K_53_CSMS a limit that is told again and again without a start begins anew each time', async () => {
      const { cp } = await charging(protocol);
      const limit = () =>
        cp.charger.call('NotifyChargingLimit', {
          evseId: 1,
          chargingLimit: { chargingLimitSource: 'EMS' },
          chargingSchedule: [
            { id: 1, duration: 900, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] },
          ],
        });
      await limit();
      await app.db.pool.query(
        `UPDATE external_limits SET reported_at = now() - interval '20 minutes' WHERE charge_point_id = $1`,
        [cp.id],
      );
      await limit();
      await cp.charger.call('NotifyEVChargingNeeds', needs());
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
      expect(wire(cp)).toMatchObject({
        chargingSchedule: [{ chargingSchedulePeriod: [{ limit: 10 }, { limit: 16 }] }],
      });
      const { body } = await app.api<{ data: Payload[] }>('GET', `/charge-points/${cp.id}/external-limits`);
      expect(body.data).toMatchObject([{ status: 'active' }]);
    });

    test('TC_K_55_CSMS an EV that means to take more is refused, and given its profile once more', async () => {
      const { cp, tx } = await charging(protocol);
      await cp.charger.call('NotifyEVChargingNeeds', {
        evseId: 1,
        chargingNeeds: { requestedEnergyTransfer: 'AC_three_phase' },
      });
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
      expect(await cp.charger.call('NotifyEVChargingSchedule', schedule(64))).toEqual({ status: 'Rejected' });
      await until('it is sent once more', () => cp.asked('SetChargingProfile').length === 2);
      expect(wire(cp)).toMatchObject({ chargingProfilePurpose: 'TxProfile', transactionId: tx.id });
      expect(await cp.charger.call('NotifyEVChargingSchedule', schedule(32))).toEqual({ status: 'Accepted' });
    });

    test('TC_K_57_CSMS an EV negotiates anew: what it asks for last counts', async () => {
      const { cp, session } = await charging(protocol);
      await cp.charger.call('NotifyEVChargingNeeds', needs());
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
      const first = wire(cp);
      const less = {
        acChargingParameters: { energyAmount: 5000, evMinCurrent: 6, evMaxCurrent: 8, evMaxVoltage: 230 },
      };
      await until('it is taken', async () => (await list(cp))[0]?.status === 'active');
      expect(await cp.charger.call('NotifyEVChargingNeeds', needs(less))).toEqual({ status: 'Accepted' });
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 2);
      expect(wire(cp)).toMatchObject({
        id: first['id'],
        chargingSchedule: [{ chargingSchedulePeriod: [{ limit: 8 }] }],
      });
      expect(await seen(session.id)).toHaveLength(2);
    });

    test('TC_K_58_CSMS TC_K_59_CSMS we negotiate anew: a new profile for the session; its EV then gets that one', async () => {
      const { cp, session } = await charging(protocol);
      await cp.charger.call('NotifyEVChargingNeeds', needs());
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 1);
      await until('it is taken', async () => (await list(cp))[0]?.status === 'active');
      expect((await post(cp, { purpose: 'tx', session_id: session.id, schedule: amperes(6) })).status).toBe('active');
      expect(await cp.charger.call('NotifyEVChargingNeeds', needs())).toEqual({ status: 'Accepted' });
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 3);
      expect(wire(cp)).toMatchObject({ chargingSchedule: [{ chargingSchedulePeriod: [{ limit: 6 }] }] });
    });

    test('TC_K_37_CSMS and TC_K_53, 55, 57: what came with the remote start holds, whatever the EV would like', async () => {
      const cp = await station(protocol);
      const wish = { token: 'TAG', connector_id: 1, charging_profile: { profile_id: 7, schedule: amperes(10) } };
      const start = cp.ask('start', wish);
      const asked = await until('it is asked', () => cp.asked('RequestStartTransaction')[0]);
      const tx = cp.transaction();
      await tx.event('Started', 'RemoteStart', {
        ...card('TAG'),
        transactionInfo: { chargingState: 'EVConnected', remoteStartId: asked['remoteStartId'] },
      });
      await start;
      const theirs = {
        ...{ id: 7, chargingProfilePurpose: 'TxProfile', transactionId: tx.id },
        chargingSchedule: [{ chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] }],
      };
      for (const turn of [1, 2]) {
        expect(await cp.charger.call('NotifyEVChargingNeeds', needs())).toEqual({ status: 'Accepted' });
        await until('it is sent', () => cp.asked('SetChargingProfile').length === turn);
        expect(wire(cp)).toMatchObject(theirs);
        await until(
          'it is taken',
          async () => (await list(cp)).filter(({ status }) => status === 'superseded').length === turn,
        );
      }
      expect(await cp.charger.call('NotifyEVChargingSchedule', schedule(16))).toEqual({ status: 'Rejected' });
      await until('it is sent once more', () => cp.asked('SetChargingProfile').length === 3);
      expect(wire(cp)).toMatchObject(theirs);
      expect(await cp.charger.call('NotifyEVChargingSchedule', schedule(10))).toEqual({ status: 'Accepted' });
    });

    test('K01.FR.39 a limit of the session takes the place of what came with its remote start', async () => {
      const cp = await station(protocol);
      const wish = { token: 'TAG', connector_id: 1, charging_profile: { profile_id: 7, schedule: amperes(10) } };
      const start = cp.ask('start', wish);
      const asked = await until('it is asked', () => cp.asked('RequestStartTransaction')[0]);
      await cp.transaction().event('Started', 'RemoteStart', {
        ...card('TAG'),
        transactionInfo: { chargingState: 'EVConnected', remoteStartId: asked['remoteStartId'] },
      });
      await start;
      const of = { purpose: 'tx', session_id: (await cp.session()).id, schedule: amperes(6) };
      expect((await post(cp, { ...of, profile_id: 8 })).error?.details).toMatchObject([{ field: 'stack_level' }]);
      expect(await post(cp, of)).toMatchObject({ status: 'active', profile_id: 7 });
    });

    test('K01.FR.26 the profile is in the unit that the station takes, of no more periods than it and the EV take', async () => {
      const { cp } = await charging(protocol);
      const variable = (name: string, value: string) => ({
        component: { name: 'SmartChargingCtrlr' },
        variable: { name },
        variableAttribute: [{ value }],
      });
      await cp.charger.call('NotifyReport', {
        ...{ requestId: 1, generatedAt: new Date().toISOString(), seqNo: 0, tbc: false },
        reportData: [variable('RateUnit', 'W'), variable('PeriodsPerSchedule', '1')],
      });
      const at = new Date(Date.now() + 3_600_000).toISOString();
      const later = { ...amperes(6), start_at: at };
      const watts = { unit: 'W', periods: later.periods.map((each) => ({ ...each, limit: 4140 })), start_at: at };
      const refused = await post(cp, { purpose: 'tx_default', connector_id: 1, kind: 'absolute', schedule: later });
      expect(refused.error?.details).toMatchObject([{ field: 'schedule.unit' }]);
      await post(cp, { purpose: 'tx_default', connector_id: 1, kind: 'absolute', schedule: watts });
      await cp.charger.call('NotifyEVChargingNeeds', needs());
      await until('it is sent', () => cp.asked('SetChargingProfile').length === 2);
      expect(wire(cp)['chargingSchedule']).toMatchObject([
        { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 4140 }] },
      ]);
    });

    test('how they are answered is a setting of the charge point, or of the organization', async () => {
      const { cp } = await charging(protocol);
      const settings = (charging_needs: string | null) =>
        app.api('PATCH', `/charge-points/${cp.id}/smart-charging-settings`, { charging_needs });
      expect((await settings('later')).body).toMatchObject({ effective: { charging_needs: 'later' } });
      expect(await cp.charger.call('NotifyEVChargingNeeds', needs())).toEqual({ status: 'Processing' });
      await settings('none');
      const nothing = protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected';
      expect(await cp.charger.call('NotifyEVChargingNeeds', needs())).toEqual({ status: nothing });
      await settings(null);
      expect((await app.api('GET', `/charge-points/${cp.id}/smart-charging-settings`)).body).toMatchObject({
        charging_needs: null,
        effective: { charging_needs: 'schedule' },
      });
      expect(cp.asked('SetChargingProfile')).toEqual([]);
    });
  });
});
