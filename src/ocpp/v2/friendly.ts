/**
 * What every version can be asked, in the words of OCPP 2.x. Whether the values fit is for the schema to say.
 * Places: an outlet has one number everywhere in the product, that of its EVSE (docs/decisions/006); a command that names a
 * connector beyond the first of an EVSE is sent as a raw action.
 */
import type { Call, FriendlyCommand, TriggerMessage } from '../../commands/index.ts';
import { folded, readList, readRecord } from '../reading.ts';

const MESSAGES = {
  boot: 'BootNotification',
  heartbeat: 'Heartbeat',
  status: 'StatusNotification',
  meter_values: 'MeterValues',
  firmware_status: 'FirmwareStatusNotification',
  diagnostics_status: 'LogStatusNotification',
  log_status: 'LogStatusNotification',
  sign_certificate: 'SignChargingStationCertificate',
} as const satisfies Record<TriggerMessage, string>;

/** undefined: OCPP 2.x cannot be asked for it. */
export function friendly(command: FriendlyCommand): Call | undefined {
  switch (command.do) {
    case 'reset':
      // 2.0.1 B11, B12: OnIdle waits for running transactions, which 1.6's soft reset ends in good order.
      return { action: 'Reset', payload: { type: command.kind === 'hard' ? 'Immediate' : 'OnIdle' } };
    case 'unlock':
      return { action: 'UnlockConnector', payload: { evseId: command.connectorId, connectorId: 1 } };
    case 'availability':
      return {
        action: 'ChangeAvailability',
        payload: { operationalStatus: command.operative ? 'Operative' : 'Inoperative', ...evse(command.connectorId) },
      };
    case 'clear_cache':
      return { action: 'ClearCache', payload: {} };
    case 'data_transfer': {
      const { vendorId, messageId, data } = command;
      const optional = { ...(messageId !== undefined && { messageId }), ...(data !== undefined && { data }) };
      return { action: 'DataTransfer', payload: { vendorId, ...optional } };
    }
    case 'trigger': {
      const requestedMessage = MESSAGES[command.message];
      // F06.FR.12: a StatusNotification is of a connector, not of an EVSE.
      const place =
        command.message === 'status' && command.connectorId
          ? { evse: { id: command.connectorId, connectorId: 1 } }
          : evse(command.connectorId);
      return { action: 'TriggerMessage', payload: { requestedMessage, ...place } };
    }
    case 'cancel_reservation':
    case 'certificate_signed':
    case 'change_configuration':
    case 'clear_charging_profiles':
    case 'composite_schedule':
    case 'delete_certificate':
    case 'install_certificate':
    case 'list_certificates':
    case 'local_list_version':
    case 'read_configuration':
    case 'reserve':
    case 'send_local_list':
    case 'set_charging_profile':
    case 'start':
    case 'stop':
    case 'upload':
      return undefined;
  }
}

const evse = (id: number | undefined) => (id === undefined || id === 0 ? {} : { evse: { id } });

/**
 * The station's password is changed by rotating its key. Sent as a mere variable, it would stand in the command's row in the
 * clear, and the server would not know it: the station could never log in again.
 */
export function refuse({ action, payload }: Call): string | undefined {
  if (action !== 'SetVariables') return undefined;
  const sets = readList(payload['setVariableData']).some(
    (each) => folded(String(readRecord(readRecord(each)['variable'])['name'])) === 'basicauthpassword',
  );
  return sets ? 'BasicAuthPassword cannot be set as a variable; rotate the key of the charge point instead' : undefined;
}
