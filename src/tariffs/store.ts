/** Rows of tariffs and their versions. A version is written once; nothing here changes or deletes one. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { onceInRequest } from '../database/index.ts';
import { idInRequest } from '../platform/request-ids.ts';
import type { TermsBody } from './terms.ts';
import type { DriverText } from './texts.ts';

export type TariffView = {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly version: number;
  /** Of that version, as it was written. */
  readonly terms: unknown;
  /** What drivers read of it, as it was written (texts.ts). */
  readonly texts: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type VersionView = {
  readonly version: number;
  readonly terms: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
};

const SHOWN = `t.id, t.name, t.description, t.version, v.terms, t.texts, t.created_at AS "createdAt", t.updated_at AS "updatedAt"
           FROM tariffs t JOIN tariff_versions v ON v.tariff_id = t.id AND v.version = t.version`;

const INSERT: Statement = {
  name: 'tariffs_insert',
  text: `INSERT INTO tariffs (id, organization_id, name, description, version, created_at, updated_at, texts)
         VALUES ($1, $2, $3, $4, 1, $5, $5, $6::jsonb)`,
};
const INSERT_VERSION: Statement = {
  name: 'tariffs_insert_version',
  text: `INSERT INTO tariff_versions (tariff_id, version, organization_id, terms, created_by, created_at)
         VALUES ($1, $2, $3, $4::jsonb, $5, $6)`,
};
// Plan: tariffs_pkey, tariff_versions_pkey.
const FIND: Statement = {
  name: 'tariffs_find',
  text: `SELECT ${SHOWN} WHERE t.organization_id = $1 AND t.id = $2 AND t.deleted_at IS NULL`,
};
// Plan: tariffs_organization_id_id_idx backwards, tariff_versions_pkey.
const LIST: Statement = {
  name: 'tariffs_list',
  text: `SELECT ${SHOWN} WHERE t.organization_id = $1 AND t.deleted_at IS NULL AND ($2::text IS NULL OR t.id < $2)
         ORDER BY t.id DESC LIMIT $3`,
};

export type NewTariff = {
  readonly organizationId: string;
  readonly name: string;
  readonly description: string | null;
  readonly terms: TermsBody;
  readonly texts: readonly DriverText[];
  readonly createdBy: string;
  readonly now: Date;
};

export async function createTariff(db: Pick<Database, 'transaction'>, tariff: NewTariff): Promise<TariffView> {
  const { organizationId, name, description, terms, texts, createdBy, now } = tariff;
  const id = idInRequest('tar');
  await db.transaction(async (tx) => {
    await tx.rows(INSERT, [id, organizationId, name, description, now, JSON.stringify(texts)]);
    await tx.rows(INSERT_VERSION, [id, 1, organizationId, JSON.stringify(terms), createdBy, now]);
  });
  return { id, name, description, version: 1, terms, texts, createdAt: now, updatedAt: now };
}

export async function tariffById(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  id: string,
): Promise<TariffView | undefined> {
  return (await db.rows<TariffView>(FIND, [organizationId, id]))[0];
}

export async function listTariffs(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<TariffView[]> {
  return db.rows<TariffView>(LIST, [organizationId, page.after ?? null, page.limit + 1]);
}

const RENAME: Statement = {
  name: 'tariffs_rename',
  text: `UPDATE tariffs SET name = coalesce($3, name), description = CASE WHEN $4 THEN $5 ELSE description END,
                texts = coalesce($7::jsonb, texts), updated_at = $6
          WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id`,
};

/** Sets what is not undefined. Its terms only get new versions. Undefined: there is no such tariff. */
export async function renameTariff(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  id: string,
  changes: {
    readonly name?: string | undefined;
    readonly description?: string | null | undefined;
    readonly texts?: readonly DriverText[] | undefined;
    readonly now: Date;
  },
): Promise<TariffView | undefined> {
  const { name = null, description, texts, now } = changes;
  await db.rows(RENAME, [
    organizationId,
    id,
    name,
    description !== undefined,
    description ?? null,
    now,
    texts === undefined ? null : JSON.stringify(texts),
  ]);
  return tariffById(db, organizationId, id);
}

// The row is locked by this: versions are numbered one after the other.
const NEXT: Statement = {
  name: 'tariffs_next_version',
  text: `UPDATE tariffs SET version = version + 1, updated_at = $3
          WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING version`,
};

/** Undefined: there is no such tariff. */
export async function addVersion(
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  id: string,
  { terms, createdBy, now }: Pick<NewTariff, 'terms' | 'createdBy' | 'now'>,
): Promise<VersionView | undefined> {
  return db.transaction(async (tx) => {
    const made = await onceInRequest(tx, { organizationId, now }, async () => {
      const [next] = await tx.rows<{ version: number }>(NEXT, [organizationId, id, now]);
      if (next === undefined) return null;
      await tx.rows(INSERT_VERSION, [id, next.version, organizationId, JSON.stringify(terms), createdBy, now]);
      return String(next.version);
    });
    return made === null ? undefined : versionOf(tx, organizationId, id, Number(made));
  });
}

const VERSION = `version, terms, created_by AS "createdBy", created_at AS "createdAt" FROM tariff_versions`;
// Plan: tariff_versions_pkey, both.
const FIND_VERSION: Statement = {
  name: 'tariffs_find_version',
  text: `SELECT ${VERSION} WHERE organization_id = $1 AND tariff_id = $2 AND version = $3`,
};
const LIST_VERSIONS: Statement = {
  name: 'tariffs_list_versions',
  text: `SELECT ${VERSION} WHERE organization_id = $1 AND tariff_id = $2 AND ($3::int4 IS NULL OR version < $3)
         ORDER BY version DESC LIMIT $4`,
};

/** Of deleted tariffs too. */
export async function versionOf(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  id: string,
  version: number,
): Promise<VersionView | undefined> {
  return (await db.rows<VersionView>(FIND_VERSION, [organizationId, id, version]))[0];
}

/** Newest first. Empty: there is no such tariff, or no older version. */
export async function listVersions(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  id: string,
  page: { readonly after: number | undefined; readonly limit: number },
): Promise<VersionView[]> {
  return db.rows<VersionView>(LIST_VERSIONS, [organizationId, id, page.after ?? null, page.limit + 1]);
}

// Plan: tariff_versions_pkey, once for each.
const TERMS: Statement = {
  name: 'tariffs_terms',
  text: `SELECT v.tariff_id AS "tariffId", v.version, v.terms FROM unnest($1::text[], $2::int4[]) AS w(tariff_id, version)
           JOIN tariff_versions v ON v.tariff_id = w.tariff_id AND v.version = w.version`,
};
type Named = { readonly tariffId: string; readonly version: number };

/** Terms as they were written, of versions that the caller knows to be of its organization. */
export async function termsOfVersions(
  db: Pick<Tx, 'rows'>,
  wanted: readonly Named[],
): Promise<(one: Named) => unknown> {
  const values = [wanted.map(({ tariffId }) => tariffId), wanted.map(({ version }) => version)];
  const rows = await db.rows<Named & { terms: unknown }>(TERMS, values);
  const found = new Map(rows.map(({ tariffId, version, terms }) => [`${tariffId} ${version}`, terms]));
  return ({ tariffId, version }) => found.get(`${tariffId} ${version}`);
}

const LOCK: Statement = {
  name: 'tariffs_lock',
  text: 'SELECT id FROM tariffs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE',
};
// What was assigned to something that is gone since then keeps no tariff. Plan: tariff_assignments_tariff_id_idx.
const FORGET: Statement = {
  name: 'tariffs_forget_targets',
  text: `DELETE FROM tariff_assignments a WHERE a.tariff_id = $1 AND CASE a.target_type
           WHEN 'token' THEN NOT EXISTS (SELECT FROM tokens WHERE id = a.target_id)
           WHEN 'token_group' THEN NOT EXISTS (SELECT FROM token_groups WHERE id = a.target_id)
           WHEN 'charge_point' THEN NOT EXISTS (SELECT FROM charge_points WHERE id = a.target_id)
           WHEN 'site' THEN NOT EXISTS (SELECT FROM sites WHERE id = a.target_id)
           ELSE false END`,
};
const COUNT: Statement = {
  name: 'tariffs_count_assignments',
  text: 'SELECT count(*)::int4 AS n FROM tariff_assignments WHERE tariff_id = $1',
};
const DELETE: Statement = { name: 'tariffs_delete', text: 'UPDATE tariffs SET deleted_at = $2 WHERE id = $1' };

export type TariffDeletion =
  | { readonly at: 'deleted' }
  | { readonly at: 'unknown' }
  | { readonly at: 'in_use'; readonly assignments: number };

/** Its row and versions stay, for what was priced by it. Its lock keeps new assignments out (assign holds the tariff). */
export async function deleteTariff(
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  id: string,
  now: Date,
): Promise<TariffDeletion> {
  return db.transaction(async (tx) => {
    if ((await tx.rows(LOCK, [organizationId, id])).length === 0) return { at: 'unknown' };
    await tx.rows(FORGET, [id]);
    const [used] = await tx.rows<{ n: number }>(COUNT, [id]);
    if (used !== undefined && used.n > 0) return { at: 'in_use', assignments: used.n };
    await tx.rows(DELETE, [id, now]);
    return { at: 'deleted' };
  });
}

const TIMEZONE: Statement = { name: 'tariffs_timezone', text: 'SELECT timezone FROM organizations WHERE id = $1' };

/** Of the organization: where nobody says another one. */
export async function timezoneOf(db: Pick<Tx, 'rows'>, organizationId: string): Promise<string> {
  return (await db.rows<{ timezone: string }>(TIMEZONE, [organizationId]))[0]?.timezone ?? 'UTC';
}
