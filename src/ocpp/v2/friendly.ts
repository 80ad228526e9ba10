/**
 * What every version can be asked, in the words of OCPP 2.x. Whether the values fit is for the schema to say.
 * Places: an outlet has one number everywhere in the product, that of its EVSE (docs/decisions/006); a command that names a
 * connector beyond the first of an EVSE is sent as a raw action.
 */
import type { Call, FriendlyCommand } from '../../commands/index.ts';
import { COSTMSG, costDetails } from '../cost-details.ts';
import { folded, readList, readRecord } from '../reading.ts';
import { profileToWire } from './charging-profile.ts';
import { displayMessageToWire } from './display-message.ts';
import { deviceCall, getVariables, setVariables } from './friendly-device.ts';
import { friendlyPower } from './friendly-power.ts';
import { groupTokenToWire, idTokenToWire } from './id-token.ts';
import * as papers from './paper-commands.ts';
import * as station from './station-commands.ts';
import { tariffToWire, whyNotSayable } from './tariff.ts';

/** undefined: OCPP 2.x cannot be asked for it. */
export function friendly(command: FriendlyCommand): Call | undefined {
  switch (command.do) {
    case 'start': {
      const { tokenUid, tokenType, groupId, connectorId, remoteStartId = 0, cardLast4 } = command;
      // C24, 2.1 appendix: additional types of idTokens
      const card = cardLast4 && { additionalInfo: [{ additionalIdToken: cardLast4, type: 'CardLast4Digits' }] };
      return {
        action: 'RequestStartTransaction',
        payload: {
          remoteStartId,
          idToken: { ...idTokenToWire(tokenUid, tokenType), ...(tokenType === 'direct_payment' && card) },
          ...(connectorId !== undefined && { evseId: connectorId }),
          ...(groupId !== undefined && { groupIdToken: groupTokenToWire(groupId) }),
          ...(command.profile !== undefined && { chargingProfile: profileToWire(command.profile) }),
        },
      };
    }
    case 'stop': {
      const { ocppTransactionId: transactionId } = command;
      return transactionId === undefined ? undefined : { action: 'RequestStopTransaction', payload: { transactionId } };
    }
    case 'show_cost': {
      // 2.0.1 I02: the final cost goes with the answer to the end.
      const { ocppTransactionId: transactionId, total: totalCost, hasDetails } = command;
      if (transactionId === undefined || command.kind !== 'running') return undefined;
      const details = hasDetails && { customData: { vendorId: COSTMSG, ...costDetails(command, false) } };
      return { action: 'CostUpdated', payload: { totalCost, transactionId, ...details } };
    }
    case 'transaction_status':
      return { action: 'GetTransactionStatus', payload: { transactionId: command.ocppTransactionId } };
    case 'reset':
      return station.reset(command);
    case 'unlock':
      return station.unlock(command);
    case 'availability':
      return station.availability(command);
    case 'clear_cache':
      return { action: 'ClearCache', payload: {} };
    case 'data_transfer':
      return station.dataTransfer(command);
    case 'trigger':
      return station.trigger(command);
    case 'reserve':
      return station.reserve(command);
    case 'upload':
      return station.upload(command);
    case 'update_firmware':
      return station.updateFirmware(command);
    case 'publish_firmware':
      return station.publishFirmware(command);
    case 'unpublish_firmware':
      return { action: 'UnpublishFirmware', payload: { checksum: command.checksum } };
    case 'read_configuration':
      return command.keys === undefined ? undefined : getVariables(command.keys);
    case 'change_configuration':
      return setVariables(command.settings);
    case 'device':
      return deviceCall(command.ask);
    case 'set_charging_profile':
    case 'clear_charging_profiles':
    case 'report_charging_profiles':
    case 'composite_schedule':
    case 'update_dynamic_profile':
    case 'priority_charging':
    case 'allow_energy_transfer':
    case 'afrr_signal':
    case 'set_der_control':
    case 'clear_der_controls':
    case 'report_der_controls':
      return friendlyPower(command);
    case 'set_default_tariff':
      if (whyNotSayable(command.tariff.terms) !== undefined) return undefined;
      return { action: 'SetDefaultTariff', payload: { evseId: command.evseId, tariff: tariffToWire(command.tariff) } };
    case 'change_tariff': {
      const { ocppTransactionId: transactionId, tariff } = command;
      if (whyNotSayable(tariff.terms) !== undefined) return undefined;
      return { action: 'ChangeTransactionTariff', payload: { transactionId, tariff: tariffToWire(tariff) } };
    }
    case 'read_tariffs':
      return { action: 'GetTariffs', payload: { evseId: command.evseId } };
    case 'clear_tariffs': {
      const { evseId, tariffIds } = command;
      const criteria = { ...(evseId !== undefined && { evseId }), ...(tariffIds !== undefined && { tariffIds }) };
      return { action: 'ClearTariffs', payload: criteria };
    }
    case 'request_battery_swap':
      return station.requestBatterySwap(command);
    case 'show_price':
      return undefined; // with the answer to Authorize
    case 'web_payment_started':
      return {
        action: 'NotifyWebPaymentStarted',
        payload: { evseId: command.evseId, timeout: command.withinS },
      };
    case 'customer_information':
      return station.customerInformation(command);
    case 'set_display_message':
      return { action: 'SetDisplayMessage', payload: { message: displayMessageToWire(command.message) } };
    case 'clear_display_message':
      return { action: 'ClearDisplayMessage', payload: { id: command.messageId } };
    case 'get_display_messages':
      return { action: 'GetDisplayMessages', payload: { requestId: command.requestId } };
    case 'cancel_reservation':
      return { action: 'CancelReservation', payload: { reservationId: command.ocppId } };
    case 'certificate_signed':
      return papers.certificateSigned(command);
    case 'install_certificate':
      return papers.installCertificate(command);
    case 'list_certificates':
      return papers.listCertificates(command);
    case 'delete_certificate':
      return { action: 'DeleteCertificate', payload: { certificateHashData: { ...command.hash } } };
    case 'local_list_version':
      return { action: 'GetLocalListVersion', payload: {} };
    case 'send_local_list':
      return papers.sendLocalList(command);
  }
}

/** Why {@link friendly} has no words for this; undefined: there is nothing to add. */
export function whyNot(command: FriendlyCommand): string | undefined {
  if (command.do === 'trigger')
    return 'OCPP 2.x asks for the status of one connector at a time: name its connector_id, or evse_id and connector_id';
  if (command.do !== 'set_default_tariff' && command.do !== 'change_tariff') return undefined;
  return `OCPP 2.1 has no words for ${whyNotSayable(command.tariff.terms)} in a tariff`;
}

/**
 * The station's password is changed by rotating its key: the server would not know one that is sent as a mere variable, and the
 * station could never log in again. That of another slot of its network profiles (2.1 B09: NetworkConfiguration) is for the server
 * that this slot names.
 */
export function refuse({ action, payload }: Call): string | undefined {
  if (action !== 'SetVariables') return undefined;
  const sets = readList(payload['setVariableData']).some((each) => {
    const { component, variable } = readRecord(each);
    const named = (part: unknown): string => folded(String(readRecord(part)['name']));
    return named(variable) === 'basicauthpassword' && named(component) !== 'networkconfiguration';
  });
  return sets ? 'BasicAuthPassword cannot be set as a variable; rotate the key of the charge point instead' : undefined;
}
