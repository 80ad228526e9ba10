/** Hot SQL of the room, first half: what the machine has to know, asked for while the lock is waited for. */
import { matchRemoteStart, openRemoteStarts, type RemoteStart } from '../commands/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import type { Plans } from '../tariffs/index.ts';
import { type Meet, type Meeting, meetingsOf, meetTariffs, reviveCosts, type StoredCost } from './cost-store.ts';
import { coveredBy, pairs, type Row, type Stored, stoppedBy } from './ended-store.ts';
import {
  type KnownEvents,
  loadEvents,
  mayAnswerRemoteStart,
  remoteStartsOf,
  seenBefore,
  transactionBegunAt,
} from './event-store.ts';
import { begunAt, orphanKey, orphanStartedAt, sessionBegunAt, sessionOf, startKey, transactionKey } from './machine.ts';
import { FIELDS, NONE } from './store.ts';
import type { SessionCost, SessionRow, SessionState } from './types.ts';

/**
 * All open sessions of these charge points, and the ended ones that the inputs name by transaction id, start key or id; and a row
 * without an id for each charge point that has events waiting (2.x), which are asked for only then. By their ids also those of deleted
 * charge points, whose organization is the root.
 * Plans: sessions_open_by_charge_point; sessions_transaction_id_key; sessions_charge_point_id_start_key_key; sessions_pkey;
 * held_transaction_events_pkey, mostly empty.
 */
const LOAD: Statement = {
  name: 'sessions_load',
  text: `SELECT s.charge_point_id AS "chargePointId", ${FIELDS} FROM sessions s
          WHERE s.charge_point_id = ANY($1::text[]) AND s.ended_at IS NULL
         UNION ALL
         SELECT s.charge_point_id, ${FIELDS} FROM unnest($2::text[], $3::int4[]) AS v(cp, transaction_id)
           JOIN sessions s ON s.transaction_id = v.transaction_id AND s.charge_point_id = v.cp WHERE s.ended_at IS NOT NULL
         UNION ALL
         SELECT s.charge_point_id, ${FIELDS} FROM unnest($4::text[], $5::text[]) AS v(cp, start_key)
           JOIN sessions s ON s.charge_point_id = v.cp AND s.start_key = v.start_key WHERE s.ended_at IS NOT NULL
         UNION ALL
         SELECT v.cp, ${FIELDS} FROM unnest($6::text[], $7::text[]) AS v(cp, id)
           JOIN sessions s ON s.id = v.id AND (s.charge_point_id = v.cp OR s.organization_id = v.cp) WHERE s.ended_at IS NOT NULL
         UNION ALL
         SELECT DISTINCT h.charge_point_id, ${NONE.join(', ')}
           FROM held_transaction_events h WHERE h.charge_point_id = ANY($1::text[])`,
};

type Started = Extract<SessionInput, { type: 'started' }>;

export async function loadSessions(
  tx: Tx,
  inputs: readonly SessionInput[],
  plans: Plans,
): Promise<Map<string, SessionState>> {
  const named = { transactions: pairs<number>(), keys: pairs<string>(), ids: pairs<string>() };
  const starts: { chargePointId: string; input: Started; at: Date; isReplayed: boolean }[] = [];
  for (const input of inputs) {
    const { chargePointId } = input;
    if (input.type === 'started') {
      named.keys.add(chargePointId, startKey(input.start));
      if (input.authorized.authorization === 'accepted')
        starts.push({ chargePointId, input, ...begunAt(input.start.at, input.receivedAt) });
    } else if (input.type === 'stopped') {
      if (input.transactionId !== undefined) named.transactions.add(chargePointId, input.transactionId);
      named.keys.add(chargePointId, orphanKey(input));
    } else if (input.type === 'metered' || input.type === 'unplugged') {
      if (input.transactionId !== undefined) named.transactions.add(chargePointId, input.transactionId);
    } else if (input.type === 'transaction_event') {
      // Any other event is mostly one of an open session: only if there is none, ended ones are looked through.
      if (input.event.kind === 'started') named.keys.add(chargePointId, transactionKey(input.event.ocppTransactionId));
    } else if (input.type === 'gap_due') {
      named.keys.add(chargePointId, transactionKey(input.ocppTransactionId));
    } else if ('sessionId' in input) named.ids.add(chargePointId, input.sessionId);
  }
  const loading = tx.rows<Row>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    named.transactions.chargePoints,
    named.transactions.values,
    named.keys.chargePoints,
    named.keys.values,
    named.ids.chargePoints,
    named.ids.values,
  ]);
  const asking = [...starts, ...mayAnswerRemoteStart(inputs)];
  const meetings = meetingsOf(inputs);
  const [rows, open, met] = await Promise.all([
    loading,
    asking.length === 0 ? NOBODY : openRemoteStarts(tx, asking),
    meetTariffs(tx, plans, meetings),
  ]);
  const states = new Map<string, Loaded>(
    inputs.map(({ chargePointId }) => [chargePointId, { sessions: new Map(), ...NOTHING }]),
  );
  const holding = await add(tx, rows, states, plans);
  for (const [chargePointId, { place }] of met) {
    const state = states.get(chargePointId);
    if (state !== undefined) state.place = place;
  }
  for (const { chargePointId, input, at, isReplayed } of starts) {
    const state = states.get(chargePointId);
    const { start } = input;
    const asked = { connectorId: start.evseId, tokenUid: start.tokenUid, at, isReplayed };
    const match = matchRemoteStart(open.get(chargePointId) ?? [], asked);
    if (state !== undefined && match !== undefined) state.remoteStart = match.commandId;
  }
  await add(tx, await stoppedBy(tx, inputs, states), states, plans);
  await add(tx, await coveredBy(tx, inputs), states, plans);
  const events = await loadEvents(tx, inputs, holding);
  if (events.size > 0) await addEnded(tx, inputs, states, plans);
  await meetLate(tx, inputs, states, events, met, plans);
  if (events.size === 0) return states;
  const seen = await seenBefore(tx, doubtsOf(inputs, states));
  const ofHeld = await openToHeld(tx, inputs, events);
  for (const [chargePointId, known] of events) {
    const state = states.get(chargePointId);
    if (state === undefined) continue;
    state.held = known.held;
    state.seen = seen.get(chargePointId) ?? [];
    state.remoteStarts = remoteStartsOf(state, known.inputs, [
      ...(open.get(chargePointId) ?? []),
      ...(ofHeld.get(chargePointId) ?? []),
    ]);
  }
  return states;
}

/** What was held may be applied now, and what it tells of may have been asked for at quite another time. */
async function openToHeld(
  tx: Tx,
  inputs: readonly SessionInput[],
  events: ReadonlyMap<string, KnownEvents>,
): Promise<ReadonlyMap<string, RemoteStart[]>> {
  const held = inputs.flatMap((input) =>
    (events.get(input.chargePointId)?.inputs ?? []).filter((each) => each !== input),
  );
  const asking = mayAnswerRemoteStart(held);
  return asking.length === 0 ? NOBODY : openRemoteStarts(tx, asking);
}

/** Events of transactions that have no open session: it has ended, or never began. */
async function addEnded(
  tx: Tx,
  inputs: readonly SessionInput[],
  states: ReadonlyMap<string, Loaded>,
  plans: Plans,
): Promise<void> {
  const keys = pairs<string>();
  for (const input of inputs) {
    if (input.type !== 'transaction_event' || input.event.kind === 'started') continue;
    const { ocppTransactionId } = input.event;
    const state = states.get(input.chargePointId);
    if (state !== undefined && sessionOf(state, ocppTransactionId) === undefined)
      keys.add(input.chargePointId, transactionKey(ocppTransactionId));
  }
  if (keys.values.length === 0) return;
  const rows = await tx.rows<Row>(LOAD, [[], [], [], keys.chargePoints, keys.values, [], []]);
  await add(tx, rows, states, plans);
}

/**
 * Sessions that begin where nothing said so: with a stop of no session of ours (X5), or with events that were held. And one that
 * began before a version that stands now, and learns only now whose it is (2.x): it has what stood when it began.
 */
async function meetLate(
  tx: Tx,
  inputs: readonly SessionInput[],
  states: ReadonlyMap<string, Loaded>,
  events: ReadonlyMap<string, KnownEvents>,
  met: ReadonlyMap<string, Meet>,
  plans: Plans,
): Promise<void> {
  const meetings = inputs.flatMap((input): Meeting[] => {
    const { chargePointId } = input;
    const state = states.get(chargePointId);
    if (input.type === 'stopped') {
      const isKnown = [...(state?.sessions.values() ?? [])].some(
        ({ transactionId }) => transactionId === input.transactionId,
      );
      const born = { startedAt: orphanStartedAt(input), createdAt: input.receivedAt };
      return isKnown ? [] : [{ chargePointId, tokenUid: null, at: sessionBegunAt(born, input.at).at }];
    }
    const waiting = events.get(chargePointId)?.held ?? NO_EVENTS;
    const held = (waiting.get(nameOf(input) ?? '') ?? []).map((each) => each.input);
    const told = input.type === 'transaction_event' ? input : held[0];
    if (told === undefined || state === undefined) return [];
    const at = transactionBegunAt(state, told, held);
    const since = met.get(chargePointId)?.since;
    if (waiting.size === 0 && (at === undefined || since === undefined || since <= at)) return [];
    const all = [...waiting.values()].flat().map((each) => each.input);
    const uids = [...all, told].flatMap(({ event }) => event.token?.uid ?? []);
    return [null, ...uids].map((tokenUid) => ({ chargePointId, tokenUid, at }));
  });
  for (const [chargePointId, { place }] of await meetTariffs(tx, plans, meetings)) {
    const state = states.get(chargePointId);
    if (state !== undefined) state.place = place;
  }
}
const NO_EVENTS: KnownEvents['held'] = new Map();
const nameOf = (input: SessionInput): string | undefined =>
  input.type === 'transaction_event'
    ? input.event.ocppTransactionId
    : input.type === 'gap_due'
      ? input.ocppTransactionId
      : undefined;

/** Gives the charge points that have events waiting. */
async function add(
  tx: Tx,
  rows: readonly Row[],
  states: ReadonlyMap<string, Loaded>,
  plans: Plans,
): Promise<ReadonlySet<string>> {
  const holding = new Set<string>();
  const stored = rows.flatMap(({ cost }) => cost ?? []);
  const costOf = stored.length === 0 ? undefined : await reviveCosts(tx, plans, stored);
  for (const row of rows) {
    if (row.id === null) holding.add(row.chargePointId);
    else states.get(row.chargePointId)?.sessions.set(row.id, sessionIn(row, costOf));
  }
  return holding;
}

/** Most have no cost: their rows are what the machine takes already. */
function sessionIn(row: Stored, costOf: ((one: StoredCost) => SessionCost) | undefined): SessionRow {
  const { cost } = row;
  return cost === null ? { ...row, cost } : { ...row, cost: costOf === undefined ? null : costOf(cost) };
}

/** Events with a number that was used: whether they are the same again, the log knows. */
const doubtsOf = (inputs: readonly SessionInput[], states: ReadonlyMap<string, Loaded>) =>
  inputs.flatMap((input) => {
    if (input.type !== 'transaction_event') return [];
    const state = states.get(input.chargePointId);
    const session = state && sessionOf(state, input.event.ocppTransactionId);
    return session !== undefined && input.event.seqNo <= (session.lastSeqNo ?? -1) ? [{ input, session }] : [];
  });

type Loaded = { -readonly [Field in keyof SessionState]: SessionState[Field] } & { sessions: Map<string, SessionRow> };
const NOTHING = {
  ...{ remoteStart: undefined, remoteStarts: new Map(), held: new Map(), seen: [], log: [] },
  ...{ corrections: [], place: undefined },
} as const;
const NOBODY: ReadonlyMap<string, RemoteStart[]> = new Map();
