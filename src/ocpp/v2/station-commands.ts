/** Friendly commands for the station itself, its outlets, reservations and files, in the words of OCPP 2.x. */
import type { Call, FriendlyCommand, Outlet, TriggerMessage } from '../../commands/index.ts';
import { groupTokenToWire, idTokenToWire } from './id-token.ts';

type Command<Do extends FriendlyCommand['do']> = Extract<FriendlyCommand, { do: Do }>;

const MESSAGES = {
  boot: 'BootNotification',
  heartbeat: 'Heartbeat',
  status: 'StatusNotification',
  meter_values: 'MeterValues',
  firmware_status: 'FirmwareStatusNotification',
  diagnostics_status: 'LogStatusNotification',
  log_status: 'LogStatusNotification',
  sign_certificate: 'SignChargingStationCertificate',
  transaction: 'TransactionEvent',
  publish_firmware_status: 'PublishFirmwareStatusNotification',
  sign_v2g_certificate: 'SignV2GCertificate',
  sign_v2g20_certificate: 'SignV2G20Certificate',
  sign_combined_certificate: 'SignCombinedCertificate',
  custom: 'CustomTrigger',
} as const satisfies Record<TriggerMessage, string>;

const RESETS = { hard: 'Immediate', soft: 'OnIdle', resume: 'ImmediateAndResume' } as const;

/** B11, B12: OnIdle waits for running transactions, which 1.6's soft reset ends in good order. ImmediateAndResume: 2.1. */
export const reset = ({ kind, evseId }: Command<'reset'>): Call => ({
  action: 'Reset',
  payload: { type: RESETS[kind], ...(evseId ? { evseId } : {}) },
});

/** F05: always one connector; without a word of it, the first of the EVSE. */
export const unlock = (outlet: Command<'unlock'>): Call => {
  const { id: evseId, connectorId = 1 } = placeOf(outlet);
  return { action: 'UnlockConnector', payload: { evseId, connectorId } };
};

/** G03, G04: the station, an EVSE, or one of its connectors. */
export const availability = (command: Command<'availability'>): Call => {
  const place = placeOf(command);
  return {
    action: 'ChangeAvailability',
    payload: {
      operationalStatus: command.operative ? 'Operative' : 'Inoperative',
      ...(place.id === 0 ? {} : { evse: place }),
    },
  };
};

/** F06. undefined: no place is named, and FR.12 has a StatusNotification of a connector only. */
export function trigger({ message, custom, evseId, connectorId }: Command<'trigger'>): Call | undefined {
  const outlet: Outlet = evseId === undefined ? { connectorId: connectorId ?? 0 } : { evseId, connectorId };
  const place = placeOf(outlet);
  const requestedMessage = MESSAGES[message];
  if (message === 'status') {
    if (place.id === 0) return undefined;
    return {
      action: 'TriggerMessage',
      payload: { requestedMessage, evse: { id: place.id, connectorId: place.connectorId ?? 1 } },
    };
  }
  return {
    action: 'TriggerMessage',
    payload: {
      requestedMessage,
      ...(place.id === 0 ? {} : { evse: place }),
      ...(custom === undefined ? {} : { customTrigger: custom }),
    },
  };
}

/** H01. Without an EVSE: any (2.0.1 H01.FR.07), or any with that type of connector. */
export const reserve = (command: Command<'reserve'>): Call => {
  const { ocppId, connectorId, tokenUid, tokenKind, parentIdTag, connectorType, expiresAt } = command;
  return {
    action: 'ReserveNow',
    payload: {
      id: ocppId,
      expiryDateTime: expiresAt.toISOString(),
      idToken: idTokenToWire(tokenUid, tokenKind),
      ...(connectorId === 0 ? {} : { evseId: connectorId }),
      ...(connectorType === undefined ? {} : { connectorType }),
      ...(parentIdTag === undefined ? {} : { groupIdToken: groupTokenToWire(parentIdTag) }),
    },
  };
};

const LOGS = {
  diagnostics: 'DiagnosticsLog',
  diagnostics_log: 'DiagnosticsLog',
  security_log: 'SecurityLog',
  data_collector_log: 'DataCollectorLog', // 2.1
} as const satisfies Record<Command<'upload'>['kind'], string>;

/** N01 */
export const upload = ({ kind, requestId, url, from, to, retries, retryIntervalS }: Command<'upload'>): Call => ({
  action: 'GetLog',
  payload: {
    logType: LOGS[kind],
    requestId,
    ...(retries !== undefined && { retries }),
    ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }),
    log: {
      remoteLocation: url,
      ...(from !== undefined && { oldestTimestamp: from.toISOString() }),
      ...(to !== undefined && { latestTimestamp: to.toISOString() }),
    },
  },
});

/** L01: signed; L02: as it is. */
export const updateFirmware = (command: Command<'update_firmware'>): Call => {
  const { requestId, location, retrieveAt, installAt, signed, retries, retryIntervalS } = command;
  return {
    action: 'UpdateFirmware',
    payload: {
      requestId,
      ...(retries !== undefined && { retries }),
      ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }),
      firmware: {
        location,
        retrieveDateTime: retrieveAt.toISOString(),
        ...(installAt !== undefined && { installDateTime: installAt.toISOString() }),
        ...(signed !== undefined && { signingCertificate: signed.certificate, signature: signed.signature }),
      },
    },
  };
};

/** L03: a local controller fetches it once, for the stations behind it. */
export const publishFirmware = (command: Command<'publish_firmware'>): Call => {
  const { requestId, location, checksum, retries, retryIntervalS } = command;
  return {
    action: 'PublishFirmware',
    payload: {
      requestId,
      location,
      checksum,
      ...(retries !== undefined && { retries }),
      ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }),
    },
  };
};

/** N09, N10: the person is named in one way. */
export function customerInformation(command: Command<'customer_information'>): Call {
  const { requestId, report, clear, subject } = command;
  const payload = { requestId, report, clear };
  switch (subject.by) {
    case 'identifier':
      return { action: 'CustomerInformation', payload: { ...payload, customerIdentifier: subject.identifier } };
    case 'token':
      return {
        action: 'CustomerInformation',
        payload: { ...payload, idToken: idTokenToWire(subject.uid, subject.kind) },
      };
    case 'certificate':
      return { action: 'CustomerInformation', payload: { ...payload, customerCertificate: { ...subject.hash } } };
  }
}

/** 2.1 S02 */
export const requestBatterySwap = ({ requestId, tokenUid, tokenType }: Command<'request_battery_swap'>): Call => ({
  action: 'RequestBatterySwap',
  payload: { requestId, idToken: idTokenToWire(tokenUid, tokenType) },
});

/** P01: data is any JSON here. */
export const dataTransfer = ({ vendorId, messageId, data }: Command<'data_transfer'>): Call => ({
  action: 'DataTransfer',
  payload: { vendorId, ...(messageId !== undefined && { messageId }), ...(data !== undefined && { data }) },
});

/** EVSEType of an outlet; id 0: the whole station. */
function placeOf(outlet: Outlet): { readonly id: number; readonly connectorId?: number } {
  if (outlet.evseId === undefined) return { id: outlet.connectorId };
  return outlet.connectorId === undefined
    ? { id: outlet.evseId }
    : { id: outlet.evseId, connectorId: outlet.connectorId };
}
