/** OCPP 1.6 security extension, LogStatusNotification: how the upload that GetLog asked for goes. */
import { readLogStatus, readRequestId } from '../../common-words.ts';
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { transferStatusNotification } from '../../transfer-status.ts';

export const logStatusNotification = (needs: Pick<Needs, 'door'>): FromCharger =>
  transferStatusNotification(needs, {
    action: 'LogStatusNotification',
    type: 'diagnostics_status_reported',
    read: readLogStatus,
    more: ({ requestId }) => ({ requestId: readRequestId(requestId) }),
  });
