/** Hot SQL of the alerts room: what its participant loads and saves. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { AlertInput } from '../ingest/inputs.ts';
import { type ToMail, writeEmails } from './email-store.ts';
import { STREAK_MS } from './machine.ts';
import type { AlertRow, AlertState } from './types.ts';

type Column = readonly [field: keyof AlertRow, column: string, type: string];
const BIRTH: readonly Column[] = [
  ['id', 'id', 'text'],
  ['organizationId', 'organization_id', 'text'],
  ['rule', 'rule', 'text'],
  ['siteId', 'site_id', 'text'],
  ['evseId', 'evse_id', 'int4'],
  ['connectorId', 'connector_id', 'int4'],
  ['subject', 'subject', 'text'],
  ['title', 'title', 'text'],
  ['since', 'since', 'timestamptz'],
  ['streak', 'streak', 'int4'],
  ['createdAt', 'created_at', 'timestamptz'],
];
const LIFE: readonly Column[] = [
  ['status', 'status', 'text'],
  ['severity', 'severity', 'text'],
  ['reason', 'reason', 'text'],
  ['evidence', 'evidence', 'jsonb'],
  ['holds', 'holds', 'bool'],
  ['lastAt', 'last_at', 'timestamptz'],
  ['occurrences', 'occurrences', 'int4'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['members', 'members', 'int4'],
  ['triggeredAt', 'triggered_at', 'timestamptz'],
  ['acknowledgedAt', 'acknowledged_at', 'timestamptz'],
  ['acknowledgedBy', 'acknowledged_by', 'text'],
  ['resolvedAt', 'resolved_at', 'timestamptz'],
  ['resolution', 'resolution', 'text'],
  ['resolvedBy', 'resolved_by', 'text'],
  ['updatedAt', 'updated_at', 'timestamptz'],
];
const COLUMNS = [...BIRTH, ...LIFE];
const FIELDS = COLUMNS.map(([field, column]) => `a.${column} AS "${field}"`).join(', ');

// Plans: alerts_live_by_charge_point; alerts_charge_point_id_resolved_at_idx.
const LOAD: Statement = {
  name: 'alerts_load',
  text: `SELECT a.charge_point_id AS "chargePointId", ${FIELDS} FROM alerts a
          WHERE a.charge_point_id = ANY($1::text[]) AND (a.resolved_at IS NULL OR a.holds)
         UNION ALL
         SELECT a.charge_point_id, ${FIELDS} FROM alerts a
          WHERE a.charge_point_id = ANY($1::text[]) AND a.resolved_at > $2 AND NOT a.holds`,
};

const SAVE: Statement = {
  name: 'alerts_save',
  text: `INSERT INTO alerts (charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], ${COLUMNS.map(([, , type], i) => `$${i + 2}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${LIFE.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};
const REMOVE: Statement = { name: 'alerts_remove', text: 'DELETE FROM alerts WHERE id = ANY($1::text[])' };
const JOIN: Statement = {
  name: 'alerts_join',
  text: `INSERT INTO alert_members (alert_id, charge_point_id, joined_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) ON CONFLICT DO NOTHING`,
};
const NOTE: Statement = {
  name: 'alerts_note',
  text: `INSERT INTO alert_comments (id, organization_id, alert_id, kind, author, text, created_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
         ON CONFLICT DO NOTHING`,
};

export async function loadAlerts(tx: Tx, inputs: readonly AlertInput[]): Promise<Map<string, AlertState>> {
  const earliest = Math.min(...inputs.map(({ receivedAt }) => receivedAt.getTime()));
  const rows = await tx.rows<AlertRow & { chargePointId: string }>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    new Date(earliest - STREAK_MS),
  ]);
  const alerts = new Map<string, Map<string, AlertRow>>(inputs.map(({ chargePointId }) => [chargePointId, new Map()]));
  for (const { chargePointId, ...row } of rows) alerts.get(chargePointId)?.set(row.id, row);
  return new Map([...alerts].map(([id, own]) => [id, { alerts: own, gone: new Set(), joined: [], notes: [] }]));
}

type Change = { readonly root: Root; readonly before: AlertState; readonly after: AlertState };

/** What is told by e-mail: openings, again to those whom what joined a group concerns, and ends other than by one that tells of them. */
function mailsOf({ root, before, after }: Change): ToMail[] {
  const groups = new Set(after.joined.map(({ alertId }) => alertId));
  return [...after.alerts.values()].flatMap((row) => {
    const was = before.alerts.get(row.id);
    const { id, organizationId, siteId, severity, updatedAt: at } = row;
    if (was === row || organizationId !== root.organizationId) return [];
    const mail = { id, organizationId, siteId, severity, at };
    const isOver = row.status === 'resolved' && row.resolution !== 'superseded' && was?.status !== 'resolved';
    const wasTold = (was?.triggeredAt ?? null) !== null;
    return [
      ...(row.triggeredAt !== null && (!wasTold || groups.has(id))
        ? [{ ...mail, kind: 'triggered' as const, isLate: wasTold }]
        : []),
      ...(isOver ? [{ ...mail, kind: 'resolved' as const }] : []),
    ];
  });
}

/** Sent together, in this order: what ended leaves its key before another takes it, and who joins a group decides who is mailed. */
export async function saveAlerts(tx: Tx, changes: readonly Change[], isMailing: boolean): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.alerts.values()].filter((row) => before.alerts.get(row.id) !== row).map((row) => ({ root, row })),
  );
  const isOver = ({ row }: { row: AlertRow }): boolean => row.resolvedAt !== null && !row.holds;
  const gone = changes.flatMap(({ after }) => [...after.gone]);
  const joined = changes.flatMap(({ after }) => after.joined);
  const notes = changes.flatMap(({ root, after }) => after.notes.map((note) => ({ ...note, root })));
  const sent: Promise<unknown>[] = [];
  if (gone.length > 0) sent.push(tx.rows(REMOVE, [gone]));
  for (const some of [changed.filter(isOver), changed.filter((each) => !isOver(each))]) {
    if (some.length === 0) continue;
    sent.push(
      tx.rows(SAVE, [
        some.map(({ root }) => root.chargePointId),
        ...COLUMNS.map(([field, , type]) =>
          some.map(({ row }) => (type === 'jsonb' ? JSON.stringify(row[field]) : row[field])),
        ),
      ]),
    );
  }
  if (joined.length > 0) {
    sent.push(
      tx.rows(JOIN, [
        joined.map(({ alertId }) => alertId),
        joined.map(({ chargePointId }) => chargePointId),
        joined.map(({ at }) => at),
      ]),
    );
  }
  const mails = isMailing ? changes.flatMap(mailsOf) : [];
  if (mails.length > 0) sent.push(writeEmails(tx, mails));
  if (notes.length > 0) {
    sent.push(
      tx.rows(NOTE, [
        notes.map(({ commentId }) => commentId),
        notes.map(({ root }) => root.organizationId),
        notes.map(({ alertId }) => alertId),
        notes.map(({ kind }) => kind),
        notes.map(({ author }) => author),
        notes.map(({ text }) => text),
        notes.map(({ at }) => at),
      ]),
    );
  }
  await Promise.all(sent);
}
