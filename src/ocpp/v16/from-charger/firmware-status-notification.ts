/** OCPP 1.6 §4.5 FirmwareStatusNotification: how the update that UpdateFirmware asked for goes. */
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { transferStatusNotification } from '../../transfer-status.ts';
import { readFirmwareStatus } from '../words.ts';

export const firmwareStatusNotification = (needs: Pick<Needs, 'door'>): FromCharger =>
  transferStatusNotification(needs, {
    action: 'FirmwareStatusNotification',
    type: 'firmware_status_reported',
    read: readFirmwareStatus,
  });
