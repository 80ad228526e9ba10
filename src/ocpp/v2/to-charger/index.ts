/** Everything that OCPP 2.0.1, and beyond it 2.1, let us ask of a charging station. */
import type { ToCharger } from '../../contract.ts';
import { adjustPeriodicEventStream } from './adjust-periodic-event-stream.ts';
import { afrrSignal } from './afrr-signal.ts';
import { cancelReservation } from './cancel-reservation.ts';
import { certificateSigned } from './certificate-signed.ts';
import { changeAvailability } from './change-availability.ts';
import { changeTransactionTariff } from './change-transaction-tariff.ts';
import { clearCache } from './clear-cache.ts';
import { clearChargingProfile } from './clear-charging-profile.ts';
import { clearDerControl } from './clear-der-control.ts';
import { clearDisplayMessage } from './clear-display-message.ts';
import { clearTariffs } from './clear-tariffs.ts';
import { clearVariableMonitoring } from './clear-variable-monitoring.ts';
import { costUpdated } from './cost-updated.ts';
import { customerInformation } from './customer-information.ts';
import { dataTransfer } from './data-transfer.ts';
import { deleteCertificate } from './delete-certificate.ts';
import { getBaseReport } from './get-base-report.ts';
import { getChargingProfiles } from './get-charging-profiles.ts';
import { getCompositeSchedule } from './get-composite-schedule.ts';
import { getDerControl } from './get-der-control.ts';
import { getDisplayMessages } from './get-display-messages.ts';
import { getInstalledCertificateIds } from './get-installed-certificate-ids.ts';
import { getLocalListVersion } from './get-local-list-version.ts';
import { getLog } from './get-log.ts';
import { getMonitoringReport } from './get-monitoring-report.ts';
import { getPeriodicEventStream } from './get-periodic-event-stream.ts';
import { getReport } from './get-report.ts';
import { getTariffs } from './get-tariffs.ts';
import { getTransactionStatus } from './get-transaction-status.ts';
import { getVariables } from './get-variables.ts';
import { installCertificate } from './install-certificate.ts';
import { notifyAllowedEnergyTransfer } from './notify-allowed-energy-transfer.ts';
import { notifyWebPaymentStarted } from './notify-web-payment-started.ts';
import { publishFirmware } from './publish-firmware.ts';
import { requestBatterySwap } from './request-battery-swap.ts';
import { requestStartTransaction } from './request-start-transaction.ts';
import { requestStopTransaction } from './request-stop-transaction.ts';
import { reserveNow } from './reserve-now.ts';
import { reset } from './reset.ts';
import { sendLocalList } from './send-local-list.ts';
import { setChargingProfile } from './set-charging-profile.ts';
import { setDefaultTariff } from './set-default-tariff.ts';
import { setDerControl } from './set-der-control.ts';
import { setDisplayMessage } from './set-display-message.ts';
import { setMonitoringBase } from './set-monitoring-base.ts';
import { setMonitoringLevel } from './set-monitoring-level.ts';
import { setNetworkProfile } from './set-network-profile.ts';
import { setVariableMonitoring } from './set-variable-monitoring.ts';
import { setVariables } from './set-variables.ts';
import { triggerMessage } from './trigger-message.ts';
import { unlockConnector } from './unlock-connector.ts';
import { unpublishFirmware } from './unpublish-firmware.ts';
import { updateDynamicSchedule } from './update-dynamic-schedule.ts';
import { updateFirmware } from './update-firmware.ts';
import { usePriorityCharging } from './use-priority-charging.ts';

/** In 2.0.1 and 2.1. */
export const inBoth: readonly ToCharger[] = [
  cancelReservation,
  certificateSigned,
  changeAvailability,
  clearCache,
  clearChargingProfile,
  clearDisplayMessage,
  clearVariableMonitoring,
  costUpdated,
  customerInformation,
  dataTransfer,
  deleteCertificate,
  getBaseReport,
  getChargingProfiles,
  getCompositeSchedule,
  getDisplayMessages,
  getInstalledCertificateIds,
  getLocalListVersion,
  getLog,
  getMonitoringReport,
  getReport,
  getTransactionStatus,
  getVariables,
  installCertificate,
  publishFirmware,
  requestStartTransaction,
  requestStopTransaction,
  reserveNow,
  reset,
  sendLocalList,
  setChargingProfile,
  setDisplayMessage,
  setMonitoringBase,
  setMonitoringLevel,
  setNetworkProfile,
  setVariableMonitoring,
  setVariables,
  triggerMessage,
  unlockConnector,
  unpublishFirmware,
  updateFirmware,
];

/** New in 2.1. */
export const since21: readonly ToCharger[] = [
  afrrSignal,
  adjustPeriodicEventStream,
  changeTransactionTariff,
  clearDerControl,
  clearTariffs,
  getDerControl,
  getPeriodicEventStream,
  getTariffs,
  notifyAllowedEnergyTransfer,
  notifyWebPaymentStarted,
  requestBatterySwap,
  setDerControl,
  setDefaultTariff,
  updateDynamicSchedule,
  usePriorityCharging,
];
