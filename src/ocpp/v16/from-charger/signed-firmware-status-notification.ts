/** OCPP 1.6 security extension, SignedFirmwareStatusNotification: how the update that SignedUpdateFirmware asked for goes. */
import { readFirmwareStatus, readRequestId } from '../../common-words.ts';
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { transferStatusNotification } from '../../transfer-status.ts';

export const signedFirmwareStatusNotification = (needs: Pick<Needs, 'door'>): FromCharger =>
  transferStatusNotification(needs, {
    action: 'SignedFirmwareStatusNotification',
    type: 'firmware_status_reported',
    read: readFirmwareStatus,
    more: ({ requestId }) => ({ requestId: readRequestId(requestId) }),
  });
