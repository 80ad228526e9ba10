/** What REST reads of DER controls. It never writes: they change through ingest alone. */
import type { Database } from '../database/contract.ts';
import type { DerEvent, DerReport, DerRow, DerStatus } from './types.ts';

type Where = { readonly organizationId: string; readonly chargePointId: string };
type Page = { readonly after: string | undefined; readonly limit: number };
/** All lists newest first; up to `limit` + 1 of them. */
export type DerReads = {
  control(where: Where & { readonly id: string }): Promise<DerRow | undefined>;
  controls(query: Where & Page & { readonly statuses: readonly DerStatus[] | undefined }): Promise<DerRow[]>;
  report(where: Where & { readonly id: string }): Promise<DerReport | undefined>;
  reports(query: Where & Page): Promise<DerReport[]>;
  events(query: Where & Page): Promise<DerEvent[]>;
};

export function derReads({ prisma }: Pick<Database, 'prisma'>): DerReads {
  const before = (after: string | undefined) => (after === undefined ? {} : { id: { lt: after } });
  const newest = (limit: number) => ({ orderBy: { id: 'desc' }, take: limit + 1 }) as const;
  // Only store.ts writes these tables: what it wrote comes back.
  return {
    control: async (where) => ((await prisma.derControl.findFirst({ where })) ?? undefined) as DerRow | undefined,
    async controls({ statuses, after, limit, ...where }) {
      const status = statuses === undefined ? {} : { status: { in: [...statuses] } };
      const rows = await prisma.derControl.findMany({
        where: { ...where, ...status, ...before(after) },
        ...newest(limit),
      });
      return rows as unknown as DerRow[];
    },
    report: async (where) =>
      ((await prisma.derReport.findFirst({ where })) ?? undefined) as unknown as DerReport | undefined,
    async reports({ after, limit, ...where }) {
      const rows = await prisma.derReport.findMany({ where: { ...where, ...before(after) }, ...newest(limit) });
      return rows as unknown as DerReport[];
    },
    async events({ after, limit, ...where }) {
      const rows = await prisma.derEvent.findMany({ where: { ...where, ...before(after) }, ...newest(limit) });
      return rows as unknown as DerEvent[];
    },
  };
}
