/** Rows of sites. */
import type { Database } from '../database/contract.ts';
import { newId } from '../platform/ids.ts';

type Needs = Pick<Database, 'prisma'>;

export type SiteRow = {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const shown = { id: true, name: true, timezone: true, createdAt: true, updatedAt: true } as const;

/** Without a time zone of its own a site gets the organization's. */
export async function createSite(
  { prisma }: Needs,
  site: {
    readonly organizationId: string;
    readonly name: string;
    readonly timezone?: string | undefined;
    readonly now: Date;
  },
): Promise<SiteRow> {
  const { organizationId, name, now } = site;
  const timezone =
    site.timezone ??
    (await prisma.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { timezone: true } }))
      .timezone;
  const data = { id: newId('site'), organizationId, name, timezone, createdAt: now, updatedAt: now };
  return prisma.site.create({ data, select: shown });
}

export async function listSites(
  { prisma }: Needs,
  organizationId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<SiteRow[]> {
  return prisma.site.findMany({
    where: { organizationId, ...(page.after !== undefined && { id: { lt: page.after } }) },
    orderBy: { id: 'desc' },
    take: page.limit + 1,
    select: shown,
  });
}

export async function siteById({ prisma }: Needs, organizationId: string, id: string): Promise<SiteRow | undefined> {
  return (await prisma.site.findFirst({ where: { organizationId, id }, select: shown })) ?? undefined;
}

export async function changeSite(
  { prisma }: Needs,
  organizationId: string,
  id: string,
  changes: { readonly name?: string | undefined; readonly timezone?: string | undefined; readonly now: Date },
): Promise<SiteRow | undefined> {
  const { name, timezone, now } = changes;
  const [row] = await prisma.site.updateManyAndReturn({
    where: { organizationId, id },
    data: { ...(name !== undefined && { name }), ...(timezone !== undefined && { timezone }), updatedAt: now },
    select: shown,
  });
  return row;
}

export type SiteDeletion =
  | { readonly at: 'deleted' }
  | { readonly at: 'unknown' }
  | { readonly at: 'in_use'; readonly chargePoints: number };

/** A charge point that is put there at the same moment keeps the site: the foreign key decides. */
export async function deleteSite({ prisma }: Needs, organizationId: string, id: string): Promise<SiteDeletion> {
  const where = { organizationId, id, chargePoints: { none: {} } };
  if ((await prisma.site.deleteMany({ where })).count > 0) return { at: 'deleted' };
  if ((await siteById({ prisma }, organizationId, id)) === undefined) return { at: 'unknown' };
  return { at: 'in_use', chargePoints: await prisma.chargePoint.count({ where: { organizationId, siteId: id } }) };
}
