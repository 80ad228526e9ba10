/**
 * Rooms that want to know how commands of certain actions end, whoever asked for them: told in the same transaction. Pure.
 */
import type { Effect } from '../ingest/contract.ts';
import type { CommandEnded, CommandInput, EndedCommand, Input, Learned } from '../ingest/inputs.ts';
import { mayRaiseProfile, profileSettingsOf } from './raised-profile.ts';
import { type CommandRow, type CommandState, unanswered } from './types.ts';

type Follower =
  | 'configuration'
  | 'charger_keys'
  | 'device_model'
  | 'uploads'
  | 'certificates'
  | 'smart_charging'
  | 'charging_needs'
  | 'der_control'
  | 'display_messages'
  | 'customer_information'
  | 'battery_swaps'
  | 'monitoring'
  | 'network_profiles'
  | 'firmware_updates'
  | 'payments';
/** Several: in this order. */
const FOLLOWERS: Readonly<Record<string, Follower | readonly Follower[]>> = {
  GetConfiguration: 'configuration',
  ChangeConfiguration: 'configuration',
  GetVariables: ['configuration', 'device_model'],
  SetVariables: ['configuration', 'device_model'],
  GetBaseReport: 'device_model',
  GetReport: 'device_model',
  GetMonitoringReport: 'device_model',
  SetVariableMonitoring: 'monitoring',
  ClearVariableMonitoring: 'monitoring',
  SetMonitoringBase: 'monitoring',
  SetMonitoringLevel: 'monitoring',
  GetPeriodicEventStream: 'monitoring',
  AdjustPeriodicEventStream: 'monitoring',
  SetNetworkProfile: 'network_profiles',
  Reset: 'configuration',
  UpdateFirmware: 'firmware_updates',
  SignedUpdateFirmware: 'firmware_updates',
  GetDiagnostics: 'uploads',
  GetLog: 'uploads',
  CertificateSigned: 'certificates',
  InstallCertificate: 'certificates',
  DeleteCertificate: 'certificates',
  GetInstalledCertificateIds: 'certificates',
  CustomerInformation: 'customer_information',
  RequestBatterySwap: 'battery_swaps',
  SetDisplayMessage: 'display_messages',
  ClearDisplayMessage: 'display_messages',
  GetDisplayMessages: 'display_messages',
  SetChargingProfile: 'smart_charging',
  ClearChargingProfile: 'smart_charging',
  GetChargingProfiles: 'smart_charging',
  UpdateDynamicSchedule: 'smart_charging',
  UsePriorityCharging: 'charging_needs',
  NotifyAllowedEnergyTransfer: 'charging_needs',
  SetDERControl: 'der_control',
  ClearDERControl: 'der_control',
  GetDERControl: 'der_control',
};

type Told = CommandEnded & Pick<CommandInput, 'chargePointId' | 'receivedAt'>;
const TO: Readonly<Record<Follower, (told: Told) => Input>> = {
  configuration: (told) => ({ room: 'configuration', ...told }),
  charger_keys: (told) => ({ room: 'charger_keys', ...told }),
  device_model: (told) => ({ room: 'device_model', ...told }),
  monitoring: (told) => ({ room: 'monitoring', ...told }),
  network_profiles: (told) => ({ room: 'network_profiles', ...told }),
  firmware_updates: (told) => ({ room: 'firmware_updates', ...told }),
  uploads: (told) => ({ room: 'uploads', ...told }),
  certificates: (told) => ({ room: 'certificates', ...told }),
  battery_swaps: (told) => ({ room: 'battery_swaps', ...told }),
  customer_information: (told) => ({ room: 'customer_information', ...told }),
  display_messages: (told) => ({ room: 'display_messages', ...told }),
  smart_charging: (told) => ({ room: 'smart_charging', ...told }),
  charging_needs: (told) => ({ room: 'charging_needs', ...told }),
  der_control: (told) => ({ room: 'der_control', ...told }),
  payments: (told) => ({ room: 'payments', ...told }),
};

/** The key of a charger is no setting like others; a remote start concerns smart charging only if it brings a profile. */
function followersOf({ action, payload }: Pick<CommandRow, 'action' | 'payload'>): readonly Follower[] {
  const isStart = action === 'RemoteStartTransaction' || action === 'RequestStartTransaction';
  if (isStart && payload['chargingProfile'] !== undefined) return ['smart_charging'];
  if (action === 'ChangeConfiguration' && payload['key'] === 'AuthorizationKey') return ['charger_keys'];
  if (action === 'SetVariables' && setsPassword(payload)) return ['charger_keys'];
  const found = FOLLOWERS[action] ?? [];
  return [
    ...(typeof found === 'string' ? [found] : found),
    ...(mayRaiseProfile({ action, payload }) ? (['charger_keys'] as const) : []),
    ...(setsQrCodes(action, payload) ? (['payments'] as const) : []),
  ];
}

/** 2.1 C25: which codes a station shows payments/machine.ts says. */
const setsQrCodes = (action: string, payload: CommandRow['payload']): boolean =>
  action === 'SetVariables' && JSON.stringify(payload['setVariableData'] ?? null).includes('"name":"WebPaymentsCtrlr"');

/**
 * 2.0.1 A01: only a rotation of the key sends it (ocpp/v2/friendly.ts refuses it to everybody else), and nothing beside it. That of a
 * network profile (2.1 NetworkConfiguration) is another server's.
 */
const setsPassword = (payload: CommandRow['payload']): boolean => {
  const text = JSON.stringify(payload['setVariableData'] ?? null);
  return text.includes('"name":"BasicAuthPassword"') && !/"name":"NetworkConfiguration"/i.test(text);
};

/** Rooms that read the request and its answer themselves: a list that somebody sends by hand is what the charger holds then. */
type Reader = Extract<Input, { readonly command: EndedCommand }>['room'];
const READERS: Readonly<Record<string, Reader>> = {
  CancelReservation: 'reservations',
  GetConfiguration: 'local_lists',
  GetLocalListVersion: 'local_lists',
  GetVariables: 'local_lists',
  SendLocalList: 'local_lists',
  PublishFirmware: 'firmware',
  ReserveNow: 'reservations',
  SignedUpdateFirmware: 'firmware',
  UnpublishFirmware: 'firmware',
  UpdateFirmware: 'firmware',
  GetTransactionStatus: 'sessions',
};

/** Variables are read by the dozen; of those a list has, few are asked for. */
function readerOf({ action, payload }: Pick<CommandRow, 'action' | 'payload'>): Reader | undefined {
  const isOfLists = action !== 'GetVariables' || JSON.stringify(payload).includes('LocalAuthListCtrlr');
  return isOfLists ? READERS[action] : undefined;
}

/** What this step queued for a room, or ended, for those who follow it. */
export function tellFollowers(before: CommandState, after: CommandState, input: CommandInput): Effect[] {
  if (before.commands === after.commands) return refusalOf(input);
  const effects: Effect[] = [];
  if (input.type === 'requested' && input.alongside !== undefined && !before.commands.has(input.commandId)) {
    effects.push({ do: 'feed', input: input.alongside });
  }
  for (const [id, command] of after.commands) {
    const { status, action, payload, result, error } = command;
    if (status === 'queued' || status === 'sent' || status === before.commands.get(id)?.status) continue;
    const { chargePointId, receivedAt } = input;
    const isUnanswered = error !== null && unanswered.includes(error.code);
    const reader = readerOf(command);
    if (reader !== undefined) {
      const read = {
        ...{ id, action, payload, status, result, error, learned: learnedOf(input) },
        ...(isUnanswered && { isUnanswered }),
      };
      effects.push({
        do: 'feed',
        input: { room: reader, type: 'command_ended', chargePointId, receivedAt, command: read },
      });
    }
    const rooms = followersOf(command);
    if (rooms.length === 0) continue;
    const mayHold = isUnanswered ? profileSettingsOf(command) : [];
    const ended: CommandEnded = {
      type: 'command_ended',
      commandId: id,
      status,
      why: whyOf(command),
      learned: learnedOf(input),
      ...(command.sentAt === null && { neverSent: true }),
      ...(isUnanswered && { isUnanswered }),
      ...(action === 'SetNetworkProfile' && { requestedBy: command.requestedBy }),
      ...(isUnknownAction(command) && { unknownAction: action }),
      ...(error?.code === 'charger_error' && { chargerError: true }),
      ...(mayHold.length > 0 && { mayHold }),
    };
    for (const room of rooms) effects.push({ do: 'feed', input: TO[room]({ chargePointId, receivedAt, ...ended }) });
  }
  return effects;
}

/** A room asked, and its command could not even be queued. */
function refusalOf(input: CommandInput): Effect[] {
  if (input.type !== 'requested' || input.askedBy === undefined) return [];
  const { askedBy: room, chargePointId, receivedAt, commandId } = input;
  const why = 'The charger is offline, or too many commands wait for it';
  const ended = {
    type: 'command_ended',
    commandId,
    status: 'failed',
    why,
    learned: undefined,
    neverSent: true,
  } as const;
  return [{ do: 'feed', input: TO[room]({ chargePointId, receivedAt, ...ended }) }];
}

const isUnknownAction = ({ error }: CommandRow): boolean =>
  error?.code === 'charger_error' && ['NotImplemented', 'NotSupported'].includes(error.ocpp_code ?? '');

const learnedOf = (input: CommandInput): Learned | undefined =>
  input.type === 'answered' && input.answer.outcome === 'result' ? input.answer.learned : undefined;

function whyOf({ status, result, error }: CommandRow): string | undefined {
  if (error !== null) return error.message;
  if (status !== 'rejected') return undefined;
  const said: unknown = result?.['status'];
  return typeof said === 'string' ? `The charger answered ${said.slice(0, 50)}` : 'The charger declined';
}
