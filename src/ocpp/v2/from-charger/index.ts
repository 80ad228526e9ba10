/** Everything that a charging station may send: one handler each, made of what it needs. */
import type { FromCharger } from '../../contract.ts';
import { dataTransfer } from '../../from-charger/data-transfer.ts';
import { heartbeat } from '../../from-charger/heartbeat.ts';
import { securityEventNotification } from '../../from-charger/security-event-notification.ts';
import type { V2Needs } from '../needs.ts';
import { authorize } from './authorize.ts';
import { batterySwap } from './battery-swap.ts';
import { bootNotification } from './boot-notification.ts';
import { clearedChargingLimit } from './cleared-charging-limit.ts';
import { closePeriodicEventStream } from './close-periodic-event-stream.ts';
import { firmwareStatusNotification } from './firmware-status-notification.ts';
import { get15118EvCertificate } from './get-15118-ev-certificate.ts';
import { getCertificateChainStatus } from './get-certificate-chain-status.ts';
import { getCertificateStatus } from './get-certificate-status.ts';
import { logStatusNotification } from './log-status-notification.ts';
import { meterValues } from './meter-values.ts';
import { notifyChargingLimit } from './notify-charging-limit.ts';
import { notifyCustomerInformation } from './notify-customer-information.ts';
import { notifyDerAlarm } from './notify-der-alarm.ts';
import { notifyDerStartStop } from './notify-der-start-stop.ts';
import { notifyDisplayMessages } from './notify-display-messages.ts';
import { notifyEvChargingNeeds } from './notify-ev-charging-needs.ts';
import { notifyEvChargingSchedule } from './notify-ev-charging-schedule.ts';
import { notifyEvent } from './notify-event.ts';
import { notifyMonitoringReport } from './notify-monitoring-report.ts';
import { notifyPeriodicEventStream } from './notify-periodic-event-stream.ts';
import { notifyPriorityCharging } from './notify-priority-charging.ts';
import { notifyReport } from './notify-report.ts';
import { notifySettlement } from './notify-settlement.ts';
import { openPeriodicEventStream } from './open-periodic-event-stream.ts';
import { publishFirmwareStatusNotification } from './publish-firmware-status-notification.ts';
import { pullDynamicScheduleUpdate } from './pull-dynamic-schedule-update.ts';
import { reportChargingProfiles } from './report-charging-profiles.ts';
import { reportDerControl } from './report-der-control.ts';
import { reservationStatusUpdate } from './reservation-status-update.ts';
import { signCertificate } from './sign-certificate.ts';
import { statusNotification } from './status-notification.ts';
import { transactionEvent } from './transaction-event.ts';
import { vatNumberValidation } from './vat-number-validation.ts';

type Make = (needs: V2Needs) => FromCharger;

/** In 2.0.1 and 2.1. */
export const inBoth: readonly Make[] = [
  authorize,
  bootNotification,
  clearedChargingLimit,
  ({ dataTransfers }) => dataTransfer(dataTransfers),
  firmwareStatusNotification,
  ({ iso15118, protocol }) => get15118EvCertificate(iso15118, protocol),
  ({ iso15118, protocol }) => getCertificateStatus(iso15118, protocol),
  heartbeat,
  logStatusNotification,
  notifyCustomerInformation,
  notifyDisplayMessages,
  publishFirmwareStatusNotification,
  reservationStatusUpdate,
  securityEventNotification,
  ({ signCertificate: sign }) => signCertificate(sign),
  meterValues,
  notifyEvent,
  notifyMonitoringReport,
  notifyReport,
  notifyChargingLimit,
  notifyEvChargingNeeds,
  notifyEvChargingSchedule,
  reportChargingProfiles,
  statusNotification,
  transactionEvent,
];

/** New in 2.1. */
export const since21: readonly Make[] = [
  ({ iso15118, clock }) => getCertificateChainStatus(iso15118, clock),
  closePeriodicEventStream,
  notifyPeriodicEventStream,
  openPeriodicEventStream,
  notifyDerAlarm,
  notifyDerStartStop,
  notifyPriorityCharging,
  pullDynamicScheduleUpdate,
  reportDerControl,
  batterySwap,
  notifySettlement,
  ({ validateVat }) => vatNumberValidation(validateVat),
];
