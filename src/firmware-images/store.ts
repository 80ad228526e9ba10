/** All SQL of the room. Every statement names the organization, but those of the jobs. */
import type { Database, Statement } from '../database/contract.ts';
import type { FirmwareImage, ImageSource } from './types.ts';

// Plan: firmware_images_stored, a partial index that holds files that are here.
const USED: Statement = {
  name: 'firmware_images_used_bytes',
  text: `SELECT coalesce(sum(size_bytes), 0)::int8 AS bytes FROM firmware_images WHERE stored_as IS NOT NULL`,
};
// Whoever is first: an image never changes under those who fetch it. Plan: the primary key.
const STORED: Statement = {
  name: 'firmware_images_stored_file',
  text: `UPDATE firmware_images SET stored_as = $3, size_bytes = $4, sha256 = $5, stored_at = $6::timestamptz, updated_at = $6::timestamptz,
                signature_verified = signature IS NOT NULL
          WHERE organization_id = $1 AND id = $2 AND source = 'upload' AND stored_as IS NULL RETURNING id`,
};
// Plan: firmware_updates_open_by_image, firmware_rollouts_open_by_image.
const IN_USE: Statement = {
  name: 'firmware_images_in_use',
  text: `SELECT EXISTS (SELECT FROM firmware_updates u
                         WHERE u.image_id = $2 AND u.organization_id = $1 AND u.ended_at IS NULL)
              OR EXISTS (SELECT FROM firmware_rollouts r
                          WHERE r.image_id = $2 AND r.organization_id = $1 AND r.ended_at IS NULL) AS "inUse"`,
};
// Plan: firmware_images_stored; the folder is read in hundreds.
const KNOWN: Statement = {
  name: 'firmware_images_known_files',
  text: `SELECT stored_as AS "storedAs" FROM firmware_images WHERE stored_as IS NOT NULL AND stored_as = ANY($1::text[])`,
};

/** It becomes ILIKE, which takes some signs for its own, and fails at a backslash at the end. */
const inAnyCase = (text: string) => ({ equals: text.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const });

export type ImageStore = ReturnType<typeof imageStore>;

export function imageStore(db: Pick<Database, 'prisma' | 'rows'>) {
  const { prisma } = db;
  const typed = (row: { sizeBytes: bigint | null; source: string }): FirmwareImage =>
    ({
      ...row,
      source: row.source as ImageSource, // only insert() writes it
      sizeBytes: row.sizeBytes === null ? null : Number(row.sizeBytes),
    }) as FirmwareImage;
  return {
    async insert(image: FirmwareImage): Promise<FirmwareImage> {
      return typed(await prisma.firmwareImage.create({ data: image }));
    },
    async find(organizationId: string, id: string): Promise<FirmwareImage | undefined> {
      const row = await prisma.firmwareImage.findFirst({ where: { id, organizationId } });
      return row === null ? undefined : typed(row);
    },
    /** Newest first; up to `limit` + 1 of them. */
    async list(query: {
      readonly organizationId: string;
      readonly vendor: string | undefined;
      readonly model: string | undefined;
      readonly version: string | undefined;
      readonly page: { readonly after: string | undefined; readonly limit: number };
    }): Promise<FirmwareImage[]> {
      const { organizationId, vendor, model, version, page } = query;
      const rows = await prisma.firmwareImage.findMany({
        where: {
          organizationId,
          ...(vendor !== undefined && { vendor: inAnyCase(vendor) }),
          ...(model !== undefined && { model: inAnyCase(model) }),
          ...(version !== undefined && { version }),
          ...(page.after !== undefined && { id: { lt: page.after } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      });
      return rows.map(typed);
    },
    /** False: another file has come before, or the image was deleted. */
    async stored(
      image: Pick<FirmwareImage, 'organizationId' | 'id'>,
      file: { readonly storedAs: string; readonly sizeBytes: number; readonly sha256: string; readonly at: Date },
    ): Promise<boolean> {
      const { storedAs, sizeBytes, sha256, at } = file;
      const values = [image.organizationId, image.id, storedAs, sizeBytes, sha256, at];
      return (await db.rows(STORED, values)).length > 0;
    },
    /** An update or a rollout that has not ended needs it. */
    isInUse: async (organizationId: string, id: string): Promise<boolean> =>
      (await db.rows<{ inUse: boolean }>(IN_USE, [organizationId, id]))[0]?.inUse === true,
    async remove(organizationId: string, id: string): Promise<FirmwareImage | undefined> {
      const row = await prisma.firmwareImage.findFirst({ where: { id, organizationId } });
      if (row === null) return undefined;
      const { count } = await prisma.firmwareImage.deleteMany({ where: { id, organizationId } });
      return count === 0 ? undefined : typed(row);
    },
    usedBytes: async (): Promise<number> => (await db.rows<{ bytes: number }>(USED, []))[0]?.bytes ?? 0,
    async unknownAmong(names: readonly string[]): Promise<string[]> {
      const known = new Set((await db.rows<{ storedAs: string }>(KNOWN, [names])).map(({ storedAs }) => storedAs));
      return names.filter((name) => !known.has(name));
    },
  };
}
