/** What stations of OCPP 2.x are told of a token beside its uid: its type, and the group that may stop for it. */
import type { Tx } from '../database/contract.ts';
import type { TokenType } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import { findToken } from './store.ts';

export type TokenDescription = { readonly tokenType?: TokenType; readonly groupId?: string };
/** Nothing of a token that nobody knows. */
export type DescribeToken = (organizationId: string, uid: string) => Promise<TokenDescription>;

export const createDescribeToken =
  (db: Tx): DescribeToken =>
  async (organizationId, uid) => {
    const found = await findToken(db, organizationId, tokenKey(uid));
    if (found === undefined) return {};
    const { type, parentIdTag } = found;
    // as: the column takes the types of schemas.ts only
    return { tokenType: type as TokenType, ...(parentIdTag !== null && { groupId: parentIdTag }) };
  };
