/**
 * Monitors of a station's variables, the events that they cause, what is wrong by them now, and streams of values. Pure.
 * An event is never refused, and what it says of the present counts: one from an offline queue that is older never undoes a newer.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { Learned, MonitoringInput, StreamReply, ToldMonitor, ToldStream } from '../ingest/inputs.ts';
import {
  type ConditionRow,
  conditionKey,
  type EventRow,
  eventKey,
  type MonitoringState,
  NO_MONITOR,
  type StreamRow,
} from './types.ts';

export type Context = {
  /** EVENT_STREAMS_MAX: that one station may have open. */
  readonly mostStreams: number;
  readonly now: Date;
};
type Input<T extends MonitoringInput['type']> = Extract<MonitoringInput, { type: T }>;
type Next = Step<MonitoringState>;

/** Of one station: one that invents them without end gets no more rows. */
export const MOST_MONITORS = 2_000;
export const MOST_ALERTING = 5_000;
export const MOST_STREAM_ROWS = 200;
/** As far as the column counts. */
const MOST_COUNTED = 2 ** 31 - 1;

export function decide(state: MonitoringState, input: MonitoringInput, context: Context): Next {
  switch (input.type) {
    case 'command_ended':
      return commandEnded(state, input, context);
    case 'monitors_told':
      return { state: withMonitors(state, input.monitors, input.receivedAt), effects: [] };
    case 'all_monitors_told': {
      const old = [...state.monitors.values()].filter(({ seenAt }) => seenAt < input.since);
      return {
        state: without(
          state,
          old.map(({ monitorId }) => monitorId),
          context.now,
        ),
        effects: [],
      };
    }
    case 'events_reported':
      return eventsReported(state, input);
    case 'stream_opened':
      return streamOpened(state, input, context);
    case 'stream_closed': {
      const stream = state.streams.get(input.streamId);
      if (stream === undefined || stream.status === 'closed') return stay(state, 'not_open');
      return { state: putStream(state, { ...stream, status: 'closed', closedAt: input.receivedAt }), effects: [] };
    }
    case 'rebooted':
      return allClosed(state, input.receivedAt);
    case 'stream_values':
      return streamValues(state, input);
  }
}

const stay = (state: MonitoringState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});

// -------------------------------------------------------------------------------------------------------------- monitors

const OURS = [
  'monitors_set',
  'monitors_cleared',
  'monitoring_base',
  'monitoring_level',
  'streams_listed',
  'stream_adjusted',
] as const;
type Ours = Extract<Learned, { readonly about: (typeof OURS)[number] }>;
const isOurs = (learned: Learned): learned is Ours => (OURS as readonly string[]).includes(learned.about);

function commandEnded(state: MonitoringState, input: Input<'command_ended'>, { now }: Context): Next {
  const { learned } = input;
  if (learned === undefined || !isOurs(learned)) return stay(state, 'nothing_learned');
  switch (learned.about) {
    case 'monitors_set':
      return { state: withMonitors(state, learned.monitors, now), effects: [] };
    case 'monitors_cleared':
      return { state: without(state, learned.monitorIds, now), effects: [] };
    case 'monitoring_base': {
      const settings = { ...state.settings, base: learned.base, baseAt: now };
      // N03.FR.04, .05: both take custom monitors away; which are active then, only a report tells.
      const custom = [...state.monitors.values()].filter(
        ({ origin }) => origin === null || origin === 'custom_monitor',
      );
      const after =
        learned.base === 'all'
          ? state
          : without(
              state,
              custom.map(({ monitorId }) => monitorId),
              now,
              // Of monitors a station of 2.0.1 does not say whose they are; of what they find it does.
              (row) => row.origin === 'custom_monitor',
            );
      return { state: { ...after, settings }, effects: [] };
    }
    case 'monitoring_level':
      return {
        state: { ...state, settings: { ...state.settings, level: learned.severity, levelAt: now } },
        effects: [],
      };
    case 'streams_listed':
      return { state: listed(state, learned.streams, now), effects: [] };
    case 'stream_adjusted': {
      const stream = state.streams.get(learned.streamId);
      if (stream === undefined) return stay(state, 'unknown');
      const { intervalS, values } = learned;
      const more = { ...(intervalS !== null && { intervalS }), ...(values !== null && { values }) };
      return { state: putStream(state, { ...stream, ...more }), effects: [] };
    }
  }
}

function withMonitors(state: MonitoringState, told: readonly ToldMonitor[], seenAt: Date): MonitoringState {
  const monitors = new Map(state.monitors);
  const gone = new Set(state.gone);
  for (const monitor of told) {
    if (!monitors.has(monitor.monitorId) && monitors.size >= MOST_MONITORS) continue;
    const origin = monitor.origin ?? monitors.get(monitor.monitorId)?.origin ?? null;
    monitors.set(monitor.monitorId, { ...monitor, origin, seenAt });
    gone.delete(monitor.monitorId);
  }
  return { ...state, monitors, gone };
}

/** What a monitor found ends with it: nobody is left to say that it is over. */
function without(
  state: MonitoringState,
  ids: readonly number[],
  now: Date,
  isTheirs: (row: ConditionRow) => boolean = () => true,
): MonitoringState {
  if (ids.length === 0) return state;
  const ended = new Set(ids);
  const monitors = new Map(state.monitors);
  for (const id of ended) monitors.delete(id);
  const conditions = new Map(state.conditions);
  let { alertingCount } = state;
  for (const [named, row] of state.conditions) {
    if (row.state !== 'alerting' || !ended.has(row.monitorId) || !isTheirs(row)) continue;
    const lastAt = row.lastAt > now ? row.lastAt : now; // what it found before opens nothing any more
    conditions.set(named, { ...row, state: 'cleared', clearedAt: now, lastAt });
    alertingCount -= 1;
  }
  return { ...state, monitors, gone: new Set([...state.gone, ...ids]), conditions, alertingCount };
}

// ---------------------------------------------------------------------------------------------------------------- events

/** What events change, copied once for all of a message: there may be ten thousands. */
type Draft = {
  readonly known: Set<string>;
  readonly events: EventRow[];
  readonly conditions: Map<string, ConditionRow>;
  alertingCount: number;
};

function eventsReported(state: MonitoringState, { events, receivedAt }: Input<'events_reported'>): Next {
  const { alertingCount } = state;
  const draft: Draft = {
    known: new Set(state.known),
    events: [...state.events],
    conditions: new Map(state.conditions),
    alertingCount,
  };
  const inOrder = events.toSorted((one, other) => one.at.at.getTime() - other.at.at.getTime());
  for (const event of inOrder) note(draft, state.monitors, { ...event, receivedAt });
  const isNew = draft.events.length > state.events.length;
  return isNew ? { state: { ...state, ...draft }, effects: [] } : stay(state, 'duplicate');
}

function note(draft: Draft, monitors: MonitoringState['monitors'], said: EventRow): void {
  const key = eventKey({ ...said, at: said.at.at });
  if (draft.known.has(key)) return;
  const { monitorId } = said;
  const severity = said.severity ?? (monitorId === null ? null : (monitors.get(monitorId)?.severity ?? null));
  const event: EventRow = { ...said, severity };
  draft.known.add(key);
  draft.events.push(event);
  if (event.trigger === 'alerting') judge(draft, event);
}

/**
 * N07.FR.16, .17: an alert stands until the same monitor says that it is over. A station tells in order what it tells as it happens:
 * only what it had kept while it was offline can be older than what was heard before.
 */
function judge(draft: Draft, event: EventRow): void {
  const named = conditionKey(event.key, event.monitorId);
  const before = draft.conditions.get(named);
  // A clock that runs ahead must not make every later event look old.
  const ours = new Date(Math.min((event.at.ours ?? event.at.at).getTime(), event.receivedAt.getTime()));
  const isOlder = before !== undefined && ours < before.lastAt;
  if (isOlder && event.at.historical) return;
  const at = isOlder ? before.lastAt : ours;
  const again = before?.state === 'alerting' ? before : undefined;
  if (event.cleared ? before === undefined : again === undefined && draft.alertingCount >= MOST_ALERTING) return;
  const { key, severity, origin, value, techCode, techInfo, transactionId, id: eventId } = event;
  const said = {
    key,
    monitorId: event.monitorId ?? NO_MONITOR,
    severity,
    origin,
    lastAt: at,
    value,
    techCode,
    techInfo,
  };
  const condition: ConditionRow = event.cleared
    ? {
        ...said,
        transactionId,
        eventId,
        state: 'cleared',
        openedAt: before?.openedAt ?? at,
        clearedAt: before?.state === 'cleared' ? before.clearedAt : at,
        occurrences: before?.occurrences ?? 0,
        severity: severity ?? before?.severity ?? null,
      }
    : {
        ...said,
        transactionId,
        eventId,
        state: 'alerting',
        openedAt: again?.openedAt ?? at,
        clearedAt: null,
        occurrences: (again?.occurrences ?? 0) + 1,
      };
  draft.conditions.set(named, condition);
  draft.alertingCount += (event.cleared ? 0 : 1) - (again === undefined ? 0 : 1);
}

// --------------------------------------------------------------------------------------------------------------- streams

const putStream = (state: MonitoringState, stream: StreamRow): MonitoringState => ({
  ...state,
  streams: new Map(state.streams).set(stream.streamId, stream),
});

/** 2.1 N11: taken, unless the station has as many open as it may, or would make rows without end. */
function streamOpened(
  state: MonitoringState,
  { stream, receivedAt }: Input<'stream_opened'>,
  { mostStreams }: Context,
): Next {
  const reply = (accepted: boolean): Effect => ({ do: 'reply', value: { accepted } satisfies StreamReply });
  const { streams } = state;
  let open = 0;
  for (const each of streams.values()) if (each.status === 'open' && each.streamId !== stream.streamId) open += 1;
  if (open >= mostStreams) return stay(state, 'too_many', [reply(false)]);
  const kept = withRoomFor(stream.streamId, streams);
  if (kept === undefined) return stay(state, 'too_many', [reply(false)]);
  const after = putStream({ ...state, streams: kept }, opened(stream, receivedAt, kept.get(stream.streamId)));
  return { state: after, effects: [reply(true)] };
}

/** At the bound the row that has been closed longest gives way; undefined: all are open. */
function withRoomFor(
  streamId: number,
  streams: ReadonlyMap<number, StreamRow>,
): ReadonlyMap<number, StreamRow> | undefined {
  if (streams.has(streamId) || streams.size < MOST_STREAM_ROWS) return streams;
  const closed = [...streams.values()].flatMap((each) =>
    each.closedAt === null ? [] : ([[+each.closedAt, each.streamId]] as const),
  );
  const [oldest] = closed.sort(([one], [other]) => one - other);
  if (oldest === undefined) return undefined;
  const kept = new Map(streams);
  kept.delete(oldest[1]);
  return kept;
}

const opened = (stream: ToldStream, openedAt: Date, before: StreamRow | undefined): StreamRow => ({
  ...stream,
  status: 'open',
  openedAt,
  closedAt: null,
  lastAt: before?.lastAt ?? null,
  pending: 0,
  received: before?.received ?? 0,
});

/** N13: what the station has open is open, and nothing else is. */
function listed(state: MonitoringState, told: readonly ToldStream[], now: Date): MonitoringState {
  const named = new Set(told.map(({ streamId }) => streamId));
  let after = state;
  for (const stream of state.streams.values()) {
    if (stream.status === 'open' && !named.has(stream.streamId))
      after = putStream(after, { ...stream, status: 'closed', closedAt: now });
  }
  for (const stream of told) {
    const streams = withRoomFor(stream.streamId, after.streams);
    if (streams === undefined) continue;
    const before = streams.get(stream.streamId);
    const row = before?.status === 'open' ? { ...before, ...stream } : opened(stream, now, before);
    after = putStream({ ...after, streams }, row);
  }
  return after;
}

function allClosed(state: MonitoringState, at: Date): Next {
  const open = [...state.streams.values()].filter(({ status }) => status === 'open');
  if (open.length === 0) return stay(state, 'none_open');
  const closed = open.map(
    (stream) => [stream.streamId, { ...stream, status: 'closed' as const, closedAt: at }] as const,
  );
  return { state: { ...state, streams: new Map([...state.streams, ...closed]) }, effects: [] };
}

/** Nobody answers a SEND: values of a stream that was never accepted are dropped. */
function streamValues(state: MonitoringState, input: Input<'stream_values'>): Next {
  const stream = state.streams.get(input.streamId);
  if (stream === undefined || stream.status === 'closed') return stay(state, 'not_open');
  const { streamId, pending, receivedAt } = input;
  const values = input.values.map((each) => ({ ...each, streamId }));
  const received = Math.min(stream.received + values.length, MOST_COUNTED);
  const after = putStream(state, { ...stream, lastAt: receivedAt, pending, received });
  return { state: { ...after, values: [...after.values, ...values] }, effects: [] };
}
