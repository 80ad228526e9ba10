/** All SQL of maintenance windows. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Repeating, Repeats, Span } from './types.ts';

// Plan: maintenance_windows_repeating.
const ENDED: Statement = {
  name: 'alerts_ended_windows',
  text: `SELECT id, repeats, timezone, starts_at AS "startsAt", ends_at AS "endsAt", coalesce(anchor_at, starts_at) AS "anchorAt"
           FROM maintenance_windows
          WHERE repeats <> 'never' AND ends_at <= $1 ORDER BY ends_at LIMIT $2`,
};
/** Only if nobody has changed or moved it meanwhile. */
const MOVE: Statement = {
  name: 'alerts_move_window',
  text: `UPDATE maintenance_windows SET anchor_at = $6, starts_at = $4, ends_at = $5, updated_at = $7
          WHERE id = $1 AND starts_at = $2 AND ends_at = $3`,
};

export type EndedWindow = Repeating & {
  readonly id: string;
  readonly repeats: Exclude<Repeats, 'never'>;
  readonly timezone: string;
};
export const endedWindows = (db: Tx, now: Date, limit: number): Promise<EndedWindow[]> =>
  db.rows<EndedWindow>(ENDED, [now, limit]);
export const moveWindow = (
  db: Tx,
  id: string,
  from: Span,
  to: Span & Pick<WindowRow, 'anchorAt'>,
  now: Date,
): Promise<unknown> => db.rows(MOVE, [id, from.startsAt, from.endsAt, to.startsAt, to.endsAt, to.anchorAt, now]);

export type WindowRow = Span & {
  readonly id: string;
  /** The start that was set, where clocks skip its time of day on the day at which it stands; null: its time of day is that of its start. */
  readonly anchorAt: Date | null;
  readonly organizationId: string;
  readonly scopeId: string;
  readonly reason: string | null;
  readonly repeats: string;
  readonly timezone: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
type Prisma = Pick<Database, 'prisma'>;

/** One organization has no more of them. */
export const MOST_WINDOWS = 1_000;
export const countWindows = ({ prisma }: Prisma, organizationId: string): Promise<number> =>
  prisma.maintenanceWindow.count({ where: { organizationId } });
export const createWindow = ({ prisma }: Prisma, row: WindowRow): Promise<WindowRow> =>
  prisma.maintenanceWindow.create({ data: row });
export const windowById = async (
  { prisma }: Prisma,
  organizationId: string,
  id: string,
): Promise<WindowRow | undefined> =>
  (await prisma.maintenanceWindow.findFirst({ where: { organizationId, id } })) ?? undefined;
export const listWindows = (
  { prisma }: Prisma,
  organizationId: string,
  { scopeId, activeAt }: { readonly scopeId: string | undefined; readonly activeAt: Date | undefined },
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<WindowRow[]> =>
  prisma.maintenanceWindow.findMany({
    where: {
      organizationId,
      ...(scopeId !== undefined && { scopeId }),
      ...(activeAt !== undefined && { startsAt: { lte: activeAt }, endsAt: { gt: activeAt } }),
      ...(after !== undefined && { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
/** undefined: there is none. */
export async function changeWindow(
  db: Prisma,
  organizationId: string,
  id: string,
  data: Partial<Pick<WindowRow, 'reason' | 'startsAt' | 'endsAt' | 'anchorAt' | 'repeats' | 'timezone'>> & {
    readonly updatedAt: Date;
  },
): Promise<WindowRow | undefined> {
  await db.prisma.maintenanceWindow.updateMany({ where: { organizationId, id }, data });
  return windowById(db, organizationId, id);
}
export const deleteWindow = async ({ prisma }: Prisma, organizationId: string, id: string): Promise<boolean> =>
  (await prisma.maintenanceWindow.deleteMany({ where: { organizationId, id } })).count > 0;
