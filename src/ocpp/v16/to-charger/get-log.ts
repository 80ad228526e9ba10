/** OCPP 1.6 security extension, GetLog. AcceptedCanceled: an upload that was running gave way to this one. */
import type { ToCharger } from '../../contract.ts';
import { isRecord, readText } from '../../reading.ts';

export const getLog: ToCharger = {
  action: 'GetLog',
  accepted: ({ status }) => status === 'Accepted' || status === 'AcceptedCanceled',
  urls: ({ log }) => (isRecord(log) ? [log['remoteLocation']] : []),
  learn: (_payload, { status, filename }) => ({
    about: 'upload',
    fileName: readText(filename, 255),
    ...(status === 'AcceptedCanceled' && { replaces: true }),
  }),
  example: {
    logType: 'SecurityLog',
    requestId: 12,
    log: { remoteLocation: 'https://csms.example/uploads/' },
    retries: 3,
    retryInterval: 60,
  },
};
