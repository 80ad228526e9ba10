/** The inbox of tokens that chargers asked about and nobody knows: bounded per organization, the one longest unseen goes first. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import type { Root } from '../ingest/contract.ts';
import { newId } from '../platform/ids.ts';
import { tokenKey } from '../platform/token-key.ts';
import type { TokenState } from './types.ts';

/** A charger that invents tokens cannot make more rows than this for its organization. */
export const MOST_UNKNOWN = 1_000;
/** Who was not seen for so long is not coming back. */
const KEPT_DAYS = 90;

// One statement in the charger's transaction; rows in one order, so that batches never wait for each other in a circle.
// Only new rows make it look for surplus ones, and it waits for none. Plan: unknown_tokens_pkey;
// unknown_tokens_organization_id_last_seen_at_idx of the organizations that got new ones, some thousand rows at most.
const UPSERT: Statement = {
  name: 'unknown_tokens_upsert',
  text: `WITH seen AS (
           INSERT INTO unknown_tokens AS t (id, organization_id, uid_key, uid, last_charge_point_id, count, first_seen_at, last_seen_at)
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::timestamptz[], $7::timestamptz[])
           ON CONFLICT (organization_id, uid_key) DO UPDATE SET
             uid = excluded.uid, last_charge_point_id = excluded.last_charge_point_id, count = t.count + excluded.count,
             last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at)
           RETURNING t.organization_id, (xmax = 0) AS is_new),
         added AS (SELECT organization_id, count(*)::int4 AS n FROM seen WHERE is_new GROUP BY organization_id),
         surplus AS MATERIALIZED (
           SELECT o.organization_id, o.uid_key FROM added
            CROSS JOIN LATERAL (SELECT u.organization_id, u.uid_key FROM unknown_tokens u
                                 WHERE u.organization_id = added.organization_id
                                 ORDER BY u.last_seen_at DESC OFFSET greatest($8::int4 - added.n, 0)) AS o)
         DELETE FROM unknown_tokens t USING (
           SELECT organization_id, uid_key FROM unknown_tokens
            WHERE (organization_id, uid_key) IN (SELECT organization_id, uid_key FROM surplus) FOR UPDATE SKIP LOCKED) gone
          WHERE t.organization_id = gone.organization_id AND t.uid_key = gone.uid_key`,
};

type Sighting = {
  readonly organizationId: string;
  readonly key: string;
  uid: string;
  chargePointId: string;
  count: number;
  at: Date;
};

export async function saveStrangers(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly after: TokenState }[],
): Promise<void> {
  const sightings = new Map<string, Sighting>();
  for (const { root, after } of changes) {
    const { organizationId, chargePointId } = root;
    for (const { uid, at } of after.strangers) {
      const key = tokenKey(uid);
      const known = sightings.get(`${organizationId} ${key}`);
      if (known === undefined)
        sightings.set(`${organizationId} ${key}`, { organizationId, key, uid, chargePointId, count: 1, at });
      else {
        known.count += 1;
        if (at >= known.at) Object.assign(known, { uid, chargePointId, at });
      }
    }
  }
  if (sightings.size === 0) return;
  const rows = [...sightings.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await tx.rows(UPSERT, [
    rows.map(() => newId('utk')),
    rows.map((row) => row.organizationId),
    rows.map((row) => row.key),
    rows.map((row) => row.uid),
    rows.map((row) => row.chargePointId),
    rows.map((row) => row.count),
    rows.map((row) => row.at),
    MOST_UNKNOWN,
  ]);
}

// ------------------------------------------------------------------------------------------------------------------ REST

const shown = {
  id: true,
  uid: true,
  lastChargePointId: true,
  count: true,
  firstSeenAt: true,
  lastSeenAt: true,
} as const;
export type UnknownTokenView = {
  readonly id: string;
  readonly uid: string;
  readonly lastChargePointId: string;
  readonly count: bigint;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
};
export type UnknownTokenKey = { readonly lastSeenAt: Date; readonly id: string };

/** Last seen first. */
export async function listUnknownTokens(
  { prisma }: Pick<Database, 'prisma'>,
  organizationId: string,
  chargePointId: string | undefined,
  page: { readonly after: UnknownTokenKey | undefined; readonly limit: number },
): Promise<UnknownTokenView[]> {
  const { after, limit } = page;
  return prisma.unknownToken.findMany({
    where: {
      organizationId,
      ...(chargePointId !== undefined && { lastChargePointId: chargePointId }),
      ...(after !== undefined && {
        OR: [{ lastSeenAt: { lt: after.lastSeenAt } }, { lastSeenAt: after.lastSeenAt, id: { lt: after.id } }],
      }),
    },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    select: shown,
  });
}

export async function unknownTokenById(
  { prisma }: Pick<Database, 'prisma'>,
  organizationId: string,
  id: string,
): Promise<UnknownTokenView | undefined> {
  return (await prisma.unknownToken.findFirst({ where: { organizationId, id }, select: shown })) ?? undefined;
}

/** False: there is none. */
export async function deleteUnknownToken(
  { prisma }: Pick<Database, 'prisma'>,
  organizationId: string,
  id: string,
): Promise<boolean> {
  return (await prisma.unknownToken.deleteMany({ where: { organizationId, id } })).count > 0;
}

// Plan: unknown_tokens_last_seen_at_idx.
const FORGET = deleteFew('unknown_tokens_forget', 'unknown_tokens', 'last_seen_at < $1');

/** The daily job. */
export async function forgetUnknownTokens(db: Pick<Database, 'rows'>, now: Date): Promise<void> {
  await deleteAll(db, FORGET, [new Date(now.getTime() - KEPT_DAYS * 86_400_000)]);
}
