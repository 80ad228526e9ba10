/** Rows of audit_entries and audit_chains. Entries are only added; the row of the chain is its lock, on all nodes. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { type Chain, type Entry, type Line, linked, NOTHING, type SealedChain, sealOf } from './chain.ts';

type Key = { readonly kid: string; readonly key: Buffer };
type Writing = Pick<Database, 'transaction'>;

const BEGIN: Statement = {
  name: 'audit_chains_begin',
  text: `INSERT INTO audit_chains (organization_id, position, mac, gone_until, gone_mac, kid, seal)
         SELECT unnest($1::text[]), 0, '', 0, '', '', '' ON CONFLICT DO NOTHING`,
};
const CHAIN = `organization_id AS "organizationId", position, mac, gone_until AS "goneUntil", gone_mac AS "goneMac", kid, seal`;
const LOCK: Statement = {
  name: 'audit_chains_lock',
  text: `SELECT ${CHAIN} FROM audit_chains WHERE organization_id = ANY($1::text[]) ORDER BY organization_id FOR UPDATE`,
};
const COLUMNS = [
  ['organizationId', 'organization_id', 'text'],
  ['position', 'position', 'int8'],
  ['at', 'at', 'timestamptz'],
  ['kind', 'kind', 'text'],
  ['requestId', 'request_id', 'text'],
  ['principalKind', 'principal_kind', 'text'],
  ['principalId', 'principal_id', 'text'],
  ['address', 'address', 'text'],
  ['operation', 'operation', 'text'],
  ['method', 'method', 'text'],
  ['path', 'path', 'text'],
  ['target', 'target', 'text'],
  ['detail', 'detail', 'text'],
  ['status', 'status', 'int4'],
  ['code', 'code', 'text'],
  ['callPosition', 'call_position', 'int8'],
  ['repeated', 'repeated', 'int4'],
  ['kid', 'kid', 'text'],
  ['mac', 'mac', 'bytea'],
] as const satisfies readonly (readonly [keyof Entry, string, string])[];
const names = COLUMNS.map(([, column]) => column).join(', ');

const ADD: Statement = {
  name: 'audit_entries_add',
  text: `INSERT INTO audit_entries (${names})
         SELECT * FROM unnest(${COLUMNS.map(([, , type], i) => `$${i + 1}::${type}[]`).join(', ')})`,
};
const GROW: Statement = {
  name: 'audit_chains_grow',
  text: `UPDATE audit_chains c SET position = v.position, mac = v.mac, kid = v.kid, seal = v.seal
           FROM unnest($1::text[], $2::int8[], $3::bytea[], $4::text[], $5::bytea[]) AS v(organization_id, position, mac, kid, seal)
          WHERE c.organization_id = v.organization_id`,
};

/** In their order; gives each line's position in the chain of its organization. */
export async function addLines(db: Writing, key: Key, lines: readonly Line[]): Promise<number[]> {
  const byOrganization = new Map<string, Line[]>();
  for (const line of lines) {
    const own = byOrganization.get(line.organizationId);
    if (own === undefined) byOrganization.set(line.organizationId, [line]);
    else own.push(line);
  }
  const ids = [...byOrganization.keys()].sort();
  return db.transaction(async (tx) => {
    await tx.rows(BEGIN, [ids]);
    const known = new Map((await tx.rows<SealedChain>(LOCK, [ids])).map((chain) => [chain.organizationId, chain]));
    const entries: Entry[] = [];
    const chains: SealedChain[] = [];
    const positions = new Map<Line, number>();
    for (const [organizationId, own] of byOrganization) {
      const chain = known.get(organizationId) ?? newChain(organizationId);
      const grown = linked(chain, own, key);
      entries.push(...grown.entries);
      chains.push(grown.chain);
      for (const [i, line] of own.entries()) positions.set(line, chain.position + 1 + i);
    }
    await tx.rows(
      ADD,
      COLUMNS.map(([field]) => entries.map((entry) => entry[field])),
    );
    await tx.rows(GROW, [
      chains.map((chain) => chain.organizationId),
      chains.map((chain) => chain.position),
      chains.map((chain) => chain.mac),
      chains.map((chain) => chain.kid),
      chains.map((chain) => chain.seal),
    ]);
    return lines.map((line) => positions.get(line) ?? 0);
  });
}

const newChain = (organizationId: string): Chain => ({
  organizationId,
  position: 0,
  mac: NOTHING,
  goneUntil: 0,
  goneMac: NOTHING,
});

// Of the oldest ones at most so many that are all older. Plan: audit_entries_pkey.
const OLD: Statement = {
  name: 'audit_entries_old',
  text: `SELECT position, mac FROM (
           SELECT position, mac, at FROM audit_entries WHERE organization_id = $1 ORDER BY position LIMIT $3
         ) oldest WHERE at < $2 ORDER BY position DESC LIMIT 1`,
};
const FORGET: Statement = {
  name: 'audit_entries_forget',
  text: 'DELETE FROM audit_entries WHERE organization_id = $1 AND position <= $2 RETURNING 1 AS gone',
};
const GONE: Statement = {
  name: 'audit_chains_gone',
  text: 'UPDATE audit_chains SET gone_until = $2, gone_mac = $3, kid = $4, seal = $5 WHERE organization_id = $1',
};

/** Forgets entries before an instant, oldest first; the chain remembers where it begins from now on. Returns how many went. */
export async function forgetEntries(
  db: Writing,
  { kid, key }: Key,
  { organizationId, before, most }: { readonly organizationId: string; readonly before: Date; readonly most: number },
): Promise<number> {
  return db.transaction(async (tx) => {
    const [chain] = await tx.rows<SealedChain>(LOCK, [[organizationId]]);
    const [last] = await tx.rows<Pick<Entry, 'position' | 'mac'>>(OLD, [organizationId, before, most]);
    if (chain === undefined || last === undefined) return 0;
    const next = { ...chain, goneUntil: last.position, goneMac: last.mac };
    await tx.rows(GONE, [organizationId, last.position, last.mac, kid, sealOf(key, kid, next)]);
    return (await tx.rows(FORGET, [organizationId, last.position])).length;
  });
}

const CHAINS: Statement = {
  name: 'audit_chains_all',
  text: `SELECT ${CHAIN} FROM audit_chains WHERE organization_id > $1 ORDER BY organization_id LIMIT 1000`,
};
const FIND_CHAIN: Statement = {
  name: 'audit_chains_find',
  text: `SELECT ${CHAIN} FROM audit_chains WHERE organization_id = $1`,
};
export const chainsAfter = (db: Pick<Tx, 'rows'>, organizationId: string): Promise<SealedChain[]> =>
  db.rows<SealedChain>(CHAINS, [organizationId]);

export async function chainOf(db: Pick<Tx, 'rows'>, organizationId: string): Promise<SealedChain | undefined> {
  return (await db.rows<SealedChain>(FIND_CHAIN, [organizationId]))[0];
}

/** All that is sealed, and the seal. */
export const entryColumns = (table: string): string =>
  COLUMNS.map(([field, column]) => `${table}.${column} AS "${field}"`).join(', ');
const FOLLOW: Statement = {
  name: 'audit_entries_follow',
  text: `SELECT ${entryColumns('e')} FROM audit_entries e WHERE organization_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
};
export const entriesAfter = (
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  position: number,
  limit: number,
): Promise<Entry[]> => db.rows<Entry>(FOLLOW, [organizationId, position, limit]);

const OLDEST_ORGANIZATION: Statement = {
  name: 'audit_oldest_organization',
  text: 'SELECT id FROM organizations ORDER BY created_at, id LIMIT 1',
};
/** Whoever runs the installation. */
export async function oldestOrganization(db: Pick<Tx, 'rows'>): Promise<string | undefined> {
  return (await db.rows<{ id: string }>(OLDEST_ORGANIZATION, []))[0]?.id;
}
