/** What every version can be asked, in the words of OCPP 1.6. Whether the values fit is for the schema to say. */
import type { Call, FriendlyCommand, Outlet, TriggerMessage } from '../../commands/index.ts';
import { rootToWire } from './certificate-words.ts';
import { isSayable, profileToWire, purposeToWire } from './charging-profile.ts';
import { showCost, showPrice } from './cost-messages.ts';

/** §5.17 TriggerMessage, and what only the security extension's ExtendedTriggerMessage can ask for. */
const MESSAGES = {
  boot: 'BootNotification',
  heartbeat: 'Heartbeat',
  status: 'StatusNotification',
  meter_values: 'MeterValues',
  firmware_status: 'FirmwareStatusNotification',
  diagnostics_status: 'DiagnosticsStatusNotification',
} as const satisfies Partial<Record<TriggerMessage, string>>;
const EXTENDED_MESSAGES = {
  log_status: 'LogStatusNotification',
  sign_certificate: 'SignChargePointCertificate',
} as const satisfies Partial<Record<TriggerMessage, string>>;

/** undefined: OCPP 1.6 cannot be asked for it, see {@link whyNot}. */
export function friendly(command: FriendlyCommand): Call | undefined {
  const connector = (id: number | undefined) => (id === undefined ? {} : { connectorId: id });
  switch (command.do) {
    case 'start':
      return {
        action: 'RemoteStartTransaction',
        payload: {
          ...connector(command.connectorId),
          idTag: command.tokenUid,
          ...(command.profile !== undefined && { chargingProfile: profileToWire(command.profile) }),
        },
      };
    case 'stop':
      return { action: 'RemoteStopTransaction', payload: { transactionId: command.transactionId } };
    case 'show_cost':
      return showCost(command);
    case 'show_price':
      return showPrice(command);
    case 'reset':
      if (command.kind === 'resume' || command.evseId) return undefined;
      return { action: 'Reset', payload: { type: command.kind === 'hard' ? 'Hard' : 'Soft' } };
    case 'unlock': {
      const connectorId = outletOf(command);
      return connectorId === undefined ? undefined : { action: 'UnlockConnector', payload: { connectorId } };
    }
    case 'set_charging_profile': {
      const { profile } = command;
      if (!isSayable(profile)) return undefined;
      const csChargingProfiles = profileToWire(profile);
      return { action: 'SetChargingProfile', payload: { connectorId: profile.connectorId, csChargingProfiles } };
    }
    case 'clear_charging_profiles': {
      const { profileId, connectorId, purpose, stackLevel } = command.criteria;
      if (purpose !== undefined && purposeToWire(purpose) === undefined) return undefined;
      return {
        action: 'ClearChargingProfile',
        payload: {
          ...(profileId !== undefined && { id: profileId }),
          ...connector(connectorId),
          ...(purpose !== undefined && { chargingProfilePurpose: purposeToWire(purpose) }),
          ...(stackLevel !== undefined && { stackLevel }),
        },
      };
    }
    case 'composite_schedule': {
      const { connectorId, durationS: duration, unit } = command;
      const payload = { connectorId, duration, ...(unit !== undefined && { chargingRateUnit: unit }) };
      return { action: 'GetCompositeSchedule', payload };
    }
    case 'availability': {
      const connectorId = outletOf(command);
      if (connectorId === undefined) return undefined;
      const type = command.operative ? 'Operative' : 'Inoperative';
      return { action: 'ChangeAvailability', payload: { connectorId, type } };
    }
    case 'clear_cache':
      return { action: 'ClearCache', payload: {} };
    case 'read_configuration':
      return { action: 'GetConfiguration', payload: command.keys === undefined ? {} : { key: [...command.keys] } };
    case 'change_configuration': {
      // §5.3: one at a time.
      const [only, ...more] = command.settings;
      if (only === undefined || more.length > 0) return undefined;
      return { action: 'ChangeConfiguration', payload: { key: only.key, value: only.value } };
    }
    case 'reserve': {
      const { connectorId, expiresAt, tokenUid, parentIdTag, ocppId } = command;
      if (command.connectorType !== undefined) return undefined;
      const parent = parentIdTag === undefined ? {} : { parentIdTag };
      return {
        action: 'ReserveNow',
        payload: {
          connectorId,
          expiryDate: expiresAt.toISOString(),
          idTag: tokenUid,
          ...parent,
          reservationId: ocppId,
        },
      };
    }
    case 'cancel_reservation':
      return { action: 'CancelReservation', payload: { reservationId: command.ocppId } };
    case 'local_list_version':
      return { action: 'GetLocalListVersion', payload: {} };
    case 'send_local_list': {
      const put = command.put.map(({ uid, status, expiresAt, parentIdTag }) => ({
        idTag: uid,
        idTagInfo: {
          status,
          ...(expiresAt !== null && { expiryDate: expiresAt.toISOString() }),
          ...(parentIdTag !== null && { parentIdTag }),
        },
      }));
      const removed = command.removed.map(({ uid: idTag }) => ({ idTag }));
      return {
        action: 'SendLocalList',
        payload: {
          listVersion: command.version,
          updateType: command.full ? 'Full' : 'Differential',
          localAuthorizationList: [...removed, ...put],
        },
      };
    }
    case 'data_transfer': {
      const { vendorId, messageId, data } = command;
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      const optional = { ...(messageId !== undefined && { messageId }), ...(data !== undefined && { data: text }) };
      return { action: 'DataTransfer', payload: { vendorId, ...optional } };
    }
    case 'trigger': {
      const { message, connectorId, evseId } = command;
      const place = evseId === undefined ? connectorId : outletOf({ evseId, connectorId });
      if (evseId !== undefined && place === undefined) return undefined;
      return triggered(MESSAGES, 'TriggerMessage') ?? triggered(EXTENDED_MESSAGES, 'ExtendedTriggerMessage');

      function triggered(words: Partial<Record<TriggerMessage, string>>, action: string): Call | undefined {
        const requestedMessage = words[message];
        return requestedMessage === undefined
          ? undefined
          : { action, payload: { requestedMessage, ...connector(place) } };
      }
    }
    case 'device':
      return undefined;
    case 'certificate_signed':
      if (command.use !== 'charge_point') return undefined;
      return { action: 'CertificateSigned', payload: { certificateChain: command.chain } };
    case 'install_certificate': {
      const certificateType = rootToWire(command.type);
      if (certificateType === undefined) return undefined;
      return { action: 'InstallCertificate', payload: { certificateType, certificate: command.certificate } };
    }
    case 'list_certificates': {
      // One type a request; 2.x lists several.
      const [type, ...more] = command.types ?? [];
      const certificateType = type === undefined || type === 'v2g_chain' ? undefined : rootToWire(type);
      if (certificateType === undefined || more.length > 0) return undefined;
      return { action: 'GetInstalledCertificateIds', payload: { certificateType } };
    }
    case 'delete_certificate':
      return { action: 'DeleteCertificate', payload: { certificateHashData: { ...command.hash } } };
    case 'upload':
      return upload(command);
    case 'update_firmware':
      return updateFirmware(command);
    case 'publish_firmware':
    case 'unpublish_firmware':
    case 'transaction_status':
    case 'report_charging_profiles':
    case 'update_dynamic_profile':
    case 'priority_charging':
    case 'allow_energy_transfer':
    case 'afrr_signal':
    case 'set_der_control':
    case 'clear_der_controls':
    case 'report_der_controls':
    case 'set_default_tariff':
    case 'change_tariff':
    case 'read_tariffs':
    case 'clear_tariffs':
    case 'customer_information':
    case 'request_battery_swap':
    case 'web_payment_started':
    case 'set_display_message':
    case 'clear_display_message':
    case 'get_display_messages':
      return undefined;
  }
}

/** Of an outlet its one number; undefined: it is named as a second connector of an EVSE, which 1.6 does not have. */
function outletOf({ evseId, connectorId }: Outlet): number | undefined {
  if (evseId === undefined) return connectorId;
  return connectorId === undefined || connectorId === evseId ? evseId : undefined;
}

const NUMBERS_ONLY = 'OCPP 1.6 numbers connectors only: leave evse_id out, or let connector_id be the same number';

const SINCE_21: ReadonlySet<FriendlyCommand['do']> = new Set([
  'update_dynamic_profile',
  'priority_charging',
  'allow_energy_transfer',
  'afrr_signal',
  'set_der_control',
  'clear_der_controls',
  'report_der_controls',
  'set_default_tariff',
  'change_tariff',
  'read_tariffs',
  'clear_tariffs',
]);

/** Why {@link friendly} has no words for this; undefined: there is nothing to add. */
export function whyNot(command: FriendlyCommand): string | undefined {
  if (command.do === 'reset')
    return command.kind === 'resume'
      ? 'OCPP 1.6 cannot resume sessions after a reset'
      : 'OCPP 1.6 resets the whole charge point only';
  if (command.do === 'unlock' || command.do === 'availability') return NUMBERS_ONLY;
  if (command.do === 'reserve') return 'OCPP 1.6 cannot reserve by connector type';
  if (command.do === 'trigger') return `OCPP 1.6 cannot be asked for ${command.message} there`;
  if (command.do === 'upload') return `OCPP 1.6 has no ${command.kind}`;
  if (command.do === 'report_charging_profiles') return 'OCPP 1.6 cannot report charging profiles';
  if (command.do === 'set_charging_profile' || command.do === 'clear_charging_profiles')
    return 'OCPP 1.6 has no such purpose or kind of charging profiles';
  if (SINCE_21.has(command.do)) return 'It needs OCPP 2.1';
  if (command.do === 'publish_firmware' || command.do === 'unpublish_firmware')
    return 'OCPP 1.6 has no local controllers that publish firmware';
  if (command.do === 'update_firmware') return 'OCPP 1.6 is told when to install only with a signed update';
  if (command.do === 'request_battery_swap') return 'OCPP 1.6 has no battery swaps';
  if (command.do === 'web_payment_started') return 'OCPP 1.6 is told nothing of payments';
  if (command.do === 'customer_information') return 'OCPP 1.6 cannot be asked for customer information';
  if (command.do.endsWith('display_message') || command.do === 'get_display_messages')
    return 'OCPP 1.6 has no messages for displays';
  return undefined;
}

/** §5.19 UpdateFirmware, or the security extension's SignedUpdateFirmware: only that one can be told when to install. */
function updateFirmware(command: Extract<FriendlyCommand, { do: 'update_firmware' }>): Call | undefined {
  const { requestId, location, retrieveAt, installAt, signed, retries, retryIntervalS } = command;
  const repeated = {
    ...(retries !== undefined && { retries }),
    ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }),
  };
  if (signed === undefined) {
    if (installAt !== undefined) return undefined;
    return { action: 'UpdateFirmware', payload: { location, retrieveDate: retrieveAt.toISOString(), ...repeated } };
  }
  const { certificate: signingCertificate, signature } = signed;
  const firmware = {
    location,
    retrieveDateTime: retrieveAt.toISOString(),
    ...(installAt !== undefined && { installDateTime: installAt.toISOString() }),
    ...{ signingCertificate, signature },
  };
  return { action: 'SignedUpdateFirmware', payload: { requestId, ...repeated, firmware } };
}

/** §5.9 GetDiagnostics knows neither kinds nor request ids; those are of the security extension's GetLog. */
function upload(command: Extract<FriendlyCommand, { do: 'upload' }>): Call | undefined {
  const { kind, requestId, url, from, to, retries, retryIntervalS } = command;
  const repeated = {
    ...(retries !== undefined && { retries }),
    ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }),
  };
  if (kind === 'diagnostics') {
    const span = {
      ...(from !== undefined && { startTime: from.toISOString() }),
      ...(to !== undefined && { stopTime: to.toISOString() }),
    };
    return { action: 'GetDiagnostics', payload: { location: url, ...repeated, ...span } };
  }
  if (kind === 'data_collector_log') return undefined;
  const log = {
    remoteLocation: url,
    ...(from !== undefined && { oldestTimestamp: from.toISOString() }),
    ...(to !== undefined && { latestTimestamp: to.toISOString() }),
  };
  const logType = kind === 'security_log' ? 'SecurityLog' : 'DiagnosticsLog';
  return { action: 'GetLog', payload: { logType, requestId, ...repeated, log } };
}

/**
 * The charger's key is changed by rotating it. Sent as a mere setting, it would stand in the command's row in the clear, and
 * the server would not know it: the charger could never log in again.
 */
export function refuse({ action, payload }: Call): string | undefined {
  const { key } = payload;
  if (action !== 'ChangeConfiguration' || typeof key !== 'string') return undefined;
  if (key.trim().toLowerCase() !== 'authorizationkey') return undefined;
  return 'AuthorizationKey cannot be set as a configuration key; rotate the key of the charge point instead';
}
