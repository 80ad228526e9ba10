/** What REST reads of alerts. */
import type { Database } from '../database/contract.ts';
import type { AlertRow, Resolution, Severity, Status } from './types.ts';

/** `evidence` as the database has it: JSON. */
export type AlertView = Omit<AlertRow, 'evidence' | 'holds' | 'updatedAt'> & {
  readonly chargePointId: string;
  readonly evidence: unknown;
  /** null: it belongs to no single charge point, or to one that was deleted or handed over. */
  readonly identity: string | null;
};

type Prisma = Pick<Database, 'prisma'>;
type Row = Awaited<ReturnType<Database['prisma']['alert']['findMany']>>[0];

async function viewsOf({ prisma }: Prisma, organizationId: string, rows: readonly Row[]): Promise<AlertView[]> {
  const ids = [...new Set(rows.map(({ chargePointId }) => chargePointId))];
  const known = await prisma.chargePoint.findMany({
    where: { organizationId, id: { in: ids } },
    select: { id: true, identity: true },
  });
  const identities = new Map(known.map(({ id, identity }) => [id, identity]));
  return rows.map((row) => ({
    ...row,
    identity: identities.get(row.chargePointId) ?? null,
    // as: only the machine writes them
    status: row.status as Status,
    severity: row.severity as Severity,
    resolution: row.resolution as Resolution | null,
  }));
}

export type AlertFilter = {
  readonly statuses: readonly Status[] | undefined;
  readonly severities: readonly Severity[] | undefined;
  readonly rule: string | undefined;
  readonly chargePointId: string | undefined;
  readonly siteId: string | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  /** Of none but these charge points: what the caller's membership reaches; undefined: of all. */
  readonly reached: readonly string[] | undefined;
};

/** Newest first; up to limit + 1. Of a charge point also the groups that it is in. */
export async function listAlerts(
  db: Prisma,
  organizationId: string,
  filter: AlertFilter,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<AlertView[]> {
  const { prisma } = db;
  const { statuses, severities, rule, chargePointId, siteId, from, to, reached } = filter;
  const groups =
    chargePointId === undefined
      ? []
      : await prisma.alertMember.findMany({
          where: { chargePointId },
          orderBy: { alertId: 'desc' },
          take: MOST_GROUPS,
          select: { alertId: true },
        });
  const rows = await prisma.alert.findMany({
    where: {
      organizationId,
      ...(statuses !== undefined && { status: { in: [...statuses] } }),
      ...(severities !== undefined && { severity: { in: [...severities] } }),
      ...(rule !== undefined && { rule }),
      ...(siteId !== undefined && { siteId }),
      ...(chargePointId !== undefined && {
        OR: [{ chargePointId }, { id: { in: groups.map(({ alertId }) => alertId) } }],
      }),
      // Groups belong to no charge point: who reaches some of them alone sees the alerts of those.
      ...(reached !== undefined && { AND: [{ chargePointId: { in: [...reached] } }] }),
      createdAt: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) },
      ...(after !== undefined && { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return viewsOf(db, organizationId, rows);
}
const MOST_GROUPS = 100;

export async function alertById(db: Prisma, organizationId: string, id: string): Promise<AlertView | undefined> {
  const row = await db.prisma.alert.findFirst({ where: { organizationId, id } });
  return row === null ? undefined : (await viewsOf(db, organizationId, [row]))[0];
}

export type CommentView = {
  readonly id: string;
  readonly kind: string;
  readonly author: string;
  readonly text: string | null;
  readonly createdAt: Date;
};

/** An alert has no more of them. */
export const MOST_COMMENTS = 200;
export const commentsOf = ({ prisma }: Prisma, organizationId: string, alertId: string): Promise<CommentView[]> =>
  prisma.alertComment.findMany({
    where: { organizationId, alertId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: MOST_COMMENTS + 2,
    select: { id: true, kind: true, author: true, text: true, createdAt: true },
  });

/** False: it has as many as it may. */
export async function addComment(
  { prisma }: Prisma,
  comment: {
    readonly id: string;
    readonly organizationId: string;
    readonly alertId: string;
    readonly author: string;
    readonly text: string;
    readonly createdAt: Date;
  },
): Promise<boolean> {
  const { alertId } = comment;
  if ((await prisma.alertComment.count({ where: { alertId } })) >= MOST_COMMENTS) return false;
  await prisma.alertComment.create({ data: { ...comment, kind: 'comment' } });
  return true;
}

/** Charge points of a group, at most so many. */
export const MOST_MEMBERS = 1_000;
export async function membersOf({ prisma }: Prisma, alertId: string): Promise<string[]> {
  const rows = await prisma.alertMember.findMany({
    where: { alertId },
    orderBy: { chargePointId: 'asc' },
    take: MOST_MEMBERS,
    select: { chargePointId: true },
  });
  return rows.map(({ chargePointId }) => chargePointId);
}
