/** The row of the development CA; the first process to make one wins. */
import type { Database, Statement } from '../database/contract.ts';

export type StoredAuthority = { readonly certificate: string; readonly privateKey: Uint8Array };

const FIND: Statement = {
  name: 'certificate_authority_find',
  text: `SELECT certificate, private_key AS "privateKey" FROM certificate_authorities WHERE id = $1`,
};
const KEEP: Statement = {
  name: 'certificate_authority_keep',
  text: `INSERT INTO certificate_authorities (id, certificate, private_key, created_at)
         VALUES ($1, $2, $3::bytea, $4::timestamptz) ON CONFLICT DO NOTHING`,
};

export const findAuthority = async (db: Pick<Database, 'rows'>, id: string): Promise<StoredAuthority | undefined> =>
  (await db.rows<StoredAuthority>(FIND, [id]))[0];

export async function keepAuthority(
  db: Pick<Database, 'rows'>,
  id: string,
  { certificate, privateKey }: StoredAuthority,
  at: Date,
): Promise<void> {
  await db.rows(KEEP, [id, certificate, privateKey, at]);
}
