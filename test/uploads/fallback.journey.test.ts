/** Chargers that know GetDiagnostics or GetLog, and not both: a file of diagnostics is asked for by what they know. */
import { afterAll, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { type Answering, type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

const app = await startApp();
const chargers: ScriptedCharger[] = [];
afterAll(async () => {
  for (const charger of chargers) await charger.close();
  await app.stop();
});

type Upload = { id: string; status: string; command_id: string; error: { code: string; message: string } | null };
async function asked(body: object, answering: Answering) {
  const chargePoint = await app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, ...chargePoint }, answering);
  chargers.push(charger);
  const answer = await app.api<Upload>('POST', `/charge-points/${chargePoint.id}/diagnostics`, body);
  expect(answer.status).toBe(202);
  const shown = async () => (await app.api<Upload>('GET', `/uploads/${answer.body.id}`)).body;
  return { ...answer.body, charger, shown };
}
const core: Answering = (action) =>
  action === 'GetDiagnostics' ? { fileName: 'diag.zip' } : { callError: 'NotImplemented' };
const secure: Answering = (action) =>
  action === 'GetLog' ? { status: 'Accepted', filename: 'log.zip' } : { callError: 'NotSupported' };
const span = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z', retries: 2, retry_interval_s: 30 };

test('without the security extension GetLog becomes GetDiagnostics, with the same wishes and a new address, and the file comes', async () => {
  const { charger, shown, command_id: first } = await asked({ kind: 'diagnostics_log', ...span }, core);
  const call = await until('it is asked again', () => charger.asked.find(({ action }) => action === 'GetDiagnostics'));
  expect(call.payload).toEqual({
    location: expect.stringContaining('/uploads/'),
    ...{ startTime: span.from, stopTime: span.to, retries: 2, retryInterval: 30 },
  });
  const [log] = charger.asked;
  const old = (log as unknown as { payload: { log: { remoteLocation: string } } }).payload.log.remoteLocation;
  const url = String(call.payload['location']);
  expect((await fetch(old, { method: 'PUT', body: 'to the old address' })).status).toBe(404);
  await charger.call('DiagnosticsStatusNotification', { status: 'Uploading' });
  expect(await shown()).toMatchObject({ status: 'uploading' });
  expect((await fetch(url, { method: 'PUT', body: 'the file' })).status).toBe(201);
  const upload = await shown();
  expect(upload).toMatchObject({ status: 'uploaded', error: null, kind: 'diagnostics_log', size_bytes: 8 });
  expect(upload.command_id).not.toBe(first);
  expect((await app.api('GET', `/commands/${first}`)).body).toMatchObject({
    error: { code: 'charger_error', ocpp_code: 'NotImplemented' },
  });
});

test('GetDiagnostics becomes GetLog with the id of the request', async () => {
  const upload = await asked({}, secure);
  const { payload } = await until('it is asked again', () =>
    upload.charger.asked.find(({ action }) => action === 'GetLog'),
  );
  expect(payload).toMatchObject({
    logType: 'DiagnosticsLog',
    requestId: ((await upload.shown()) as { request_id?: number }).request_id,
  });
  const url = (payload as { log: { remoteLocation: string } }).log.remoteLocation;
  expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(201);
  expect(await upload.shown()).toMatchObject({ status: 'uploaded' });
});

test.each([
  ['knows neither', {}, { callError: 'NotImplemented' }, 2],
  ['has no security events', { kind: 'security_log' }, { callError: 'NotSupported' }, 1],
  [
    'was told an address with credentials',
    { upload_url: 'ftp://u:p@ftp.example/d/' },
    { callError: 'NotSupported' },
    1,
  ],
])('a charger that %s fails the request as not_supported', async (_who, body, answer, calls) => {
  const { charger, shown } = await asked(body, () => answer);
  const failed = await until('it has failed', async () => ((await shown()).status === 'failed' ? shown() : undefined));
  expect(failed.error).toMatchObject({ code: 'not_supported', message: expect.stringContaining('does not know') });
  expect(charger.asked).toHaveLength(calls);
});

test('a charger that declines is not asked again', async () => {
  const { charger, shown } = await asked({ kind: 'diagnostics_log' }, () => ({ status: 'Rejected' }));
  await until('it has failed', async () => (await shown()).status === 'failed');
  expect((await shown()).error?.code).toBe('refused');
  expect(charger.asked).toHaveLength(1);
});
