/**
 * A transaction goes on after its station's reboot (2.1 E17.FR.15): what the session was limited to is sent once more, unless the
 * station says that it keeps such profiles (SmartChargingCtrlr.ChargingProfilePersistence). Pure.
 */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { Context, ProfileRow, SmartChargingInput, SmartChargingState } from '../types.ts';
import { rowIdOfCommand } from './row-id.ts';

type Resumed = Extract<SmartChargingInput, { type: 'transaction_resumed' }>;

const TIMEOUT_S = 30;

export function resumed(state: SmartChargingState, input: Resumed, context: Context): Step<SmartChargingState> {
  if (state.keepsTxProfiles === true) return { state, effects: [], ignored: 'kept' };
  const effects = [...state.rows.values()]
    .filter((row) => row.status === 'active' && row.purpose === 'tx' && isOf(row, input))
    .flatMap((row): Effect[] => sending(row, input, context));
  return effects.length === 0 ? { state, effects, ignored: 'nothing_held' } : { state, effects };
}

/** What came with a remote start names no transaction: it is of the session that this start began. */
const isOf = ({ profile, commandId }: ProfileRow, { ocppTransactionId, startCommandId }: Resumed): boolean =>
  profile.ocppTransactionId === undefined
    ? startCommandId !== null && commandId === startCommandId
    : profile.ocppTransactionId === ocppTransactionId;

function sending(row: ProfileRow, input: Resumed, { words, commandIdFrom }: Context): Effect[] {
  const { chargePointId, receivedAt, ocppTransactionId } = input;
  // SetChargingProfile of a TxProfile names its transaction (K01.FR.03).
  const profile = { ...row.profile, ocppTransactionId };
  const call = words('ocpp2.1', { do: 'set_charging_profile', profile });
  if (call === undefined) return [];
  const commandId = commandIdFrom(receivedAt, `${row.id} ${receivedAt.getTime()}`);
  const about = { chargePointId, receivedAt, commandId, requestedBy: 'system' } as const;
  return [
    {
      do: 'feed',
      input: {
        ...about,
        ...{ room: 'commands', type: 'requested', silent: true, timeoutS: TIMEOUT_S },
        ...{ action: call.action, payload: { ...call.payload } },
        // Whoever decided it: what the EV would like does not count against a person's (charging-needs).
        alongside: {
          ...{ ...about, room: 'smart_charging', type: 'requested', id: rowIdOfCommand(commandId), profile },
          requestedBy: row.requestedBy,
        },
      },
    },
  ];
}
