/** Block N of OCA's 2.0.1 tests for a CSMS, as far as it is about logs. In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask, chargePoint } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

type Upload = {
  readonly id: string;
  readonly status: string;
  readonly kind: string;
  readonly request_id: number;
  readonly charger_status: string | null;
  readonly error: { readonly code: string } | null;
  readonly file_name: string | null;
  readonly size_bytes: number | null;
};
type Asked = {
  readonly logType: string;
  readonly requestId: number;
  readonly log: { readonly remoteLocation: string; readonly oldestTimestamp?: string };
};
const get = async (id: string) => (await app.api<Upload>('GET', `/uploads/${id}`)).body;
const becomes = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => {
    const row = await get(id);
    return row.status === status ? row : undefined;
  });
const log = (at: ScriptedStation, kind: string, more: object = {}) => ask<Upload>(at, 'diagnostics', { kind, ...more });
const tell = (at: ScriptedStation, status: string, requestId?: number) =>
  at.tell('LogStatusNotification', { status, ...(requestId === undefined ? {} : { requestId }) });
async function send(url: string, content: string): Promise<number> {
  return (await fetch(url, { method: 'PUT', body: content })).status;
}

const accepted = { GetLog: { status: 'Accepted', filename: 'log.txt' } };

describe.each([
  ['ocpp2.0.1', 'TC_N_25_CSMS', 'diagnostics', 'DiagnosticsLog'],
  ['ocpp2.0.1', 'TC_N_35_CSMS', 'security_log', 'SecurityLog'],
  ['ocpp2.1', 'TC_N_25_CSMS', 'diagnostics_log', 'DiagnosticsLog'],
  ['ocpp2.1', 'TC_N_35_CSMS', 'security_log', 'SecurityLog'],
  ['ocpp2.1', 'TC_N_100_CSMS', 'data_collector_log', 'DataCollectorLog'],
] as const)('%s', (protocol, number, kind, logType) => {
  test(`${number} a ${logType} is asked for, sent, and can be downloaded`, async () => {
    const at = await station({ protocol, answers: accepted });
    const { id } = await log(at, kind, { from: '2026-11-25T00:00:00Z' });
    const asked = (await at.next('GetLog')) as Asked;
    expect(asked).toMatchObject({ logType, log: { oldestTimestamp: '2026-11-25T00:00:00.000Z' } });
    expect(await tell(at, 'Uploading', asked.requestId)).toEqual({});
    expect(await get(id)).toMatchObject({ status: 'uploading', charger_status: 'Uploading' });
    expect(await send(asked.log.remoteLocation, 'line 1\n')).toBe(201);
    expect(await tell(at, 'Uploaded', asked.requestId)).toEqual({});
    expect(await becomes(id, 'uploaded')).toMatchObject({ kind, file_name: 'log.txt', size_bytes: 7 });
    expect(await chargePoint(at)).toMatchObject({ diagnostics_status: 'Uploaded' });
  });
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  test('TC_N_34_CSMS a station that refuses sends nothing', async () => {
    const at = await station({ protocol, answers: { GetLog: { status: 'Rejected' } } });
    const { id } = await log(at, 'diagnostics');
    expect(await becomes(id, 'failed')).toMatchObject({ error: { code: 'refused' } });
    const { log: where } = (await at.next('GetLog')) as Asked;
    expect(await send(where.remoteLocation, 'too late')).toBe(410);
  });

  test('TC_N_36_CSMS a second request takes the place of the first', async () => {
    const at = await station({ protocol, answers: accepted });
    const first = await log(at, 'diagnostics');
    const { requestId } = (await at.next('GetLog')) as Asked;
    await tell(at, 'Uploading', requestId);
    at.answer({ GetLog: { status: 'AcceptedCanceled', filename: 'second.txt' } });
    const second = await log(at, 'security_log');
    const asked = (await at.next('GetLog', 1)) as Asked;
    expect(await becomes(first.id, 'failed')).toMatchObject({ error: { code: 'superseded' } });
    expect(await tell(at, 'AcceptedCanceled', requestId)).toEqual({});
    expect(await send(asked.log.remoteLocation, 'second')).toBe(201);
    expect(await becomes(second.id, 'uploaded')).toMatchObject({ file_name: 'second.txt' });
    expect(await get(first.id)).toMatchObject({ status: 'failed' });
  });

  test('AcceptedCanceled alone, told of the older request, ends that one', async () => {
    const at = await station({ protocol, answers: accepted });
    const first = await log(at, 'diagnostics');
    const { requestId } = (await at.next('GetLog')) as Asked;
    await tell(at, 'AcceptedCanceled', requestId);
    expect(await becomes(first.id, 'failed')).toMatchObject({
      error: { code: 'superseded' },
      charger_status: 'AcceptedCanceled',
    });
  });

  test.each(['BadMessage', 'NotSupportedOperation', 'PermissionDenied', 'UploadFailure'])(
    'an upload that ends with %s has failed',
    async (status) => {
      const at = await station({ protocol, answers: accepted });
      const { id } = await log(at, 'diagnostics');
      const { requestId } = (await at.next('GetLog')) as Asked;
      // Of another request, and of none: that is not this one.
      await tell(at, status, requestId === 1 ? 2 : requestId - 1);
      await tell(at, 'Idle');
      expect((await get(id)).status).toBe('requested');
      await tell(at, status, requestId);
      expect(await becomes(id, 'failed')).toMatchObject({
        error: { code: 'charger_failed' },
        charger_status: status,
      });
    },
  );
});

test('OCPP 2.0.1 has no DataCollectorLog', async () => {
  const at = await station({ protocol: 'ocpp2.0.1' });
  const { status, body } = await app.api<{ error: { message: string } }>(
    'POST',
    `/charge-points/${at.id}/diagnostics`,
    {
      kind: 'data_collector_log',
    },
  );
  expect([status, body.error.message]).toEqual([400, expect.stringContaining('logType')]);
});

test.each(['TC_N_102_CSMS', 'TC_N_102_2_CSMS'])(
  '%s where an operator wants the file: with name and password, which are shown nowhere',
  async () => {
    const at = await station({ protocol: 'ocpp2.1', answers: accepted });
    const url = 'https://log:hush@files.example.com/in/';
    const upload = await log(at, 'diagnostics', { upload_url: url });
    const asked = (await at.next('GetLog')) as Asked;
    expect(asked.log.remoteLocation).toBe(url);
    expect(JSON.stringify(upload)).not.toContain('hush');
    await tell(at, 'Uploaded', asked.requestId);
    expect(await becomes(upload.id, 'uploaded')).toMatchObject({ charger_status: 'Uploaded' });
  },
);
