/** Hot SQL of the room: tokens of many charge points in one statement, locked where a start must count its sessions. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Rooted } from '../ingest/contract.ts';
import type { TokenInput } from '../ingest/inputs.ts';
import { type TokenRow, type TokenState, uidKey } from './types.ts';

type Found = TokenRow & { readonly organizationId: string; readonly uidKey: string };

const FIELDS = `t.id, t.organization_id AS "organizationId", t.uid_key AS "uidKey", t.group_id AS "groupId", t.status,
                t.valid_until AS "validUntil", t.max_concurrent AS "maxConcurrent"`;

// Plan: tokens_organization_id_uid_key_key.
const FIND: Statement = {
  name: 'tokens_find',
  text: `SELECT ${FIELDS} FROM unnest($1::text[], $2::text[]) AS v(organization_id, uid_key)
           JOIN tokens t ON t.organization_id = v.organization_id AND t.uid_key = v.uid_key`,
};

/** Two chargers in two transactions must not both count "no session yet": whoever starts a session holds the token's row. */
const FIND_TO_START: Statement = {
  name: 'tokens_find_to_start',
  text: `SELECT ${FIELDS} FROM tokens t
          WHERE (t.organization_id, t.uid_key) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY t.id FOR NO KEY UPDATE`,
};

// Its own statement: it must see what was committed while the lock was waited for. Plan: sessions_open_by_token.
const COUNT: Statement = {
  name: 'tokens_open_sessions',
  text: `SELECT v.token_id AS "tokenId", s.charge_point_id AS "chargePointId", s.connector_id AS "connectorId"
           FROM unnest($1::text[], $2::int4[]) AS v(token_id, most)
          CROSS JOIN LATERAL (SELECT charge_point_id, connector_id FROM sessions
                               WHERE token_id = v.token_id AND ended_at IS NULL AND "authorization" = 'accepted'
                               LIMIT v.most + 1) AS s`,
};

type Open = { readonly tokenId: string; readonly chargePointId: string; readonly connectorId: number };

const keyOf = (organizationId: string, uid: string): string => `${organizationId} ${uid}`;
const uidOf = (input: TokenInput): string =>
  uidKey(input.type === 'authorize_start' ? input.start.tokenUid : input.tokenUid);

export async function loadTokens(tx: Tx, inputs: readonly Rooted<TokenInput>[]): Promise<Map<string, TokenState>> {
  const starts = inputs.filter(({ input }) => input.type === 'authorize_start');
  const asks = inputs.filter(({ input }) => input.type !== 'authorize_start');
  const found = new Map<string, TokenRow>();
  for (const [statement, wanted] of [
    [FIND_TO_START, starts],
    [FIND, asks],
  ] as const) {
    if (wanted.length === 0) continue;
    const distinct = new Map(
      wanted.map(({ root, input }) => [keyOf(root.organizationId, uidOf(input)), { root, uid: uidOf(input) }]),
    );
    const rows = await tx.rows<Found>(statement, [
      [...distinct.values()].map(({ root }) => root.organizationId),
      [...distinct.values()].map(({ uid }) => uid),
    ]);
    for (const row of rows) found.set(keyOf(row.organizationId, row.uidKey), row);
  }
  const elsewhere = await countElsewhere(tx, starts, found);
  return new Map(
    inputs.map(({ root, input }) => [
      root.chargePointId,
      {
        token: found.get(keyOf(root.organizationId, uidOf(input))),
        sessionsElsewhere: elsewhere.get(root.chargePointId) ?? 0,
      },
    ]),
  );
}

/** Open sessions of each starting token on other connectors, and the starts of the same token before this one in the batch. */
async function countElsewhere(
  tx: Tx,
  starts: readonly Rooted<TokenInput>[],
  tokens: ReadonlyMap<string, TokenRow>,
): Promise<Map<string, number>> {
  const elsewhere = new Map<string, number>();
  const limited = new Map<string, TokenRow>();
  for (const { root, input } of starts) {
    const token = tokens.get(keyOf(root.organizationId, uidOf(input)));
    if (token !== undefined && token.maxConcurrent !== null) limited.set(token.id, token);
  }
  if (limited.size === 0) return elsewhere;
  const open = await tx.rows<Open>(COUNT, [
    [...limited.keys()],
    [...limited.values()].map((token) => token.maxConcurrent),
  ]);
  const byToken = new Map<string, Open[]>();
  for (const session of open) byToken.set(session.tokenId, [...(byToken.get(session.tokenId) ?? []), session]);
  const startedBefore = new Map<string, number>();
  for (const { root, input } of starts) {
    const token = tokens.get(keyOf(root.organizationId, uidOf(input)));
    if (token === undefined || input.type !== 'authorize_start') continue;
    const others = (byToken.get(token.id) ?? []).filter(
      (session) => session.chargePointId !== root.chargePointId || session.connectorId !== input.start.connectorId,
    );
    const before = startedBefore.get(token.id) ?? 0;
    elsewhere.set(root.chargePointId, others.length + before);
    startedBefore.set(token.id, before + 1);
  }
  return elsewhere;
}
