/** Rows of sites. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';

type Needs = Pick<Database, 'prisma'>;

export type SiteRow = {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
} & Place;

/** Where it is, as receipts and charge detail records say it. */
export type Place = {
  readonly address: string | null;
  readonly postalCode: string | null;
  readonly city: string | null;
  readonly country: string | null;
  readonly latitude: string | null;
  readonly longitude: string | null;
};
type PlaceChanges = { readonly [Field in keyof Place]?: Place[Field] | undefined };

const place = { address: true, postalCode: true, city: true, country: true, latitude: true, longitude: true } as const;
const shown = { id: true, name: true, timezone: true, ...place, createdAt: true, updatedAt: true } as const;

/** What is not undefined. */
const given = ({ address, postalCode, city, country, latitude, longitude }: PlaceChanges) => ({
  ...(address !== undefined && { address }),
  ...(postalCode !== undefined && { postalCode }),
  ...(city !== undefined && { city }),
  ...(country !== undefined && { country }),
  ...(latitude !== undefined && { latitude }),
  ...(longitude !== undefined && { longitude }),
});

/** Without a time zone of its own a site gets the organization's. */
export async function createSite(
  { prisma }: Needs,
  site: {
    readonly organizationId: string;
    readonly name: string;
    readonly timezone?: string | undefined;
    readonly now: Date;
  } & PlaceChanges,
): Promise<SiteRow> {
  const { organizationId, name, now } = site;
  const timezone =
    site.timezone ??
    (await prisma.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { timezone: true } }))
      .timezone;
  const data = {
    id: idInRequest('site'),
    organizationId,
    name,
    timezone,
    ...given(site),
    createdAt: now,
    updatedAt: now,
  };
  return prisma.site.create({ data, select: shown });
}

export async function listSites(
  { prisma }: Needs,
  organizationId: string,
  page: { readonly after: string | undefined; readonly limit: number },
  /** None but these; undefined: all. */
  ids?: string[],
): Promise<SiteRow[]> {
  const id = { ...(page.after !== undefined && { lt: page.after }), ...(ids !== undefined && { in: ids }) };
  return prisma.site.findMany({
    where: { organizationId, id },
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
  changes: {
    readonly name?: string | undefined;
    readonly timezone?: string | undefined;
    readonly now: Date;
  } & PlaceChanges,
): Promise<SiteRow | undefined> {
  const { name, timezone, now } = changes;
  const [row] = await prisma.site.updateManyAndReturn({
    where: { organizationId, id },
    data: {
      ...(name !== undefined && { name }),
      ...(timezone !== undefined && { timezone }),
      ...given(changes),
      updatedAt: now,
    },
    select: shown,
  });
  return row;
}

export type SiteDeletion =
  | { readonly at: 'deleted' }
  | { readonly at: 'unknown' }
  | { readonly at: 'in_use'; readonly chargePoints: number };

const HOLD: Statement = {
  name: 'sites_hold',
  text: 'SELECT id FROM sites WHERE organization_id = $1 AND id = $2 FOR KEY SHARE',
};

/** False: the organization has no such site. Otherwise it stays until the end of the transaction. */
export async function holdSite(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  return (await tx.rows(HOLD, [organizationId, id])).length > 0;
}

/** Plan: sites_pkey, once for each id. */
const UNKNOWN: Statement = {
  name: 'sites_unknown',
  text: `SELECT given.id FROM unnest($2::text[]) AS given(id)
          WHERE NOT EXISTS (SELECT 1 FROM sites s WHERE s.id = given.id AND s.organization_id = $1)`,
};
/**
 * A list of sites that is given anew. `had`: as it was, where a site may have been deleted since: that one goes on to be named, as an empty
 * list would mean all of them. Throws validation_failed.
 */
export async function checkSites(
  tx: Tx,
  organizationId: string,
  { siteIds, had = [] }: { readonly siteIds: readonly string[]; readonly had?: readonly string[] | undefined },
): Promise<void> {
  const added = siteIds.filter((id) => !had.includes(id));
  if (added.length === 0) return;
  const unknown = await tx.rows<{ id: string }>(UNKNOWN, [organizationId, added]);
  if (unknown.length === 0) return;
  const message = `there is no such site: ${unknown.map(({ id }) => id).join(', ')}`;
  throw new AppError('validation_failed', `The request body is not valid: site_ids: ${message}`, {
    details: [{ field: 'site_ids', message }],
  });
}

const LOCK: Statement = {
  name: 'sites_lock',
  text: 'SELECT id FROM sites WHERE organization_id = $1 AND id = $2 FOR UPDATE',
};
// Its own statement: it must see who was put there while the lock was waited for. Plan: charge_points_site_id_idx.
const COUNT: Statement = {
  name: 'sites_charge_points',
  text: 'SELECT count(*)::int4 AS n FROM charge_points WHERE site_id = $1',
};
/** Bills of its sessions go on to name the place (src/billing/bill-store.ts). */
const DELETE: Statement = {
  name: 'sites_delete',
  text: `WITH gone AS (DELETE FROM sites WHERE id = $1 RETURNING *)
         INSERT INTO former_sites
           (id, organization_id, name, address, postal_code, city, country, latitude, longitude, deleted_at)
         SELECT id, organization_id, name, address, postal_code, city, country, latitude, longitude, $2 FROM gone`,
};

export async function deleteSite(
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  id: string,
  now: Date,
): Promise<SiteDeletion> {
  return db.transaction(async (tx) => {
    if ((await tx.rows(LOCK, [organizationId, id])).length === 0) return { at: 'unknown' };
    const [used] = await tx.rows<{ n: number }>(COUNT, [id]);
    if (used !== undefined && used.n > 0) return { at: 'in_use', chargePoints: used.n };
    await tx.rows(DELETE, [id, now]);
    return { at: 'deleted' };
  });
}
