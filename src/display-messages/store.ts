/** Hot SQL of the display-messages room: what its participant loads and saves, and what the sweep finds. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { DisplayMessageInput } from '../ingest/inputs.ts';
import { transactionKeySql } from '../sessions/index.ts';
import type { DisplayLimits } from './check-message.ts';
import { type DisplayState, isGone, type MessageRow, type RefreshRow } from './types.ts';

export const MESSAGE_FIELDS = `m.message, m.origin, m.command_id AS "commandId", m.created_at AS "createdAt",
  m.confirmed_at AS "confirmedAt", s.ended_at AS "transactionEndedAt"`;
/** With the session of the transaction that a message is bound to. */
const MESSAGES = `display_messages m
    LEFT JOIN sessions s ON s.charge_point_id = m.charge_point_id
                        AND s.start_key = ${transactionKeySql("(m.message->>'ocppTransactionId')")}`;
export const REFRESH_FIELDS = `r.id, r.request_id AS "requestId", r.command_id AS "commandId", r.status, r.why, r.parts,
  r.requested_by AS "requestedBy", r.created_at AS "createdAt", r.completed_at AS "completedAt", r.due_at AS "dueAt"`;

// Plan: the primary key (charge_point_id, message_id); the sessions by sessions_charge_point_id_start_key_key.
const LOAD_MESSAGES: Statement = {
  name: 'display_messages_load',
  text: `SELECT m.charge_point_id AS "chargePointId", ${MESSAGE_FIELDS} FROM ${MESSAGES}
          WHERE m.charge_point_id = ANY($1::text[])`,
};
// Plan: display_message_refreshes_open, which holds open ones only; the primary key for the named ones.
const LOAD_REFRESHES: Statement = {
  name: 'display_message_refreshes_load',
  text: `SELECT r.charge_point_id AS "chargePointId", ${REFRESH_FIELDS} FROM display_message_refreshes r
          WHERE r.charge_point_id = ANY($1::text[]) AND r.due_at IS NOT NULL
         UNION
         SELECT r.charge_point_id, ${REFRESH_FIELDS} FROM display_message_refreshes r
          WHERE r.id = ANY($2::text[]) AND r.charge_point_id = ANY($1::text[])`,
};
const SAVE_MESSAGES: Statement = {
  name: 'display_messages_save',
  text: `INSERT INTO display_messages (organization_id, charge_point_id, message_id, message, origin, command_id, created_at,
                                       confirmed_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::int4[], $4::jsonb[], $5::text[], $6::text[], $7::timestamptz[],
                              $8::timestamptz[])
         ON CONFLICT (charge_point_id, message_id) DO UPDATE
           SET message = excluded.message, origin = excluded.origin, command_id = excluded.command_id,
               created_at = excluded.created_at, confirmed_at = excluded.confirmed_at`,
};
const REMOVE_MESSAGES: Statement = {
  name: 'display_messages_remove',
  text: `DELETE FROM display_messages m USING unnest($1::text[], $2::int4[]) AS gone(charge_point_id, message_id)
          WHERE m.charge_point_id = gone.charge_point_id AND m.message_id = gone.message_id`,
};
const SAVE_REFRESHES: Statement = {
  name: 'display_message_refreshes_save',
  text: `INSERT INTO display_message_refreshes (id, organization_id, charge_point_id, request_id, command_id, status, why, parts,
                                                requested_by, created_at, completed_at, due_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
                              $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, why = excluded.why, parts = excluded.parts,
                                        completed_at = excluded.completed_at, due_at = excluded.due_at`,
};

export async function loadDisplays(tx: Tx, inputs: readonly DisplayMessageInput[]): Promise<Map<string, DisplayState>> {
  const ids = inputs.map(({ chargePointId }) => chargePointId);
  const named = inputs.flatMap((input) => ('refreshId' in input ? [input.refreshId] : []));
  const [messages, refreshes] = await Promise.all([
    tx.rows<MessageRow & { chargePointId: string }>(LOAD_MESSAGES, [ids]),
    tx.rows<RefreshRow & { chargePointId: string }>(LOAD_REFRESHES, [ids, named]),
  ]);
  type Held = { messages: Map<number, MessageRow>; refreshes: Map<string, RefreshRow> };
  const states = new Map<string, Held>(ids.map((id) => [id, { messages: new Map(), refreshes: new Map() }]));
  for (const { chargePointId, ...row } of messages) states.get(chargePointId)?.messages.set(row.message.messageId, row);
  for (const { chargePointId, ...row } of refreshes) states.get(chargePointId)?.refreshes.set(row.id, row);
  return states;
}

type Change = { readonly root: Root; readonly before: DisplayState; readonly after: DisplayState };

export async function saveDisplays(tx: Tx, changes: readonly Change[]): Promise<void> {
  const messages = changes.flatMap(({ root, before, after }) =>
    [...after.messages].filter(([id, row]) => before.messages.get(id) !== row).map(([id, row]) => ({ root, id, row })),
  );
  const gone = changes.flatMap(({ root, before, after }) =>
    [...before.messages.keys()].filter((id) => !after.messages.has(id)).map((id) => ({ root, id })),
  );
  const refreshes = changes.flatMap(({ root, before, after }) =>
    [...after.refreshes.values()].filter((row) => before.refreshes.get(row.id) !== row).map((row) => ({ root, row })),
  );
  await Promise.all([
    messages.length > 0 &&
      tx.rows(SAVE_MESSAGES, [
        messages.map(({ root }) => root.organizationId),
        messages.map(({ root }) => root.chargePointId),
        messages.map(({ id }) => id),
        messages.map(({ row }) => JSON.stringify(row.message)),
        messages.map(({ row }) => row.origin),
        messages.map(({ row }) => row.commandId),
        messages.map(({ row }) => row.createdAt),
        messages.map(({ row }) => row.confirmedAt),
      ]),
    gone.length > 0 && tx.rows(REMOVE_MESSAGES, [gone.map(({ root }) => root.chargePointId), gone.map(({ id }) => id)]),
    refreshes.length > 0 &&
      tx.rows(SAVE_REFRESHES, [
        refreshes.map(({ row }) => row.id),
        refreshes.map(({ root }) => root.organizationId),
        refreshes.map(({ root }) => root.chargePointId),
        refreshes.map(({ row }) => row.requestId),
        refreshes.map(({ row }) => row.commandId),
        refreshes.map(({ row }) => row.status),
        refreshes.map(({ row }) => row.why),
        refreshes.map(({ row }) => JSON.stringify(row.parts)),
        refreshes.map(({ row }) => row.requestedBy),
        refreshes.map(({ row }) => row.createdAt),
        refreshes.map(({ row }) => row.completedAt),
        refreshes.map(({ row }) => row.dueAt),
      ]),
  ]);
}

// Plan: display_message_refreshes_due, which holds open ones only.
const DUE: Statement = {
  name: 'display_message_refreshes_due',
  text: `SELECT r.id, r.charge_point_id AS "chargePointId" FROM display_message_refreshes r
          WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT $2`,
};
// A deleted charge point has no door any more through which they could end. Plan: display_message_refreshes_due.
const CLOSE_ORPHANS: Statement = {
  name: 'display_message_refreshes_close_orphans',
  text: `UPDATE display_message_refreshes r SET status = 'timed_out', due_at = NULL, completed_at = $1
          WHERE r.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = r.charge_point_id)`,
};
export const dueRefreshes = (db: Tx, now: Date, limit: number): Promise<{ id: string; chargePointId: string }[]> =>
  db.rows(DUE, [now, limit]);
export async function closeOrphans(db: Tx, now: Date): Promise<void> {
  await db.rows(CLOSE_ORPHANS, [now]);
}

// ------------------------------------------------------------------------------------------------------------------- REST

// Plan: the primary key, ascending from the cursor; the sessions as above.
const LIST: Statement = {
  name: 'display_messages_list',
  text: `SELECT ${MESSAGE_FIELDS} FROM ${MESSAGES}
          WHERE m.organization_id = $1 AND m.charge_point_id = $2 AND m.message_id > $3 ORDER BY m.message_id LIMIT $4`,
};
// Plan: display_message_refreshes_charge_point_id_id_idx from its new end.
const LATEST: Statement = {
  name: 'display_message_refreshes_latest',
  text: `SELECT ${REFRESH_FIELDS} FROM display_message_refreshes r
          WHERE r.organization_id = $1 AND r.charge_point_id = $2 ORDER BY r.id DESC LIMIT 1`,
};

// Plan: the primary key (charge_point_id, key), one station's part of it.
const LIMITS: Statement = {
  name: 'display_messages_limits',
  text: `SELECT v.variable, v.value, v.max_limit AS most FROM device_variables v
          WHERE v.organization_id = $1 AND v.charge_point_id = $2 AND v.component = 'DisplayMessageCtrlr'
            AND v.attribute = 'actual' AND v.gone_at IS NULL LIMIT 50`,
};
// Plan: the primary key; the sessions as above.
const HELD: Statement = {
  name: 'display_messages_held',
  text: `SELECT ${MESSAGE_FIELDS} FROM ${MESSAGES}
          WHERE m.organization_id = $1 AND m.charge_point_id = $2`,
};

type Where = { readonly organizationId: string; readonly chargePointId: string };
/** By message id; up to `limit` + 1 of them. */
export const listMessages = (
  db: Tx,
  { organizationId, chargePointId }: Where,
  page: { readonly after: number | undefined; readonly limit: number },
): Promise<MessageRow[]> =>
  db.rows<MessageRow>(LIST, [organizationId, chargePointId, page.after ?? -1, page.limit + 1]);
export async function latestRefresh(db: Tx, { organizationId, chargePointId }: Where): Promise<RefreshRow | undefined> {
  return (await db.rows<RefreshRow>(LATEST, [organizationId, chargePointId]))[0];
}

/** What the station says of its displays, as far as it is known. */
export async function limitsOf(db: Tx, { organizationId, chargePointId }: Where, now: Date): Promise<DisplayLimits> {
  const [variables, held] = await Promise.all([
    db.rows<{ variable: string; value: string | null; most: number | null }>(LIMITS, [organizationId, chargePointId]),
    db.rows<MessageRow>(HELD, [organizationId, chargePointId]),
  ]);
  const named = new Map(variables.map((each) => [each.variable.toLowerCase(), each]));
  const words = (name: string): readonly string[] | undefined => {
    const value = named.get(name)?.value;
    return value === null || value === undefined ? undefined : value.split(',').filter((word) => word.trim() !== '');
  };
  return {
    formats: words('supportedformats'),
    priorities: words('supportedpriorities'),
    states: words('supportedstates'),
    most: (named.get('numberofdisplaymessages') ?? named.get('displaymessages'))?.most ?? undefined,
    held: held.filter((row) => !isGone(row, now)).map(({ message }) => message.messageId),
  };
}
