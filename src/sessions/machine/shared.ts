/** What all steps of the session machine share: types, the end of a session, its events. Pure. */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { Activity, ChargerInstant, SessionInput } from '../../ingest/inputs.ts';
import type { SessionRow, SessionState } from '../types.ts';
import { closed, ocppId } from './tell.ts';

export type Input<T extends SessionInput['type']> = Extract<SessionInput, { type: T }>;
export type Next = Step<SessionState>;

/** A connector that became free without a stop: how long the stop may still come before the record is closed. */
export const STOP_GRACE_MS = 5 * 60_000;

/** A refused session keeps its deadline however much it is metered. */
export const alive = (session: SessionRow): boolean => session.authorization === 'accepted';

export type Ending = {
  readonly status: 'ended' | 'closed_by_system';
  readonly reason: string;
  readonly at: Date;
  readonly historical?: boolean;
  readonly reconstructed?: true;
  readonly input: Told;
};
/** Where and when we learned of something. */
export type Told = { readonly chargePointId: string; readonly receivedAt: Date };

/** Ends a session, once: the caller has made sure that it is open. */
export function finish(session: SessionRow, ending: Ending): { session: SessionRow; effects: Effect[] } {
  const { historical = false } = ending;
  const endedAt = laterOf(ending.at, session.startedAt);
  const paid = closed({ ...session, updatedAt: ending.input.receivedAt }, endedAt, historical);
  const ended: SessionRow = {
    ...paid.session,
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
      historical,
      data: {
        session_id: ended.id,
        transaction_id: ended.transactionId,
        ...ocppId(ended),
        evse_id: ended.evseId,
        connector_id: ended.connectorId,
        token: ended.tokenUid,
        status: ending.status,
        started_at: ended.startedAt.toISOString(),
        energy_wh: ended.energyWh,
        duration_s: Math.round((endedAt.getTime() - ended.startedAt.getTime()) / 1000),
        stop_reason: ended.stopReason,
        cost: shortCost(ended),
        flags: [...ended.flags],
        ...(ended.isTest && { is_test: true as const }),
        ...(ending.reconstructed && { reconstructed: true as const }),
      },
    },
  };
  const at = { at: endedAt, raw: undefined, plausible: true, historical };
  // Whoever closes a record does not know whether the car is still there.
  const activity = ending.status === 'ended' ? 'finishing' : null;
  return { session: ended, effects: [event, ...paid.effects, ...tellActivity(ended, activity, at, ending.input)] };
}

const shortCost = ({ cost }: SessionRow) =>
  cost?.final == null ? null : { currency: cost.currency, total: cost.final.total.inclTax };

/** Connectors of OCPP 2.x say no more than Occupied (decision 006.5): the rest is told by the transaction. */
export function tellActivity(
  session: SessionRow,
  activity: Activity | null,
  at: ChargerInstant,
  { chargePointId, receivedAt }: Told,
): Effect[] {
  const { ocppTransactionId, evseId, connectorId } = session;
  if (ocppTransactionId === null || evseId === 0) return [];
  return [
    {
      do: 'feed',
      input: {
        room: 'stations',
        type: 'activity_changed',
        chargePointId,
        receivedAt,
        evseId,
        connectorId,
        activity,
        at,
      },
    },
  ];
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
      ...ocppId(session),
      evse_id: session.evseId,
      connector_id: session.connectorId,
      token: session.tokenUid,
      authorization: session.authorization,
      meter_start_wh: session.meterStartWh,
      ...(session.commandId !== null && { command_id: session.commandId }),
      ...(session.isTest && { is_test: true as const }),
      ...(reconstructed && { reconstructed: true as const }),
    },
  },
});

/**
 * When it began, as remote starts are asked for it: when we learn of it, and of one that was told afterwards when the charger says
 * that it was, but no later than that.
 */
export function begunAt(at: ChargerInstant, receivedAt: Date): { readonly at: Date; readonly isReplayed: boolean } {
  if (!at.historical) return { at: receivedAt, isReplayed: false };
  const ours = at.ours ?? at.at;
  return { at: ours < receivedAt ? ours : receivedAt, isReplayed: true };
}

/** As much as history is told from now (ocpp/instants.ts). */
const AFTERWARDS_MS = 60_000;

/** The same of a session that is known, or reconstructed. `told`: something that was told by the same clock as its beginning. */
export function sessionBegunAt(
  { startedAt, createdAt }: Pick<SessionRow, 'startedAt' | 'createdAt'>,
  told: ChargerInstant,
): ReturnType<typeof begunAt> {
  const offsetMs = told.at.getTime() - (told.ours ?? told.at).getTime();
  const ours = new Date(startedAt.getTime() - offsetMs);
  const isReplayed = createdAt.getTime() - ours.getTime() > AFTERWARDS_MS;
  return { at: isReplayed ? ours : createdAt, isReplayed };
}

/** A remote start has led to this session (R6). */
export const tellCommand = (
  session: SessionRow,
  begun: ReturnType<typeof begunAt>,
  { chargePointId, receivedAt }: Told,
): Effect => ({
  do: 'feed',
  input: {
    ...({ room: 'commands', type: 'session_started', chargePointId, receivedAt, sessionId: session.id } as const),
    ...{ begunAt: begun.at, isReplayed: begun.isReplayed },
    connectorId: session.evseId === 0 && session.ocppTransactionId !== null ? undefined : session.evseId,
    tokenUid: session.tokenUid,
    remoteStartId: session.remoteStartId ?? undefined,
  },
});

/** An accepted session may use a reservation. Its place is told as one number, that of the EVSE (decision 006.2). */
export const tellReservations = (
  session: SessionRow,
  at: ChargerInstant,
  parentIdTag: string | undefined,
  { chargePointId, receivedAt }: Told,
): Effect => ({
  do: 'feed',
  input: {
    ...({ room: 'reservations', type: 'session_started', chargePointId, receivedAt, sessionId: session.id } as const),
    connectorId: session.evseId,
    tokenUid: session.tokenUid ?? '',
    parentIdTag,
    ocppId: session.reservationId ?? undefined,
    at,
  },
});

/** What makes a session the one of that transaction; a 1.6 session's key begins with another word. */
export const transactionKey = (ocppTransactionId: string): string => `transaction|${ocppTransactionId}`;
/** The same in SQL, for a join. `id`: an expression, never a value. */
export const transactionKeySql = (id: string): string => `'${transactionKey('')}' || ${id}`;

/** The newest one of that name: an older one has given the key away (machine/transaction.ts). */
export function sessionOf(
  { sessions }: Pick<SessionState, 'sessions'>,
  ocppTransactionId: string,
): SessionRow | undefined {
  const key = transactionKey(ocppTransactionId);
  for (const session of sessions.values()) if (session.startKey === key) return session;
  return undefined;
}

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
export const onEvse = (a: Pick<Place, 'evseId'>, b: Pick<Place, 'evseId'>): boolean => a.evseId === b.evseId;
export const onConnector = (a: Place, b: Place): boolean => a.evseId === b.evseId && a.connectorId === b.connectorId;

export const laterOf = (a: Date, b: Date): Date => (a >= b ? a : b);

/** Who begins it, where, with what; the rest is what a session knows of its course when it begins. */
type Born = Pick<
  SessionRow,
  | 'id'
  | 'transactionId'
  | 'startKey'
  | 'evseId'
  | 'connectorId'
  | 'tokenUid'
  | 'startedAt'
  | 'meterStartWh'
  | 'lastRegisterWh'
  | 'flags'
  | 'updatedAt'
> &
  Partial<
    Pick<
      SessionRow,
      | 'ocppTransactionId'
      | 'tokenId'
      | 'tokenGroupId'
      | 'authorization'
      | 'freeOfCharge'
      | 'isTest'
      | 'commandId'
      | 'reservationId'
      | 'lastSeqNo'
      | 'missingSeqNos'
      | 'meterStopWh'
      | 'reconcileAt'
    >
  >;

/** Field by field: a literal of so many that begins with a spread takes V8 a hundred times as long (docs/performance.md). */
export const newSession = (born: Born): SessionRow => ({
  id: born.id,
  transactionId: born.transactionId,
  ocppTransactionId: born.ocppTransactionId ?? null,
  startKey: born.startKey,
  stopKey: null,
  evseId: born.evseId,
  connectorId: born.connectorId,
  status: 'active',
  tokenUid: born.tokenUid,
  tokenId: born.tokenId ?? null,
  tokenGroupId: born.tokenGroupId ?? null,
  authorization: born.authorization ?? 'accepted',
  freeOfCharge: born.freeOfCharge ?? false,
  isTest: born.isTest ?? false,
  commandId: born.commandId ?? null,
  reservationId: born.reservationId ?? null,
  remoteStartId: null,
  chargingState: null,
  freedAt: null,
  lastSeqNo: born.lastSeqNo ?? null,
  missingSeqNos: born.missingSeqNos ?? [],
  startedAt: born.startedAt,
  endedAt: null,
  meterStartWh: born.meterStartWh,
  meterStopWh: born.meterStopWh ?? null,
  lastRegisterWh: born.lastRegisterWh,
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
  flags: born.flags,
  reconcileAt: born.reconcileAt ?? null,
  isLimited: false,
  createdAt: born.updatedAt,
  updatedAt: born.updatedAt,
  cost: null,
});
