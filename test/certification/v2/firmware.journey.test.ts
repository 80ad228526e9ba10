/** Block L of OCA's 2.0.1 tests for a CSMS: firmware, signed and published. In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask, send, chargePoint } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

type Request = {
  readonly kind: string;
  readonly request_id: number;
  readonly signed: boolean;
  readonly location: string;
  readonly outcome: string;
  readonly answer: string;
  readonly status: string | null;
  readonly statuses: readonly { readonly status: string; readonly info?: string }[];
  readonly locations: readonly string[];
  readonly published_at: string | null;
  readonly unpublished_at: string | null;
};
const requests = async (at: ScriptedStation, query = ''): Promise<Request[]> =>
  (await ask<{ data: Request[] }>(at, `firmware-requests?limit=10${query}`, {}, 'GET')).data;

const LOCATION = 'https://user:secret@firmware.example.com/7.1.0.bin';
const update = (at: ScriptedStation, requestId = 71) =>
  send(at, 'UpdateFirmware', {
    requestId,
    firmware: {
      location: LOCATION,
      retrieveDateTime: new Date().toISOString(),
      signingCertificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      signature: 'c2lnbmF0dXJl',
    },
  });
const tell = async (at: ScriptedStation, statuses: readonly string[], requestId = 71) => {
  for (const status of statuses) expect(await at.tell('FirmwareStatusNotification', { status, requestId })).toEqual({});
};

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: secure updates', (protocol) => {
  test.each([
    [
      'TC_L_01_CSMS installed',
      ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'InstallRebooting', 'Installed'],
    ],
    [
      'TC_L_02_CSMS installed later',
      ['Downloading', 'Downloaded', 'SignatureVerified', 'InstallScheduled', 'Installing', 'Installed'],
    ],
    [
      'TC_L_03_CSMS fetched later',
      [
        'DownloadScheduled',
        'Downloading',
        'DownloadPaused',
        'Downloading',
        'Downloaded',
        'SignatureVerified',
        'Installed',
      ],
    ],
    ['TC_L_06_CSMS of a wrong signature', ['Downloading', 'Downloaded', 'InvalidSignature']],
    ['TC_L_07_CSMS that cannot be fetched', ['Downloading', 'DownloadFailed']],
    [
      'TC_L_08_CSMS that is not what it should be',
      ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'InstallVerificationFailed'],
    ],
    [
      'TC_L_09_CSMS that cannot be installed',
      ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'InstallationFailed'],
    ],
  ])('%s: every status is kept with its request', async (_name, statuses) => {
    const at = await station({ protocol });
    expect((await update(at)).status).toBe('accepted');
    await tell(at, statuses);
    expect(await chargePoint(at)).toMatchObject({ firmware_status: statuses.at(-1) });
    expect(await requests(at)).toMatchObject([
      {
        kind: 'update',
        request_id: 71,
        signed: true,
        location: 'https://***@firmware.example.com/7.1.0.bin',
        outcome: 'accepted',
        answer: 'Accepted',
        status: statuses.at(-1),
        statuses: statuses.map((status) => ({ status })),
      },
    ]);
  });

  test.each([
    ['TC_L_04_CSMS', 'RevokedCertificate'],
    ['TC_L_05_CSMS', 'InvalidCertificate'],
  ])('%s a station that answers %s takes no update', async (_id, status) => {
    const at = await station({ protocol, answers: { UpdateFirmware: { status } } });
    expect(await update(at)).toMatchObject({ status: 'rejected', result: { status } });
    expect(await requests(at)).toMatchObject([{ outcome: 'rejected', answer: status, status: null }]);
  });

  test('TC_L_10_CSMS a newer update takes the place of the one that is running', async () => {
    const at = await station({ protocol });
    await update(at);
    await tell(at, ['Downloading']);
    at.answer({ UpdateFirmware: { status: 'AcceptedCanceled' } });
    expect((await update(at, 72)).status).toBe('accepted');
    await tell(at, ['Downloading', 'Downloaded'], 72);
    expect(await requests(at)).toMatchObject([
      { request_id: 72, answer: 'AcceptedCanceled', status: 'Downloaded' },
      { request_id: 71, answer: 'Accepted', status: 'Downloading' },
    ]);
  });

  test('TC_L_11_CSMS a station that cannot stop the running one refuses the newer', async () => {
    const at = await station({ protocol });
    await update(at);
    await tell(at, ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing']);
    at.answer({ UpdateFirmware: { status: 'Rejected' } });
    expect((await update(at, 72)).status).toBe('rejected');
    await tell(at, ['Installed']);
    expect(await requests(at)).toMatchObject([
      { request_id: 72, outcome: 'rejected', status: null },
      { request_id: 71, status: 'Installed' },
    ]);
  });

  test('TC_L_13_CSMS a station that charges puts the installation off', async () => {
    const at = await station({ protocol });
    await at.status(1, 'Occupied');
    await update(at);
    await tell(at, ['Downloading', 'Downloaded', 'SignatureVerified', 'InstallScheduled']);
    await at.status(1, 'Available');
    await tell(at, ['Installing', 'Installed']);
    expect(await requests(at)).toMatchObject([{ status: 'Installed' }]);
  });

  test('what it says in its status info is kept; Idle, the answer to a trigger, belongs to no update', async () => {
    const at = await station({ protocol });
    await update(at);
    await at.tell('FirmwareStatusNotification', {
      status: 'DownloadFailed',
      requestId: 71,
      statusInfo: { reasonCode: 'NoSpace', additionalInfo: '3 MB free' },
    });
    expect(await at.tell('FirmwareStatusNotification', { status: 'Idle' })).toEqual({});
    const [row] = await requests(at);
    expect(row?.statuses).toMatchObject([
      { status: 'DownloadFailed', ...(protocol === 'ocpp2.1' ? { info: 'NoSpace: 3 MB free' } : {}) },
    ]);
  });
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: a local controller', (protocol) => {
  const checksum = '9e107d9d372bb6826bd81d3542a419d6';
  const publish = (at: ScriptedStation) =>
    ask(at, 'firmware-publications?wait=true', { location: 'https://firmware.example.com/7.1.0.bin', checksum });
  const said = async (at: ScriptedStation, statuses: readonly string[]) => {
    const { requestId } = (await at.next('PublishFirmware')) as { requestId: number };
    for (const status of statuses) {
      const location =
        status === 'Published' ? { location: ['http://10.0.0.1/7.1.0.bin', 'ftp://10.0.0.1/7.1.0.bin'] } : {};
      expect(await at.tell('PublishFirmwareStatusNotification', { status, requestId, ...location })).toEqual({});
    }
  };
  const withdraw = (at: ScriptedStation) => ask(at, 'firmware-publications/withdraw?wait=true', { checksum });

  test('TC_L_17_CSMS fetches a firmware and offers it', async () => {
    const at = await station({ protocol });
    expect((await publish(at)).status).toBe('accepted');
    await said(at, ['Downloading', 'Downloaded', 'ChecksumVerified', 'Published']);
    expect(await requests(at, '&published=true')).toMatchObject([
      {
        kind: 'publish',
        status: 'Published',
        locations: ['http://10.0.0.1/7.1.0.bin', 'ftp://10.0.0.1/7.1.0.bin'],
        published_at: expect.any(String),
        unpublished_at: null,
      },
    ]);
  });

  test.each([
    ['TC_L_19_CSMS', ['Downloading', 'Downloaded', 'InvalidChecksum']],
    ['TC_L_20_CSMS', ['Downloading', 'Downloaded', 'ChecksumVerified', 'PublishFailed']],
    ['TC_L_24_CSMS', ['Downloading', 'DownloadFailed']],
  ])('%s may fail: %j', async (_id, statuses) => {
    const at = await station({ protocol });
    await publish(at);
    await said(at, statuses);
    expect(await requests(at)).toMatchObject([{ kind: 'publish', status: statuses.at(-1), published_at: null }]);
    expect(await requests(at, '&published=true')).toEqual([]);
  });

  test('TC_L_21_CSMS offers it no more', async () => {
    const at = await station({ protocol, answers: { UnpublishFirmware: { status: 'Unpublished' } } });
    await publish(at);
    await said(at, ['Published']);
    expect((await withdraw(at)).status).toBe('accepted');
    expect(at.asked('UnpublishFirmware')).toEqual([{ checksum }]);
    await until('it is withdrawn', async () => (await requests(at))[0]?.unpublished_at ?? undefined);
    expect(await requests(at, '&published=true')).toEqual([]);
  });

  test('TC_L_22_CSMS has no such firmware', async () => {
    const at = await station({ protocol, answers: { UnpublishFirmware: { status: 'NoFirmware' } } });
    expect(await withdraw(at)).toMatchObject({ status: 'rejected', result: { status: 'NoFirmware' } });
  });

  test('TC_L_23_CSMS goes on while somebody fetches it', async () => {
    const at = await station({ protocol, answers: { UnpublishFirmware: { status: 'DownloadOngoing' } } });
    await publish(at);
    await said(at, ['Published']);
    expect((await withdraw(at)).status).toBe('rejected');
    expect(await requests(at, '&published=true')).toHaveLength(1);
  });
});

test('OCPP 1.6 has no local controllers, and says so', async () => {
  const { id, identity, key } = await app.chargePoint();
  const { scriptedCharger } = await import('../../support/scripted-charger.ts');
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({ status: 'Accepted' }));
  const { status, body } = await app.api<{ error: { message: string } }>(
    'POST',
    `/charge-points/${id}/firmware-publications`,
    { location: 'https://firmware.example.com/7.1.0.bin', checksum: '9e107d9d372bb6826bd81d3542a419d6' },
  );
  expect([status, body.error.message]).toEqual([400, expect.stringContaining('no local controllers')]);
  await charger.close();
});
