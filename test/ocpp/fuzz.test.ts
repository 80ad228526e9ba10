import { createV16 } from '../../src/ocpp/v16/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { fuzz } from '../support/fuzz.ts';

const at = '2026-01-01T00:00:00Z';
const right: readonly [string, unknown][] = [
  ['BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }],
  ['Heartbeat', {}],
  ['Authorize', { idTag: 'TAG' }],
  ['StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 100, timestamp: at }],
  ['StopTransaction', { transactionId: 1, meterStop: 5, timestamp: at, reason: 'Local', transactionData: [] }],
  ['StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: at }],
  ['MeterValues', { connectorId: 1, meterValue: [{ timestamp: at, sampledValue: [{ value: '1', unit: 'Wh' }] }] }],
  ['DataTransfer', { vendorId: 'V', data: 'x' }],
  ['DiagnosticsStatusNotification', { status: 'Uploading' }],
  ['FirmwareStatusNotification', { status: 'Installed' }],
  ['LogStatusNotification', { status: 'Uploaded', requestId: 1 }],
  ['SecurityEventNotification', { type: 'InvalidMessages', timestamp: at, techInfo: 'x' }],
  ['SignCertificate', { csr: '-----BEGIN CERTIFICATE REQUEST-----' }],
  ['SignedFirmwareStatusNotification', { status: 'Installing', requestId: 1 }],
  ['Reset', { type: 'Soft' }],
  ['NoSuchAction', { a: 1 }],
];

fuzz({
  protocol: 'ocpp1.6',
  right,
  serve: (submit) =>
    createV16({ submit, newId, clock: { now: () => new Date() }, nextTransactionId: () => Promise.resolve(4711) }),
});
