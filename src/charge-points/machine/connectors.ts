/**
 * Connectors: what they report, and what the transactions on them do. Pure. OCPP 2.x's Occupied is told in the finer words of the
 * transaction there (docs/decisions/006), so that neither report undoes the other: occupied → charging → finishing → available.
 */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { ChargerInstant, SessionInput, StationInput } from '../../ingest/inputs.ts';
import { type ConnectorRow, connectorKey, type StationState } from '../types.ts';

type Input<T extends StationInput['type']> = Extract<StationInput, { type: T }>;
type Next = Step<StationState>;

/** A charger that invents connectors without end gets no more rows than this; its reports are still kept in the history. */
const MAX_CONNECTORS = 128;

/** B6: the newest timestamp wins, all are kept. The first report after a boot is of the present, whatever its timestamp. */
export function statusReported(state: StationState, said: Input<'status_reported'>): Next {
  const key = connectorKey(said.evseId, said.connectorId);
  const previous = state.connectors.get(key);
  const isOlder = previous !== undefined && rememberedAt(said) < previous.statusAt;
  // OCPP 1.6 §4.9, 2.0.1 B01.FR.05: after a boot it tells what is. A clock that went back with it (one without a battery starts at
  // what it saved last) is no reason to show and to bill for ever what was before.
  const { bootedAt } = state.row;
  const isBack = isOlder && bootedAt !== null && previous.receivedAt < bootedAt;
  const input = isBack ? { ...said, at: { ...said.at, at: said.receivedAt, historical: false } } : said;
  const statusAt = rememberedAt(said); // as it was said: what follows is of the same clock
  // Whoever is free has nothing in hand; else what the transaction does is known better than Occupied.
  const activity = input.status === 'available' ? null : (previous?.activity ?? null);
  const status = input.status === 'occupied' && activity !== null ? activity : input.status;
  const report: ConnectorRow = {
    evseId: input.evseId,
    connectorId: input.connectorId,
    status,
    rawStatus: input.rawStatus,
    errorCode: input.errorCode ?? null,
    info: input.info ?? null,
    vendorId: input.vendorId ?? null,
    vendorErrorCode: input.vendorErrorCode ?? null,
    statusAt,
    receivedAt: input.receivedAt,
    activity,
    statusSince: previous?.status === status ? previous.statusSince : input.receivedAt,
  };
  const applied = !isOlder || isBack;
  const history = [...state.history, { at: input.at.at, applied, ...report }];
  if (!applied) return { state: { ...state, history }, effects: courseTold(state, input, 'late'), ignored: 'late' };
  if (previous === undefined && state.connectors.size >= MAX_CONNECTORS) {
    return { state: { ...state, history }, effects: [], ignored: 'too_many_connectors' };
  }

  const connectors = new Map(state.connectors).set(key, report);
  const next = { ...state, connectors, history };
  if (
    previous !== undefined &&
    previous.status === report.status &&
    previous.errorCode === report.errorCode &&
    previous.vendorErrorCode === report.vendorErrorCode
  ) {
    return { state: next, effects: courseTold(state, input, 'repeated'), ignored: 'unchanged' };
  }
  const effects: Effect[] = [changed(previous, report, input.at)];
  if (previous?.status !== report.status && input.connectorId !== 0)
    effects.push({
      do: 'feed',
      input: { ...connectorChanged(input, report.status, bootedAt), ...(areFree(connectors) && { isLast: true }) },
    });
  else effects.push(...courseTold(state, input, 'repeated'));
  if (previous?.status === 'reserved' && report.status === 'available' && input.connectorId !== 0) {
    const { chargePointId, receivedAt, evseId, at } = input;
    const about = { room: 'reservations', type: 'connector_freed', chargePointId, receivedAt } as const;
    // Reservations name a place by the number of its EVSE (decision 006.2).
    effects.push({ do: 'feed', input: { ...about, connectorId: evseId, at, bootedAt } });
  }
  return { state: next, effects };
}

/** 0 is the charger itself. */
const areFree = (connectors: StationState['connectors']): boolean =>
  [...connectors.values()].every(({ connectorId, status }) => connectorId === 0 || status === 'available');

/** A clock that runs ahead must not make every later report look old: never remember a time beyond the receipt. */
const rememberedAt = ({ at, receivedAt }: Input<'status_reported'>): Date =>
  new Date(Math.min(at.at.getTime(), receivedAt.getTime()));

/** A report that changes a connector's status is told to the session there; most do. */
export function foresee(input: StationInput): readonly SessionInput[] {
  return input.type === 'status_reported' && input.connectorId !== 0
    ? [connectorChanged(input, input.status, null)]
    : [];
}

type Told = Extract<SessionInput, { readonly type: 'connector_changed' }>;
const connectorChanged = (
  input: Input<'status_reported'>,
  status: ConnectorRow['status'],
  bootedAt: Date | null,
): Told => ({
  room: 'sessions',
  type: 'connector_changed',
  status,
  chargePointId: input.chargePointId,
  receivedAt: input.receivedAt,
  evseId: input.evseId,
  connectorId: input.connectorId,
  at: input.at,
  bootedAt,
});

/**
 * 1.6: what a session costs depends on what its connector said when, also where that is nothing new of the moment. And one that is
 * still free may have had a session meanwhile, of which its charger told afterwards.
 */
function courseTold({ row }: StationState, input: Input<'status_reported'>, news: 'repeated' | 'late'): Effect[] {
  const says = ofCourse.has(input.status) || (input.status === 'available' && news === 'repeated');
  const isIts = row.protocol === 'ocpp1.6' && input.connectorId !== 0 && says;
  return isIts ? [{ do: 'feed', input: { news, ...connectorChanged(input, input.status, row.bootedAt) } }] : [];
}
const ofCourse: ReadonlySet<string> = new Set([
  ...['preparing', 'charging', 'suspended_ev', 'suspended_evse', 'finishing', 'faulted', 'unavailable'],
]);

const changed = (previous: ConnectorRow | undefined, report: ConnectorRow, at: ChargerInstant): Effect => ({
  do: 'emit',
  event: {
    type: 'charge_point.status_changed',
    occurredAt: at.at,
    receivedAt: report.receivedAt,
    historical: at.historical,
    data: {
      evse_id: report.evseId,
      connector_id: report.connectorId,
      previous_status: previous?.status ?? null,
      status: report.status,
      error_code: report.errorCode,
      info: report.info,
      vendor_error_code: report.vendorErrorCode,
    },
  },
});

const inTransaction: ReadonlySet<string> = new Set(['charging', 'suspended_ev', 'suspended_evse']);

/**
 * Only an occupied connector shows it; a free one too, as the transaction may be told before the plug. What is out of order,
 * out of service or reserved stays so, and shows it when it is occupied again.
 */
export function activityChanged(state: StationState, input: Input<'activity_changed'>): Next {
  const { evseId, connectorId, activity, receivedAt } = input;
  const key = connectorKey(evseId, connectorId);
  const known = state.connectors.get(key);
  if (known === undefined && state.connectors.size >= MAX_CONNECTORS) {
    return { state, effects: [], ignored: 'too_many_connectors' };
  }
  const statusAt = new Date(Math.min(input.at.at.getTime(), receivedAt.getTime()));
  if (known !== undefined && statusAt < known.statusAt) return { state, effects: [], ignored: 'late' };
  const before: ConnectorRow = known ?? {
    ...{ evseId, connectorId, status: 'unknown', rawStatus: '', errorCode: null, info: null, vendorId: null },
    ...{ vendorErrorCode: null, statusAt, receivedAt, activity: null, statusSince: receivedAt },
  };
  const isFree = before.rawStatus.toLowerCase() === 'available';
  const isOccupied = before.status === 'occupied' || inTransaction.has(before.status) || before.status === 'finishing';
  const shown = (): ConnectorRow['status'] => {
    const isRunning = activity !== null && inTransaction.has(activity);
    if (isRunning && (isOccupied || isFree || known === undefined)) return activity;
    if (!isOccupied) return before.status;
    return isFree ? 'available' : (activity ?? (before.rawStatus === '' ? 'unknown' : 'occupied'));
  };
  // Nobody is finishing where the plug is out already.
  const kept = isFree && activity === 'finishing' ? null : activity;
  const status = shown();
  const statusSince = status === before.status ? before.statusSince : receivedAt;
  const after: ConnectorRow = { ...before, status, activity: kept, statusAt, receivedAt, statusSince };
  const connectors = new Map(state.connectors).set(key, after);
  if (after.status === before.status) return { state: { ...state, connectors }, effects: [], ignored: 'unchanged' };
  const history = [...state.history, { at: input.at.at, applied: true, ...after }];
  return { state: { ...state, connectors, history }, effects: [changed(known, after, input.at)] };
}
