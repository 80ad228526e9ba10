/** Hot SQL of the room: tokens of many charge points in one statement, locked where a start must count its sessions. */
import type { Statement, Tx } from '../database/contract.ts';
import type { TokenInput } from '../ingest/inputs.ts';
import { type TokenRow, type TokenState, uidKey } from './types.ts';

type Found = TokenRow & { readonly chargePointId: string };

// Plan: charge_points_pkey, then tokens_organization_id_uid_key_key.
const FIND: Statement = {
  name: 'tokens_find',
  text: `SELECT v.charge_point_id AS "chargePointId", t.id, t.group_id AS "groupId", t.status,
                t.valid_until AS "validUntil", t.max_concurrent AS "maxConcurrent"
           FROM unnest($1::text[], $2::text[]) AS v(charge_point_id, uid_key)
           JOIN charge_points c ON c.id = v.charge_point_id
           JOIN tokens t ON t.organization_id = c.organization_id AND t.uid_key = v.uid_key`,
};

/** Two chargers in two transactions must not both count "no session yet": whoever starts a session holds the token's row. */
const LOCK_TO_START: Statement = {
  name: 'tokens_lock_to_start',
  text: `SELECT t.id FROM tokens t
          WHERE (t.organization_id, t.uid_key) IN (SELECT c.organization_id, v.uid_key
                                                     FROM unnest($1::text[], $2::text[]) AS v(charge_point_id, uid_key)
                                                     JOIN charge_points c ON c.id = v.charge_point_id)
          ORDER BY t.id FOR NO KEY UPDATE`,
};

// Its own statement behind the lock: it must see what was committed while that was waited for. Plan: as FIND, then
// sessions_open_by_token, as many of a token as may run and one more.
const COUNT: Statement = {
  name: 'tokens_open_sessions',
  text: `SELECT t.id AS "tokenId", s.charge_point_id AS "chargePointId", s.connector_id AS "connectorId"
           FROM (SELECT DISTINCT t.id, t.max_concurrent FROM unnest($1::text[], $2::text[]) AS v(charge_point_id, uid_key)
                   JOIN charge_points c ON c.id = v.charge_point_id
                   JOIN tokens t ON t.organization_id = c.organization_id AND t.uid_key = v.uid_key
                  WHERE t.max_concurrent IS NOT NULL) t
          CROSS JOIN LATERAL (SELECT charge_point_id, connector_id FROM sessions
                               WHERE token_id = t.id AND ended_at IS NULL AND "authorization" = 'accepted'
                               LIMIT t.max_concurrent + 1) AS s`,
};

type Open = { readonly tokenId: string; readonly chargePointId: string; readonly connectorId: number };

const uidOf = (input: TokenInput): string =>
  uidKey(input.type === 'authorize_start' ? input.start.tokenUid : input.tokenUid);

const namesOf = (inputs: readonly TokenInput[]): [string[], string[]] => [
  inputs.map(({ chargePointId }) => chargePointId),
  inputs.map(uidOf),
];

/** Sent together: the lock of the tokens that start something, then the tokens and their open sessions as they are under it. */
export async function loadTokens(tx: Tx, inputs: readonly TokenInput[]): Promise<Map<string, TokenState>> {
  const starts = inputs.filter(({ type }) => type === 'authorize_start');
  const [, rows, open] = await Promise.all([
    starts.length === 0 ? [] : tx.rows(LOCK_TO_START, namesOf(starts)),
    tx.rows<Found>(FIND, namesOf(inputs)),
    starts.length === 0 ? [] : tx.rows<Open>(COUNT, namesOf(starts)),
  ]);
  const found = new Map<string, TokenRow>(rows.map(({ chargePointId, ...token }) => [chargePointId, token]));
  const elsewhere = countElsewhere(starts, found, open);
  return new Map(
    inputs.map(({ chargePointId }) => [
      chargePointId,
      { token: found.get(chargePointId), sessionsElsewhere: elsewhere.get(chargePointId) ?? 0 },
    ]),
  );
}

/** Open sessions of each starting token on other connectors, and the starts of the same token before this one in the batch. */
function countElsewhere(
  starts: readonly TokenInput[],
  tokens: ReadonlyMap<string, TokenRow>,
  open: readonly Open[],
): Map<string, number> {
  const elsewhere = new Map<string, number>();
  const byToken = new Map<string, Open[]>();
  for (const session of open) {
    const some = byToken.get(session.tokenId);
    if (some === undefined) byToken.set(session.tokenId, [session]);
    else some.push(session);
  }
  const startedBefore = new Map<string, number>();
  for (const input of starts) {
    const token = tokens.get(input.chargePointId);
    if (token === undefined || token.maxConcurrent === null || input.type !== 'authorize_start') continue;
    const others = (byToken.get(token.id) ?? []).filter(
      (session) => session.chargePointId !== input.chargePointId || session.connectorId !== input.start.connectorId,
    );
    const before = startedBefore.get(token.id) ?? 0;
    elsewhere.set(input.chargePointId, others.length + before);
    startedBefore.set(token.id, before + 1);
  }
  return elsewhere;
}
