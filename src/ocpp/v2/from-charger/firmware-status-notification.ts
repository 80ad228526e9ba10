/** OCPP 2.0.1 L01, L02 FirmwareStatusNotification: fourteen statuses, in any order, passed on as said. */
import { readFirmwareStatus, readRequestId } from '../../common-words.ts';
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { transferStatusNotification } from '../../transfer-status.ts';
import { readStatusInfo } from '../fields.ts';

export const firmwareStatusNotification = (needs: Pick<Needs, 'door'>): FromCharger =>
  transferStatusNotification(needs, {
    action: 'FirmwareStatusNotification',
    type: 'firmware_status_reported',
    read: readFirmwareStatus,
    more: ({ requestId, statusInfo }) => ({ requestId: readRequestId(requestId), info: readStatusInfo(statusInfo) }),
  });
