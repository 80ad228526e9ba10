/** Charge detail records that were given out: each is kept as it was, since whoever has it may have billed it. They are never changed. */
import type { Database, Statement } from '../database/contract.ts';
import type { Cdr } from './cdr-schema.ts';

type Rows = Pick<Database, 'rows'>;
type Row = { readonly sessionId: string; readonly billed: number; readonly body: string };

export type GivenCdrs = ReadonlyMap<string, ReadonlyMap<number, Cdr>>;

// Plan: cdrs_pkey.
const FIND: Statement = {
  name: 'cdrs_find',
  text: `SELECT session_id AS "sessionId", billed, body FROM cdrs
          WHERE organization_id = $1 AND session_id = ANY($2::text[]) LIMIT 10000`,
};
// Of two that are made at once the first one counts, for both. Plan: cdrs_pkey.
const KEEP: Statement = {
  name: 'cdrs_keep',
  text: `INSERT INTO cdrs AS c (session_id, billed, organization_id, body, created_at)
         SELECT v.session_id, v.billed, $1, v.body, $2 FROM unnest($3::text[], $4::int4[], $5::text[]) AS v(session_id, billed, body)
             ON CONFLICT (session_id, billed) DO UPDATE SET billed = c.billed
         RETURNING session_id AS "sessionId", billed, body`,
};

const bySession = (rows: readonly Row[]): GivenCdrs => {
  const found = new Map<string, Map<number, Cdr>>();
  for (const { sessionId, billed, body } of rows) {
    const known = found.get(sessionId) ?? new Map<number, Cdr>();
    // as: kept by KEEP alone, and checked when it goes out
    found.set(sessionId, known.set(billed, JSON.parse(body) as Cdr));
  }
  return found;
};

/** By session, then by which of its costs (chain.ts). */
export async function givenCdrs(db: Rows, organizationId: string, sessionIds: readonly string[]): Promise<GivenCdrs> {
  return sessionIds.length === 0 ? new Map() : bySession(await db.rows<Row>(FIND, [organizationId, sessionIds]));
}

export type FreshCdr = { readonly sessionId: string; readonly billed: number; readonly cdr: Cdr };

/** Gives what is kept: of the same record that somebody else has kept a moment before, that one. */
export async function keepCdrs(
  db: Rows,
  organizationId: string,
  fresh: readonly FreshCdr[],
  now: Date,
): Promise<GivenCdrs> {
  if (fresh.length === 0) return new Map();
  return bySession(
    await db.rows<Row>(KEEP, [
      ...[organizationId, now, fresh.map(({ sessionId }) => sessionId), fresh.map(({ billed }) => billed)],
      fresh.map(({ cdr }) => JSON.stringify(cdr)),
    ]),
  );
}
