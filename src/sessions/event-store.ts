/** Hot SQL of 2.x transactions: the log of their events, and those that wait for the ones before them. */
import { matchRemoteStart, type RemoteStart } from '../commands/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import { earlier } from './cost-store.ts';
import { eventBegunAt, reconstructedAt, sessionBegunAt, sessionOf } from './machine.ts';
import { reviveEvent } from './revive.ts';
import type { HeldEvent, LoggedEvent, SessionRow, SessionState, TransactionInput } from './types.ts';

// Null: of every transaction of the charge point. Plan: held_transaction_events_pkey.
const LOAD_HELD: Statement = {
  name: 'sessions_load_held',
  text: `SELECT h.charge_point_id AS "chargePointId", h.input, h.due_at AS "dueAt"
           FROM unnest($1::text[], $2::text[]) AS v(cp, transaction_id)
           JOIN held_transaction_events h ON h.charge_point_id = v.cp
                                         AND (v.transaction_id IS NULL OR h.transaction_id = v.transaction_id)
          ORDER BY h.seq_no, h.digest`,
};

// What came before with a number that was used. Asked only where one was: a repeated event, or a bad station. Plan:
// charge_points_pkey, then what the charge point told since the session began, by the index of each partition that may hold it.
const SEEN: Statement = {
  name: 'sessions_seen_events',
  text: `SELECT v.cp AS "chargePointId", e.digest
           FROM unnest($1::text[], $2::text[], $3::int4[], $4::timestamptz[]) AS v(cp, transaction_id, seq_no, since)
           JOIN charge_points c ON c.id = v.cp
           JOIN transaction_events e ON e.charge_point_number = c.number AND e.transaction_id = v.transaction_id
                                    AND e.seq_no = v.seq_no AND e.received_at >= v.since`,
};

// Not unique: an event that was applied, also by a COMMIT of which nobody knows whether it happened, is known by its session and by
// its digest, so it never comes here again (machine/transaction.ts).
const APPEND_LOG: Statement = {
  name: 'sessions_append_events',
  text: `INSERT INTO transaction_events (charge_point_number, transaction_id, seq_no, received_at, digest, event_type,
                                         trigger_reason, charging_state, offline, at, outcome)
         SELECT * FROM unnest($1::int4[], $2::text[], $3::int4[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
                              $8::text[], $9::bool[], $10::timestamptz[], $11::text[])`,
};

const HOLD: Statement = {
  name: 'sessions_hold_events',
  text: `INSERT INTO held_transaction_events (charge_point_id, transaction_id, seq_no, digest, input, due_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::int4[], $4::text[], $5::jsonb[], $6::timestamptz[])
         ON CONFLICT DO NOTHING`,
};

const RELEASE: Statement = {
  name: 'sessions_release_events',
  text: `DELETE FROM held_transaction_events h
          USING unnest($1::text[], $2::text[], $3::int4[], $4::text[]) AS v(cp, transaction_id, seq_no, digest)
          WHERE h.charge_point_id = v.cp AND h.transaction_id = v.transaction_id AND h.seq_no = v.seq_no AND h.digest = v.digest`,
};

export type KnownEvents = {
  readonly held: Map<string, readonly HeldEvent[]>;
  /** The one at hand and the held ones. */
  readonly inputs: TransactionInput[];
};

/** By charge point, for inputs that tell of transactions; only those `holding` have events waiting. */
export async function loadEvents(
  tx: Tx,
  inputs: readonly SessionInput[],
  holding: ReadonlySet<string>,
): Promise<Map<string, KnownEvents>> {
  const known = new Map<string, KnownEvents>();
  const named: { chargePointId: string; transactionId: string | null }[] = [];
  for (const input of inputs) {
    const { chargePointId } = input;
    if (input.type === 'transaction_event') {
      // What begins may supersede another one.
      const transactionId = input.event.kind === 'started' ? null : input.event.ocppTransactionId;
      if (holding.has(chargePointId)) named.push({ chargePointId, transactionId });
      known.set(chargePointId, { held: new Map(), inputs: [input] });
    } else if (input.type === 'gap_due') {
      named.push({ chargePointId, transactionId: null });
      known.set(chargePointId, { held: new Map(), inputs: [] });
    } else if (input.type === 'command_ended' && holding.has(chargePointId)) {
      // What a station says of a transaction, of which it may have told more.
      named.push({ chargePointId, transactionId: null });
      known.set(chargePointId, { held: new Map(), inputs: [] });
    }
  }
  if (named.length === 0) return known;
  const held = await tx.rows<{ chargePointId: string; input: unknown; dueAt: Date }>(LOAD_HELD, [
    named.map(({ chargePointId }) => chargePointId),
    named.map(({ transactionId }) => transactionId),
  ]);
  for (const { chargePointId, input: stored, dueAt } of held) {
    const own = known.get(chargePointId);
    const input = reviveEvent(stored);
    if (own === undefined || input === undefined) continue;
    const { ocppTransactionId } = input.event;
    own.held.set(ocppTransactionId, [...(own.held.get(ocppTransactionId) ?? []), { input, dueAt }]);
    own.inputs.push(input);
  }
  return known;
}

type Doubt = { readonly input: TransactionInput; readonly session: SessionRow };

/** By charge point: digests of what came before with the number of these events. Under the lock, like all loads. */
export async function seenBefore(tx: Tx, doubts: readonly Doubt[]): Promise<Map<string, string[]>> {
  const seen = new Map<string, string[]>();
  if (doubts.length === 0) return seen;
  const rows = await tx.rows<{ chargePointId: string; digest: string }>(SEEN, [
    doubts.map(({ input }) => input.chargePointId),
    doubts.map(({ input }) => input.event.ocppTransactionId),
    doubts.map(({ input }) => input.event.seqNo),
    // The clock of a station may run ahead by a day (ocpp/instants.ts).
    doubts.map(({ session }) => new Date(session.startedAt.getTime() - DAY_MS)),
  ]);
  for (const { chargePointId, digest } of rows) seen.set(chargePointId, [...(seen.get(chargePointId) ?? []), digest]);
  return seen;
}
const DAY_MS = 86_400_000;

/** Where and when a session began that may have been asked for by a remote start: it begins, names one, or learns its token. */
export const mayAnswerRemoteStart = (inputs: readonly SessionInput[]): { chargePointId: string; at: Date }[] =>
  inputs.flatMap((input) => {
    if (input.type !== 'transaction_event') return [];
    const { chargePointId, receivedAt } = input;
    const { kind, remoteStartId, token } = input.event;
    const { at, isReplayed } = eventBegunAt(input);
    if (kind !== 'started' && remoteStartId === undefined && token?.asks !== 'start') return [];
    // What it names is found however far its clock is behind.
    return isReplayed && remoteStartId !== undefined
      ? [at, receivedAt].map((each) => ({ chargePointId, at: each }))
      : [{ chargePointId, at }];
  });

/** By digest of the event: the command that asked for it (R6; F01.FR.25 by the number, else by token, place and time). */
export function remoteStartsOf(
  state: Pick<SessionState, 'sessions'>,
  inputs: readonly TransactionInput[],
  open: readonly RemoteStart[],
): Map<string, string> {
  const found = new Map<string, string>();
  if (open.length === 0) return found;
  for (const input of inputs) {
    const { event, token } = input;
    if (event.remoteStartId === undefined && token?.authorized.authorization !== 'accepted') continue;
    const session = sessionOf(state, event.ocppTransactionId);
    const match = matchRemoteStart(open, {
      connectorId: event.place?.evseId ?? (session?.evseId || undefined),
      tokenUid: event.token?.uid ?? null,
      remoteStartId: event.remoteStartId,
      ...eventBegunAt(input),
    });
    if (match !== undefined) found.set(event.digest, match.commandId);
  }
  return found;
}

/** By our clock, when the session began that this event tells of; undefined: it begins now. `held`: what waits for it, or it for. */
export function transactionBegunAt(
  state: Pick<SessionState, 'sessions'>,
  told: TransactionInput,
  held: readonly TransactionInput[],
): Date | undefined {
  if (told.event.kind === 'started') return earlier(eventBegunAt(told));
  const session = sessionOf(state, told.event.ocppTransactionId);
  if (session !== undefined) return sessionBegunAt(session, told.event.at).at;
  const first = held[0] ?? told;
  return sessionBegunAt({ startedAt: reconstructedAt(first), createdAt: first.receivedAt }, first.event.at).at;
}

type Change = { readonly root: Root; readonly before: SessionState; readonly after: SessionState };

/** Sent at once, none waits for another. */
export function saveEvents(tx: Tx, changes: readonly Change[]): Promise<unknown>[] {
  const sent: Promise<unknown>[] = [];
  const logged: { root: Root; each: LoggedEvent }[] = [];
  const held: { root: Root; each: HeldEvent }[] = [];
  const released: { root: Root; each: HeldEvent }[] = [];
  for (const { root, before, after } of changes) {
    for (const each of after.log) logged.push({ root, each });
    if (before.held === after.held) continue;
    const had = new Set([...before.held.values()].flat());
    const has = new Set([...after.held.values()].flat());
    for (const each of has) if (!had.has(each)) held.push({ root, each });
    for (const each of had) if (!has.has(each)) released.push({ root, each });
  }
  if (logged.length > 0) {
    const of = <T>(pick: (input: TransactionInput) => T): T[] => logged.map(({ each }) => pick(each.input));
    sent.push(
      tx.rows(APPEND_LOG, [
        logged.map(({ root }) => root.number),
        of(({ event }) => event.ocppTransactionId),
        of(({ event }) => event.seqNo),
        of(({ receivedAt }) => receivedAt),
        of(({ event }) => event.digest),
        of(({ event }) => event.kind),
        of(({ event }) => event.trigger),
        of(({ event }) => event.chargingState ?? null),
        of(({ event }) => event.offline),
        of(({ event }) => event.at.at),
        logged.map(({ each }) => each.outcome),
      ]),
    );
  }
  const keys = (rows: readonly { root: Root; each: HeldEvent }[]): unknown[][] => [
    rows.map(({ root }) => root.chargePointId),
    rows.map(({ each }) => each.input.event.ocppTransactionId),
    rows.map(({ each }) => each.input.event.seqNo),
    rows.map(({ each }) => each.input.event.digest),
  ];
  if (held.length > 0)
    sent.push(
      tx.rows(HOLD, [
        ...keys(held),
        held.map(({ each }) => JSON.stringify(each.input)),
        held.map(({ each }) => each.dueAt),
      ]),
    );
  if (released.length > 0) sent.push(tx.rows(RELEASE, keys(released)));
  return sent;
}
