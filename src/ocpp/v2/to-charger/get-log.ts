/** OCPP 2.0.1 N01: GetLog. */
import type { ToCharger } from '../../contract.ts';
import { isRecord } from '../../reading.ts';

export const getLog: ToCharger = {
  action: 'GetLog',
  accepted: ({ status }) => status === 'Accepted' || status === 'AcceptedCanceled',
  urls: ({ log }) => [isRecord(log) ? log['remoteLocation'] : undefined],
  example: {
    logType: 'DiagnosticsLog',
    requestId: 1,
    log: { remoteLocation: 'https://logs.example.com/uploads/1' },
  },
};
