/** Everything that a charging station may send: one handler each, made of what it needs. */
import type { FromCharger } from '../../contract.ts';
import type { V2Needs } from '../needs.ts';
import { authorize } from './authorize.ts';
import { bootNotification } from './boot-notification.ts';
import { dataTransfer } from './data-transfer.ts';
import { firmwareStatusNotification } from './firmware-status-notification.ts';
import { heartbeat } from './heartbeat.ts';
import { logStatusNotification } from './log-status-notification.ts';
import { meterValues } from './meter-values.ts';
import { notifyReport } from './notify-report.ts';
import { publishFirmwareStatusNotification } from './publish-firmware-status-notification.ts';
import { reservationStatusUpdate } from './reservation-status-update.ts';
import { securityEventNotification } from './security-event-notification.ts';
import { signCertificate } from './sign-certificate.ts';
import { statusNotification } from './status-notification.ts';
import { transactionEvent } from './transaction-event.ts';

type Make = (needs: V2Needs) => FromCharger;

/** In 2.0.1 and 2.1. */
export const inBoth: readonly Make[] = [
  authorize,
  bootNotification,
  ({ dataTransfers }) => dataTransfer(dataTransfers),
  firmwareStatusNotification,
  heartbeat,
  logStatusNotification,
  publishFirmwareStatusNotification,
  reservationStatusUpdate,
  securityEventNotification,
  ({ signCertificate: sign }) => signCertificate(sign),
  meterValues,
  notifyReport,
  statusNotification,
  transactionEvent,
];

/** New in 2.1. */
export const since21: readonly Make[] = [];
