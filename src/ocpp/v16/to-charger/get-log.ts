/** OCPP 1.6 security extension, GetLog. AcceptedCanceled: an upload that was running gave way to this one. */
import type { ToCharger } from '../../contract.ts';

export const getLog: ToCharger = {
  action: 'GetLog',
  accepted: ({ status }) => status === 'Accepted' || status === 'AcceptedCanceled',
  example: {
    logType: 'SecurityLog',
    requestId: 12,
    log: { remoteLocation: 'https://csms.example/uploads/' },
    retries: 3,
    retryInterval: 60,
  },
};
