/** SQL of the e-mails of alerts: whom they go to, which wait, and what became of them. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { rankOf } from './conditions-store.ts';
import type { MailedAlert } from './email-text.ts';

/**
 * One for each who wants to hear of it, in the transaction that triggers or resolves; the key makes each of them one. Who watches
 * sites hears of a group too that a charge point of theirs is in: its members are written before.
 * Plan: alert_recipients_organization_id_id_idx (100 at most each); alert_members_pkey and charge_points_pkey once for each alert.
 */
const WRITE: Statement = {
  name: 'alerts_write_emails',
  text: `INSERT INTO alert_emails (alert_id, kind, recipient_id, organization_id, status, attempts, next_attempt_at, created_at)
         SELECT a.id, a.kind, r.id, a.organization_id, 'pending', 0, a.at, a.at
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bool[])
                  AS a(id, kind, organization_id, site_id, severity, at, is_late)
           CROSS JOIN LATERAL (
             SELECT array_agg(DISTINCT c.site_id) || a.site_id AS ids
               FROM alert_members m JOIN charge_points c ON c.id = m.charge_point_id WHERE m.alert_id = a.id) hit
           JOIN alert_recipients r ON r.organization_id = a.organization_id AND r.active
            AND ${rankOf('a.severity')} >= ${rankOf('r.min_severity')} AND (a.kind = 'triggered' OR r.resolved)
            AND (r.site_ids && hit.ids OR (cardinality(r.site_ids) = 0 AND NOT a.is_late))
         ON CONFLICT DO NOTHING`,
};
export type ToMail = {
  readonly id: string;
  readonly kind: 'triggered' | 'resolved';
  readonly organizationId: string;
  readonly siteId: string | null;
  readonly severity: string;
  readonly at: Date;
  /** It was told before, and more charge points have joined it: only who watches a site hears of it now. */
  readonly isLate?: boolean;
};
export const writeEmails = (tx: Tx, mails: readonly ToMail[]): Promise<unknown> =>
  tx.rows(WRITE, [
    mails.map(({ id }) => id),
    mails.map(({ kind }) => kind),
    mails.map(({ organizationId }) => organizationId),
    mails.map(({ siteId }) => siteId),
    mails.map(({ severity }) => severity),
    mails.map(({ at }) => at),
    mails.map(({ isLate = false }) => isLate),
  ]);

/**
 * What is due, for this process until $2: who dies with it leaves it to the next. All of a recipient's come together, so that many
 * are one mail. Plan: alert_emails_due.
 */
const TAKE: Statement = {
  name: 'alerts_take_emails',
  text: `WITH due AS (
           SELECT e.alert_id, e.kind, e.recipient_id FROM alert_emails e
            WHERE e.status = 'pending' AND e.next_attempt_at <= $1
            ORDER BY e.next_attempt_at, e.recipient_id LIMIT $3 FOR UPDATE SKIP LOCKED
         ), taken AS (
           UPDATE alert_emails e SET next_attempt_at = $2 FROM due
            WHERE e.alert_id = due.alert_id AND e.kind = due.kind AND e.recipient_id = due.recipient_id
           RETURNING e.alert_id, e.kind, e.recipient_id
         )
         SELECT t.alert_id AS "alertId", t.kind, t.recipient_id AS "recipientId", r.email, r.active, o.name AS organization, o.timezone,
                a.rule, a.severity, a.title, a.reason, a.charge_point_id AS "chargePointId", c.identity, c.name AS "chargePointName",
                s.name AS "siteName", a.members, a.evse_id AS "evseId", a.connector_id AS "connectorId",
                coalesce(a.triggered_at, a.created_at) AS "triggeredAt", a.resolved_at AS "resolvedAt", a.resolution
           FROM taken t JOIN alert_recipients r ON r.id = t.recipient_id JOIN organizations o ON o.id = r.organization_id
           JOIN alerts a ON a.id = t.alert_id
           LEFT JOIN charge_points c ON c.id = a.charge_point_id AND c.organization_id = a.organization_id
           LEFT JOIN sites s ON s.id = a.site_id AND s.organization_id = a.organization_id
          ORDER BY t.recipient_id, a.triggered_at, t.alert_id, t.kind`,
};
export type DueEmail = MailedAlert & {
  readonly recipientId: string;
  readonly email: string;
  readonly active: boolean;
  readonly organization: string;
  readonly timezone: string;
};
export const takeEmails = (
  db: Tx,
  { now, until, atMost }: { readonly now: Date; readonly until: Date; readonly atMost: number },
): Promise<DueEmail[]> => db.rows<DueEmail>(TAKE, [now, until, atMost]);

/**
 * Those of a mail that is sent now, of those taken until $4: this process's until $5. What another took meanwhile, or who is no
 * recipient any more, is left out. Plan: alert_emails_pkey.
 */
const HOLD: Statement = {
  name: 'alerts_hold_emails',
  text: `UPDATE alert_emails e SET next_attempt_at = $5, attempts = e.attempts + 1
           FROM unnest($1::text[], $2::text[], $3::text[]) AS v(alert_id, kind, recipient_id)
          WHERE e.alert_id = v.alert_id AND e.kind = v.kind AND e.recipient_id = v.recipient_id
            AND e.status = 'pending' AND e.next_attempt_at = $4
         RETURNING e.alert_id AS "alertId", e.kind, e.recipient_id AS "recipientId", e.attempts`,
};
type Key = Pick<DueEmail, 'alertId' | 'kind' | 'recipientId'>;
export type HeldEmail = DueEmail & {
  /** This try among them. */
  readonly attempts: number;
};
export async function holdEmails(
  db: Tx,
  emails: readonly DueEmail[],
  { taken, until }: { readonly taken: Date; readonly until: Date },
): Promise<HeldEmail[]> {
  const keyOf = (of: Key): string => `${of.alertId} ${of.kind} ${of.recipientId}`;
  const rows = await db.rows<Key & { readonly attempts: number }>(HOLD, [
    emails.map(({ alertId }) => alertId),
    emails.map(({ kind }) => kind),
    emails.map(({ recipientId }) => recipientId),
    taken,
    until,
  ]);
  const attempts = new Map(rows.map((row) => [keyOf(row), row.attempts]));
  return emails.flatMap((email) => {
    const tries = attempts.get(keyOf(email));
    return tries === undefined ? [] : [{ ...email, attempts: tries }];
  });
}

/** What is another's by now stays as it is. */
const SETTLE: Statement = {
  name: 'alerts_settle_emails',
  text: `UPDATE alert_emails e SET status = v.status, next_attempt_at = v.next_at, last_error = v.error,
                sent_at = CASE WHEN v.status = 'sent' THEN $6::timestamptz END
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $7::text[])
                  AS v(alert_id, kind, recipient_id, status, next_at, error)
          WHERE e.alert_id = v.alert_id AND e.kind = v.kind AND e.recipient_id = v.recipient_id AND e.next_attempt_at = $8`,
};
export type Settled = Key & {
  readonly status: 'pending' | 'sent' | 'failed' | 'dropped';
  readonly nextAt: Date | null;
  readonly error: string | null;
};
export const settleEmails = (
  db: Tx,
  settled: readonly Settled[],
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<unknown> =>
  db.rows(SETTLE, [
    settled.map(({ alertId }) => alertId),
    settled.map(({ kind }) => kind),
    settled.map(({ recipientId }) => recipientId),
    settled.map(({ status }) => status),
    settled.map(({ nextAt }) => nextAt),
    now,
    settled.map(({ error }) => error),
    until,
  ]);

/** Plan: alert_emails_created_at_idx. */
const FORGET = deleteFew('alerts_forget_emails', 'alert_emails', 'created_at < $1');
export const forgetEmails = (db: Tx, before: Date): Promise<unknown> => deleteAll(db, FORGET, [before]);

// -------------------------------------------------------------------------------------------------------------- recipients

export type RecipientRow = {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly name: string | null;
  readonly minSeverity: string;
  readonly siteIds: string[];
  readonly resolved: boolean;
  readonly active: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
type Prisma = Pick<Database, 'prisma'>;

/** One organization has no more of them. */
export const MOST_RECIPIENTS = 100;
export const countRecipients = ({ prisma }: Prisma, organizationId: string): Promise<number> =>
  prisma.alertRecipient.count({ where: { organizationId } });
/** undefined: that address is one already. */
export async function createRecipient({ prisma }: Prisma, row: RecipientRow): Promise<RecipientRow | undefined> {
  const { count } = await prisma.alertRecipient.createMany({ data: [row], skipDuplicates: true });
  return count === 0 ? undefined : row;
}
export const listRecipients = (
  { prisma }: Prisma,
  organizationId: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<RecipientRow[]> =>
  prisma.alertRecipient.findMany({
    where: { organizationId, ...(after !== undefined && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
export const recipientById = async (
  { prisma }: Prisma,
  organizationId: string,
  id: string,
): Promise<RecipientRow | undefined> =>
  (await prisma.alertRecipient.findFirst({ where: { organizationId, id } })) ?? undefined;
/** undefined: there is none. */
export async function changeRecipient(
  db: Prisma,
  organizationId: string,
  id: string,
  data: Partial<Pick<RecipientRow, 'name' | 'minSeverity' | 'siteIds' | 'resolved' | 'active'>> & {
    readonly updatedAt: Date;
  },
): Promise<RecipientRow | undefined> {
  await db.prisma.alertRecipient.updateMany({ where: { organizationId, id }, data });
  return recipientById(db, organizationId, id);
}
/** With what waits for it. */
export async function deleteRecipient({ prisma }: Prisma, organizationId: string, id: string): Promise<boolean> {
  const [, { count }] = await prisma.$transaction([
    prisma.alertEmail.deleteMany({ where: { organizationId, recipientId: id } }),
    prisma.alertRecipient.deleteMany({ where: { organizationId, id } }),
  ]);
  return count > 0;
}

export type SentRow = {
  readonly alertId: string;
  readonly kind: string;
  readonly status: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
};
/** The last 50 of a recipient. */
export const lastEmails = ({ prisma }: Prisma, recipientId: string): Promise<SentRow[]> =>
  prisma.alertEmail.findMany({
    where: { recipientId },
    orderBy: [{ createdAt: 'desc' }, { alertId: 'desc' }, { kind: 'desc' }],
    take: 50,
    select: { alertId: true, kind: true, status: true, attempts: true, lastError: true, createdAt: true, sentAt: true },
  });
