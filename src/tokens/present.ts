/** A token as REST shows it. */
import { z } from 'zod';
import type { TokenView } from './registry-store.ts';
import { presentStanding, shownStanding, types } from './schemas.ts';

export const token = z
  .object({
    id: z.string(),
    uid: z.string(),
    type: z.enum(types),
    group_id: z.string().nullable(),
    credit: z.string().nullable(),
    language: z.string().nullable(),
    ...shownStanding,
  })
  .meta({ id: 'Token' });

/** The answer's schema refuses a type that it does not know. */
export const presentToken = (row: TokenView) => ({
  id: row.id,
  uid: row.uid,
  type: row.type as (typeof types)[number],
  group_id: row.groupId,
  credit: row.credit,
  language: row.language,
  ...presentStanding(row),
});
