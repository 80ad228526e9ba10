/** Smart charging, V2X and DER control in the words of OCPP 2.x: which call a friendly command is. No rules. */
import type { Call, FriendlyCommand } from '../../commands/index.ts';
import { profileToWire, purposeToWire, ratesToWire } from './charging-profile.ts';
import { controlToWire, controlTypeToWire } from './der-words.ts';
import { given } from './pairs.ts';
import { transferModeToWire } from './transfer-modes.ts';

export type PowerCommand = Extract<
  FriendlyCommand,
  {
    readonly do:
      | 'set_charging_profile'
      | 'clear_charging_profiles'
      | 'report_charging_profiles'
      | 'composite_schedule'
      | 'update_dynamic_profile'
      | 'priority_charging'
      | 'allow_energy_transfer'
      | 'afrr_signal'
      | 'set_der_control'
      | 'clear_der_controls'
      | 'report_der_controls';
  }
>;

export function friendlyPower(command: PowerCommand): Call {
  switch (command.do) {
    case 'set_charging_profile': {
      const { profile } = command;
      const chargingProfile = profileToWire(profile);
      return { action: 'SetChargingProfile', payload: { evseId: profile.connectorId, chargingProfile } };
    }
    case 'clear_charging_profiles': {
      // K10.FR.02: an id, or criteria; a request needs one of them, and criteria without content mean all.
      const { profileId, connectorId, purpose, stackLevel } = command.criteria;
      if (profileId !== undefined) return { action: 'ClearChargingProfile', payload: { chargingProfileId: profileId } };
      const chargingProfileCriteria = given({
        evseId: connectorId,
        chargingProfilePurpose: purpose === undefined ? undefined : purposeToWire(purpose),
        stackLevel,
      });
      return { action: 'ClearChargingProfile', payload: { chargingProfileCriteria } };
    }
    case 'report_charging_profiles': {
      const { connectorId, purpose, stackLevel, profileIds, sources } = command.criteria;
      // K09.FR.03: with ids the rest does not count.
      const chargingProfile =
        profileIds !== undefined
          ? { chargingProfileId: profileIds }
          : given({
              chargingProfilePurpose: purpose === undefined ? undefined : purposeToWire(purpose),
              stackLevel,
              chargingLimitSource: sources,
            });
      const payload = given({ requestId: command.requestId, evseId: connectorId, chargingProfile });
      return { action: 'GetChargingProfiles', payload };
    }
    case 'composite_schedule': {
      const { connectorId: evseId, durationS: duration, unit } = command;
      return { action: 'GetCompositeSchedule', payload: given({ evseId, duration, chargingRateUnit: unit }) };
    }
    case 'update_dynamic_profile':
      return {
        action: 'UpdateDynamicSchedule',
        payload: { chargingProfileId: command.profileId, scheduleUpdate: ratesToWire(command.rates) },
      };
    case 'priority_charging':
      return {
        action: 'UsePriorityCharging',
        payload: { transactionId: command.ocppTransactionId, activate: command.active },
      };
    case 'allow_energy_transfer':
      return {
        action: 'NotifyAllowedEnergyTransfer',
        payload: {
          transactionId: command.ocppTransactionId,
          allowedEnergyTransfer: command.modes.map(transferModeToWire),
        },
      };
    case 'afrr_signal':
      return { action: 'AFRRSignal', payload: { timestamp: command.at.toISOString(), signal: command.signal } };
    case 'set_der_control':
      return { action: 'SetDERControl', payload: controlToWire(command.control) };
    case 'clear_der_controls': {
      const { isDefault, controlType, controlId } = command.criteria;
      const type = controlType === undefined ? undefined : controlTypeToWire(controlType);
      return { action: 'ClearDERControl', payload: given({ isDefault, controlType: type, controlId }) };
    }
    case 'report_der_controls': {
      const { isDefault, controlType, controlId } = command.criteria;
      const type = controlType === undefined ? undefined : controlTypeToWire(controlType);
      const { requestId } = command;
      return { action: 'GetDERControl', payload: given({ requestId, isDefault, controlType: type, controlId }) };
    }
  }
}
