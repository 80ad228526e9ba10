/** Hot SQL of the room: tokens of many charge points in one statement, locked where a start must count its sessions. */
import type { Statement, Tx } from '../database/contract.ts';
import type { TokenInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import { askedUid, asksToStart, authorizeStart, beganEarlier } from './machine.ts';
import type { GroupRow, Policy, TokenState } from './types.ts';

// Plan: charge_points_pkey, organizations_pkey, then tokens_organization_id_uid_key_key and token_groups_pkey;
// reservations_open_by_charge_point, which holds open ones only; commissioning_runs_charge_point_id_test_token_key_key;
// tariff_assignments_organization_id_target_type_target_id_key twice; direct_payments_charge_point_id_token_key_key, and for those alone session_limits_command_id_key, commands_pkey and sessions_pkey.
const FIND: Statement = {
  name: 'tokens_find',
  text: `SELECT v.charge_point_id AS "chargePointId", c.site_id AS "siteId",
                coalesce(c.authorization_policy, o.authorization_policy) AS policy,
                EXISTS (SELECT FROM reservations r WHERE r.charge_point_id = c.id AND r.due_at IS NOT NULL) AS "hasReservations",
                EXISTS (SELECT FROM tariff_assignments a WHERE a.organization_id = c.organization_id
                         AND ((a.target_type = 'token' AND a.target_id = t.id)
                           OR (a.target_type = 'token_group' AND a.target_id = t.group_id))) AS "hasOwnTariff",
                m.id IS NOT NULL AS "isTest", m.due_at IS NOT NULL AS "isTestOpen",
                t.id, t.type, t.credit, t.status, t.valid_until AS "validUntil", t.max_concurrent AS "maxConcurrent",
                t.allowed_site_ids AS "allowedSiteIds", t.allowed_charge_point_ids AS "allowedChargePointIds",
                p.valid_until AS "paymentUntil", l.session_id IS NOT NULL AS "paymentUsed", s.ocpp_transaction_id AS "paymentTransaction",
                l.id IS NOT NULL AND k.id IS NOT NULL AS "paymentKept",
                g.id AS "groupId", g.parent_id_tag AS "parentIdTag", g.status AS "groupStatus",
                g.valid_until AS "groupValidUntil", g.max_concurrent AS "groupMaxConcurrent",
                g.allowed_site_ids AS "groupSiteIds", g.allowed_charge_point_ids AS "groupChargePointIds"
           FROM unnest($1::text[], $2::text[]) AS v(charge_point_id, uid_key)
           JOIN charge_points c ON c.id = v.charge_point_id
           JOIN organizations o ON o.id = c.organization_id
           LEFT JOIN tokens t ON t.organization_id = c.organization_id AND t.uid_key = v.uid_key
           LEFT JOIN token_groups g ON g.id = t.group_id
           LEFT JOIN commissioning_runs m ON m.charge_point_id = v.charge_point_id AND m.test_token_key = v.uid_key
           LEFT JOIN direct_payments p ON p.charge_point_id = v.charge_point_id AND p.token_key = v.uid_key
           LEFT JOIN session_limits l ON l.command_id = p.command_id
           LEFT JOIN commands k ON k.id = p.command_id
           LEFT JOIN sessions s ON s.id = l.session_id`,
};

/**
 * Two chargers in two transactions must not both count "no session yet": whoever starts a session holds the token's row, and
 * its group's where that has a limit. All tokens before all groups, each sorted. Both are read to their end by the last SELECT.
 */
const LOCK_TO_START: Statement = {
  name: 'tokens_lock_to_start',
  text: `WITH t AS MATERIALIZED (
           SELECT t.id, t.group_id FROM tokens t
            WHERE (t.organization_id, t.uid_key) IN (SELECT c.organization_id, v.uid_key
                                                       FROM unnest($1::text[], $2::text[]) AS v(charge_point_id, uid_key)
                                                       JOIN charge_points c ON c.id = v.charge_point_id)
            ORDER BY t.id FOR NO KEY UPDATE),
         g AS MATERIALIZED (
           SELECT g.id FROM token_groups g
            WHERE g.max_concurrent IS NOT NULL AND g.id IN (SELECT group_id FROM t) ORDER BY g.id FOR NO KEY UPDATE)
         SELECT id FROM t UNION ALL SELECT id FROM g`,
};

// Its own statement behind the lock: it must see what was committed while that was waited for. Plan: as FIND, then
// sessions_open_by_token and sessions_open_by_token_group, as many as may run and one more; the first ones, as a start that is told
// afterwards counts what was there before it.
const COUNT: Statement = {
  name: 'tokens_open_sessions',
  text: `WITH named AS (
           SELECT DISTINCT t.id, t.max_concurrent, t.group_id FROM unnest($1::text[], $2::text[]) AS v(charge_point_id, uid_key)
             JOIN charge_points c ON c.id = v.charge_point_id
             JOIN tokens t ON t.organization_id = c.organization_id AND t.uid_key = v.uid_key)
         SELECT t.id AS holder, s.charge_point_id AS "chargePointId", s.evse_id AS "evseId",
                s.ocpp_transaction_id AS "ocppTransactionId", s.started_at AS "startedAt"
           FROM named t
          CROSS JOIN LATERAL (SELECT charge_point_id, evse_id, ocpp_transaction_id, started_at FROM sessions
                               WHERE token_id = t.id AND ended_at IS NULL AND "authorization" = 'accepted'
                               ORDER BY started_at LIMIT t.max_concurrent + 1) AS s
          WHERE t.max_concurrent IS NOT NULL
         UNION ALL
         SELECT g.id, s.charge_point_id, s.evse_id, s.ocpp_transaction_id, s.started_at
           FROM token_groups g
          CROSS JOIN LATERAL (SELECT charge_point_id, evse_id, ocpp_transaction_id, started_at FROM sessions
                               WHERE token_group_id = g.id AND ended_at IS NULL AND "authorization" = 'accepted'
                               ORDER BY started_at LIMIT g.max_concurrent + 1) AS s
          WHERE g.max_concurrent IS NOT NULL AND g.id IN (SELECT group_id FROM named)`,
};

type Found = {
  readonly chargePointId: string;
  readonly siteId: string | null;
  readonly policy: Policy;
  readonly hasReservations: boolean;
  readonly hasOwnTariff: boolean;
  readonly isTest: boolean;
  readonly isTestOpen: boolean;
  readonly paymentUntil: Date | null;
  readonly paymentUsed: boolean;
  readonly paymentKept: boolean;
  readonly paymentTransaction: string | null;
  readonly id: string | null;
  readonly type: string;
  readonly credit: string | null;
  readonly status: GroupRow['status'];
  readonly validUntil: Date | null;
  readonly maxConcurrent: number | null;
  readonly allowedSiteIds: string[];
  readonly allowedChargePointIds: string[];
  readonly groupId: string | null;
  readonly parentIdTag: string;
  readonly groupStatus: GroupRow['status'];
  readonly groupValidUntil: Date | null;
  readonly groupMaxConcurrent: number | null;
  readonly groupSiteIds: string[];
  readonly groupChargePointIds: string[];
};
/** `holder`: the token or the group that the session counts for. */
type Open = {
  readonly holder: string;
  readonly chargePointId: string;
  readonly evseId: number;
  readonly ocppTransactionId: string | null;
  readonly startedAt: Date;
};

const uidOf = (input: TokenInput): string => tokenKey(askedUid(input));

const namesOf = (inputs: readonly TokenInput[]): [string[], string[]] => [
  inputs.map(({ chargePointId }) => chargePointId),
  inputs.map(uidOf),
];

/** Sent together: the lock of the tokens that start something, then the tokens and their open sessions as they are under it. */
export async function loadTokens(tx: Tx, inputs: readonly TokenInput[]): Promise<Map<string, TokenState>> {
  const starts = inputs.filter(
    (input) => input.type === 'authorize_start' || (input.type === 'authorize_event' && asksToStart(input.event)),
  );
  const [, rows, open] = await Promise.all([
    starts.length === 0 ? [] : tx.rows(LOCK_TO_START, namesOf(starts)),
    tx.rows<Found>(FIND, namesOf(inputs)),
    starts.length === 0 ? [] : tx.rows<Open>(COUNT, namesOf(starts)),
  ]);
  const states = new Map(rows.map((row) => [row.chargePointId, stateOf(row)]));
  countElsewhere(states, starts, open);
  return states;
}

/** For a question outside of ingest: may this token charge there? */
export async function tokenStateAt(tx: Tx, chargePointId: string, uid: string): Promise<TokenState | undefined> {
  const [row] = await tx.rows<Found>(FIND, [[chargePointId], [tokenKey(uid)]]);
  return row === undefined ? undefined : stateOf(row);
}

// Plan: tokens_organization_id_uid_key_key, token_groups_pkey.
const DESCRIBE: Statement = {
  name: 'tokens_describe',
  text: `SELECT t.type, g.parent_id_tag AS "parentIdTag" FROM tokens t LEFT JOIN token_groups g ON g.id = t.group_id
          WHERE t.organization_id = $1 AND t.uid_key = $2`,
};
export async function findToken(
  tx: Tx,
  organizationId: string,
  key: string,
): Promise<{ readonly type: string; readonly parentIdTag: string | null } | undefined> {
  return (await tx.rows<{ type: string; parentIdTag: string | null }>(DESCRIBE, [organizationId, key]))[0];
}

const stateOf = (row: Found): TokenState => ({
  policy: row.policy,
  siteId: row.siteId,
  token:
    row.id === null
      ? undefined
      : { id: row.id, type: row.type, credit: row.credit, group: groupOf(row), ...standing(row) },
  sessionsElsewhere: { ofToken: 0, ofGroup: 0 },
  hasReservations: row.hasReservations,
  hasOwnTariff: row.hasOwnTariff,
  ...(row.isTest && { test: row.isTestOpen ? ('open' as const) : ('ended' as const) }),
  ...(row.paymentUntil !== null && {
    payment: {
      ...{ until: row.paymentUntil, used: row.paymentUsed, isKept: row.paymentKept },
      ocppTransactionId: row.paymentTransaction,
    },
  }),
  strangers: [],
});

const standing = ({ status, validUntil, maxConcurrent, allowedSiteIds, allowedChargePointIds }: Found) => ({
  status,
  validUntil,
  maxConcurrent,
  allowedSiteIds,
  allowedChargePointIds,
});

const groupOf = (row: Found): GroupRow | null =>
  row.groupId === null
    ? null
    : {
        id: row.groupId,
        parentIdTag: row.parentIdTag,
        status: row.groupStatus,
        validUntil: row.groupValidUntil,
        maxConcurrent: row.groupMaxConcurrent,
        allowedSiteIds: row.groupSiteIds,
        allowedChargePointIds: row.groupChargePointIds,
      };

/** Counts, for each start, where else its token and its group charge: in the table, and by the starts before it in this batch. */
function countElsewhere(states: Map<string, TokenState>, starts: readonly TokenInput[], open: readonly Open[]): void {
  const sessions = new Map<string, Omit<Open, 'holder'>[]>();
  const charge = (holder: string, session: Omit<Open, 'holder'>): void => {
    const known = sessions.get(holder);
    if (known === undefined) sessions.set(holder, [session]);
    else known.push(session);
  };
  for (const session of open) charge(session.holder, session);
  for (const input of starts) {
    const { chargePointId, receivedAt } = input;
    const state = states.get(chargePointId);
    if (state?.token === undefined) continue;
    const { id, group } = state.token;
    const here = placeOf(input);
    // Of a start that is told afterwards the driver is to blame for what ran then: what he began later began without it.
    const wasThere = (each: Omit<Open, 'holder'>): boolean =>
      beganEarlier(input) === undefined || each.startedAt < here.startedAt;
    // What runs at the same place ends by this start; what bears the same name is this session itself.
    const isHere = (each: Omit<Open, 'holder'>): boolean =>
      each.chargePointId === chargePointId &&
      (each.evseId === here.evseId ||
        (each.ocppTransactionId !== null && each.ocppTransactionId === here.ocppTransactionId));
    const elsewhere = (holder: string): number => {
      const others = (sessions.get(holder) ?? []).filter((each) => !isHere(each) && wasThere(each));
      return new Set(others.map(({ chargePointId: at, evseId }) => `${at} ${evseId}`)).size;
    };
    const counted: TokenState = {
      ...state,
      sessionsElsewhere: { ofToken: elsewhere(id), ofGroup: group === null ? 0 : elsewhere(group.id) },
    };
    states.set(chargePointId, counted);
    const place = { chargePointId, siteId: state.siteId };
    if (authorizeStart(counted, place, receivedAt, { began: beganEarlier(input) }).authorization !== 'accepted')
      continue;
    charge(id, { chargePointId, ...here });
    if (group !== null) charge(group.id, { chargePointId, ...here });
  }
}

function placeOf(input: TokenInput): Omit<Open, 'holder' | 'chargePointId'> {
  const nowhere = { evseId: 0, ocppTransactionId: null, startedAt: input.receivedAt };
  if (input.type === 'authorize_start') return { ...nowhere, evseId: input.start.evseId, startedAt: input.start.at.at };
  if (input.type !== 'authorize_event') return nowhere;
  const { place, ocppTransactionId, at } = input.event;
  return { evseId: place?.evseId ?? 0, ocppTransactionId, startedAt: at.at };
}
