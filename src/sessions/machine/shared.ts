/** What all steps of the session machine share: types, the end of a session, its events. Pure. */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { SessionInput } from '../../ingest/inputs.ts';
import type { SessionRow, SessionState } from '../types.ts';

export type Input<T extends SessionInput['type']> = Extract<SessionInput, { type: T }>;
export type Next = Step<SessionState>;

export const tokenKey = (uid: string): string => uid.trim().toLowerCase();

/** A refused session keeps its deadline however much it is metered. */
export const alive = (session: SessionRow): boolean => session.authorization === 'accepted';

export type Ending = {
  readonly status: 'ended' | 'closed_by_system';
  readonly reason: string;
  readonly at: Date;
  readonly historical?: boolean;
  readonly reconstructed?: true;
  readonly input: { readonly receivedAt: Date };
};

/** Ends a session, once: the caller has made sure that it is open. */
export function finish(session: SessionRow, ending: Ending): { session: SessionRow; effects: Effect[] } {
  const endedAt = laterOf(ending.at, session.startedAt);
  const ended: SessionRow = {
    ...session,
    status: ending.status,
    endedAt,
    stopReason: ending.reason,
    meterStopWh: session.meterStopWh ?? session.lastRegisterWh,
    powerW: session.powerW === null ? null : 0,
    currentA: session.currentA === null ? null : 0,
    reconcileAt: null,
    updatedAt: ending.input.receivedAt,
  };
  const event: Effect = {
    do: 'emit',
    event: {
      type: 'session.ended',
      occurredAt: endedAt,
      receivedAt: ending.input.receivedAt,
      historical: ending.historical ?? false,
      data: {
        session_id: ended.id,
        transaction_id: ended.transactionId,
        evse_id: ended.evseId,
        connector_id: ended.connectorId,
        token: ended.tokenUid,
        status: ending.status,
        started_at: ended.startedAt.toISOString(),
        energy_wh: ended.energyWh,
        duration_s: Math.round((endedAt.getTime() - ended.startedAt.getTime()) / 1000),
        stop_reason: ended.stopReason,
        cost: null,
        flags: [...ended.flags],
        ...(ending.reconstructed && { reconstructed: true as const }),
      },
    },
  };
  return { session: ended, effects: [event] };
}

export const startedEvent = (
  session: SessionRow,
  input: { readonly receivedAt: Date },
  historical: boolean,
  reconstructed: boolean,
): Effect => ({
  do: 'emit',
  event: {
    type: 'session.started',
    occurredAt: session.startedAt,
    receivedAt: input.receivedAt,
    historical,
    data: {
      session_id: session.id,
      transaction_id: session.transactionId,
      evse_id: session.evseId,
      connector_id: session.connectorId,
      token: session.tokenUid,
      authorization: session.authorization,
      meter_start_wh: session.meterStartWh,
      ...(session.commandId !== null && { command_id: session.commandId }),
      ...(reconstructed && { reconstructed: true as const }),
    },
  },
});

export const put = (state: SessionState, session: SessionRow): SessionState => ({
  ...state,
  sessions: new Map(state.sessions).set(session.id, session),
});

export const newest = (sessions: readonly SessionRow[]): SessionRow | undefined =>
  sessions.reduce<SessionRow | undefined>(
    (best, each) => (best === undefined || each.startedAt >= best.startedAt ? each : best),
    undefined,
  );

export type Place = { readonly evseId: number; readonly connectorId: number };
export const onConnector = (a: Place, b: Place): boolean => a.evseId === b.evseId && a.connectorId === b.connectorId;

export const laterOf = (a: Date, b: Date): Date => (a >= b ? a : b);

/** What a session knows of its course when it begins. */
export const nothingYet = {
  endedAt: null,
  lastSampleAt: null,
  energyWh: 0,
  resetFromWh: null,
  energyBeforeResetWh: null,
  powerW: null,
  currentA: null,
  voltageV: null,
  socPercent: null,
  stopReason: null,
  stopTokenUid: null,
} as const satisfies Partial<SessionRow>;
