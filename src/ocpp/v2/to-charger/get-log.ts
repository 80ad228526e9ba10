/** OCPP 2.0.1 N01: GetLog. AcceptedCanceled: an upload that was running gave way to this one (N01.FR.12). */
import type { ToCharger } from '../../contract.ts';
import { isRecord, readText } from '../../reading.ts';

export const getLog: ToCharger = {
  action: 'GetLog',
  accepted: ({ status }) => status === 'Accepted' || status === 'AcceptedCanceled',
  urls: ({ log }) => [isRecord(log) ? log['remoteLocation'] : undefined],
  learn: (_payload, { status, filename }) => ({
    about: 'upload',
    fileName: readText(filename, 255),
    ...(status === 'AcceptedCanceled' && { replaces: true }),
  }),
  example: {
    logType: 'DiagnosticsLog',
    requestId: 1,
    log: { remoteLocation: 'https://logs.example.com/uploads/1' },
  },
};
