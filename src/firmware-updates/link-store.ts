/** Links by which chargers fetch firmware: the token is the whole credential, and stored as its hash. */
import type { Database, Statement } from '../database/contract.ts';
import { isLinkToken, tokenHashOf } from '../platform/link-token.ts';

export type Link = {
  readonly updateId: string;
  readonly endedAt: Date | null;
  readonly expiresAt: Date;
  readonly version: string;
  /** null: the image was deleted. */
  readonly storedAs: string | null;
  readonly sha256: string | null;
  readonly storedAt: Date | null;
};
// The one query without an organization: the token tells whose it is. Plan: the unique index of token_hash, the primary key of images.
const BY_TOKEN: Statement = {
  name: 'firmware_updates_by_token',
  text: `SELECT u.id AS "updateId", u.ended_at AS "endedAt", u.link_expires_at AS "expiresAt", u.target_version AS version,
                i.stored_as AS "storedAs", i.sha256, i.stored_at AS "storedAt"
           FROM firmware_updates u LEFT JOIN firmware_images i ON i.id = u.image_id AND i.organization_id = u.organization_id
          WHERE u.token_hash = $1::bytea`,
};

export const linkOf = async (db: Pick<Database, 'rows'>, token: string): Promise<Link | undefined> =>
  isLinkToken(token) ? (await db.rows<Link>(BY_TOKEN, [tokenHashOf(token)]))[0] : undefined;
