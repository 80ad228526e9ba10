/** A charger that fails to send its file to a URL of the operator's, tries again as it was asked to, and gets it there. */
import { afterAll, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';

const app = await startApp();
const chargers: ScriptedCharger[] = [];
afterAll(async () => {
  for (const charger of chargers) await charger.close();
  await app.stop();
});

type Upload = { readonly id: string; readonly request_id: number };

test.each([
  ['diagnostics', 'DiagnosticsStatusNotification', 'UploadFailed'],
  ['security_log', 'LogStatusNotification', 'UploadFailure'],
])(
  '%s: the file that came with a retry is uploaded, and an older request is left alone',
  async (kind, action, failure) => {
    const chargePoint = await app.chargePoint();
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, ...chargePoint }, (asked) =>
      asked === 'GetDiagnostics' ? { fileName: 'd.zip' } : { status: 'Accepted', filename: 'd.zip' },
    );
    chargers.push(charger);
    const ask = async () => {
      const body = { kind, upload_url: 'ftp://ftp.example/d/', retries: 3 };
      const { status, body: upload } = await app.api<Upload>(
        'POST',
        `/charge-points/${chargePoint.id}/diagnostics`,
        body,
      );
      expect(status).toBe(202);
      return upload;
    };
    const shown = async ({ id }: Upload) => (await app.api('GET', `/uploads/${id}`)).body;
    const older = await ask();
    const upload = await ask();
    const tell = (status: string) =>
      charger.call(action, { status, ...(kind === 'security_log' && { requestId: upload.request_id }) });

    await tell('Uploading');
    await tell(failure);
    expect(await shown(upload)).toMatchObject({
      ...{ status: 'requested', completed_at: null, charger_status: failure },
      error: { code: 'charger_failed', message: `The charger reports ${failure}` },
    });
    await tell('Uploading');
    await tell('Uploaded');
    expect(await shown(upload)).toMatchObject({ status: 'uploaded', error: null });
    expect(await shown(older)).toMatchObject({ status: 'requested', charger_status: null });
  },
);
