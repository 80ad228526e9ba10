/** What a synchronization reads: the list as it should be, as the charger holds it, its limits; and which lists are due. */
import { LONGEST_UID } from '../commands/index.ts';
import type { Database, Statement } from '../database/contract.ts';
import { FIELDS, NEVER } from './store.ts';
import type { ListEntry, ListRow } from './types.ts';

type Needs = Pick<Database, 'rows'>;

/** Nothing beyond this fits a charger, and would take hours to send. */
const MOST_ENTRIES = 10_000;

export type ListView = ListRow & {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly identity: string;
  readonly setting: 'off' | 'manual' | 'auto';
  readonly connected: boolean;
  readonly revision: number;
  /** As it connected last; null: it never has. */
  readonly protocol: string | null;
  /** LocalAuthListEnabled, LocalAuthListMaxLength, SendLocalListMaxLength, as the charger last said; null: unknown. */
  readonly enabled: string | null;
  readonly maxEntries: string | null;
  readonly maxPerMessage: string | null;
};
const setting = (key: string): string =>
  `(SELECT value FROM charge_point_configuration s WHERE s.charge_point_id = c.id AND s.key = '${key}' AND s.known)`;
const VIEW: Statement = {
  name: 'local_lists_view',
  text: `SELECT ${FIELDS}, c.organization_id AS "organizationId", c.id AS "chargePointId", c.identity, c.local_list AS setting,
                coalesce(s.connected, false) AS connected, s.protocol, o.tokens_revision AS revision,
                ${setting('LocalAuthListEnabled')} AS enabled, ${setting('LocalAuthListMaxLength')} AS "maxEntries",
                ${setting('SendLocalListMaxLength')} AS "maxPerMessage"
           FROM charge_points c JOIN organizations o ON o.id = c.organization_id
           LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN local_lists l ON l.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id = $2`,
};

export async function listOf(db: Needs, organizationId: string, chargePointId: string): Promise<ListView | undefined> {
  const [row] = await db.rows<ListView>(VIEW, [organizationId, chargePointId]);
  return row?.step == null && row !== undefined ? { ...row, ...NEVER } : row;
}

// Longer tokens cannot be said, 2.0.1 has no word for a VIN, and what is left of a prepaid one only we know. Blocked ones go last: they are the first that a full list does
// without.
const MAY = (of: string): string =>
  `(cardinality(${of}.allowed_site_ids) + cardinality(${of}.allowed_charge_point_ids) = 0
    OR c.site_id = ANY(${of}.allowed_site_ids) OR c.id = ANY(${of}.allowed_charge_point_ids))`;
const DESIRED: Statement = {
  name: 'local_lists_desired',
  text: `SELECT t.uid, t.type, t.status = 'blocked' OR coalesce(g.status = 'blocked', false) AS blocked,
                least(t.valid_until, g.valid_until) AS "expiresAt", g.parent_id_tag AS "parentIdTag"
           FROM charge_points c JOIN tokens t ON t.organization_id = c.organization_id
           LEFT JOIN token_groups g ON g.id = t.group_id
          WHERE c.organization_id = $1 AND c.id = $2 AND length(t.uid) <= $4 AND t.type <> ALL($5::text[])
            AND t.credit IS NULL AND ${MAY('t')} AND (g.id IS NULL OR ${MAY('g')})
          ORDER BY blocked, t.id LIMIT $3`,
};
const HELD: Statement = {
  name: 'local_lists_held',
  text: `SELECT uid, token_type AS type, status, expires_at AS "expiresAt", parent_id_tag AS "parentIdTag" FROM local_list_entries
          WHERE charge_point_id = $1 ORDER BY uid_key`,
};

export async function desiredEntries(db: Needs, list: ListView, now: Date): Promise<ListEntry[]> {
  const { entries = MOST_ENTRIES } = limitsOf(list);
  const { longest, unknown } = SAYABLE[list.protocol ?? ''] ?? OF_16;
  const hasTypes = isV2(list.protocol);
  type Row = { uid: string; type: string; blocked: boolean; expiresAt: Date | null; parentIdTag: string | null };
  const rows = await db.rows<Row>(DESIRED, [
    ...[list.organizationId, list.chargePointId, Math.min(MOST_ENTRIES, entries)],
    ...[longest, unknown],
  ]);
  return rows.map(({ uid, type, blocked, expiresAt, parentIdTag }) => {
    const status = blocked ? 'Blocked' : expiresAt !== null && expiresAt <= now ? 'Expired' : 'Accepted';
    return { uid, type: hasTypes ? toldType(type) : null, status, expiresAt, parentIdTag };
  });
}
export const heldEntries = (db: Needs, chargePointId: string): Promise<ListEntry[]> =>
  db.rows<ListEntry>(HELD, [chargePointId]);

/** What can be said of tokens: OCPP 1.6 §7.28, 2.0.1 and 2.1 IdTokenType. */
const OF_16 = { longest: LONGEST_UID['ocpp1.6'], unknown: [] as readonly string[] };
const SAYABLE: Readonly<Record<string, { readonly longest: number; readonly unknown: readonly string[] }>> = {
  'ocpp1.6': OF_16,
  'ocpp2.0.1': { longest: LONGEST_UID['ocpp2.0.1'], unknown: ['vin'] },
  'ocpp2.1': { longest: LONGEST_UID['ocpp2.1'], unknown: [] },
};
export const isV2 = (protocol: string | null): boolean => protocol !== null && protocol !== 'ocpp1.6';
/** An app's token is told as one of a central system (IdTokenEnumType has no other word). */
const toldType = (type: string): string => (type === 'app' ? 'central' : type);

/** Of the charger's list, as it said them last; undefined: it has not. */
export function limitsOf(list: ListView): {
  readonly enabled: boolean | undefined;
  readonly entries: number | undefined;
  readonly perMessage: number | undefined;
  readonly bytes: number | undefined;
} {
  if (isV2(list.protocol)) {
    return {
      enabled: list.saidEnabled ?? undefined,
      entries: list.saidEntries ?? undefined,
      perMessage: list.saidPerMessage ?? undefined,
      bytes: list.saidBytes ?? undefined,
    };
  }
  return {
    enabled: list.enabled === null ? undefined : list.enabled.toLowerCase() === 'true',
    entries: limitOf(list.maxEntries),
    perMessage: limitOf(list.maxPerMessage),
    bytes: undefined,
  };
}

function limitOf(text: string | null): number | undefined {
  const value = Number(text ?? '');
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

// A step is taken by whoever pushes its time ahead. Plan: local_lists_due, which holds running ones only.
const CLAIM: Statement = {
  name: 'local_lists_claim',
  text: `UPDATE local_lists l SET due_at = $2
          WHERE l.charge_point_id IN (SELECT charge_point_id FROM local_lists WHERE due_at <= $1
                                       ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
      RETURNING l.charge_point_id AS "chargePointId", l.organization_id AS "organizationId"`,
};
export type Claimed = { readonly chargePointId: string; readonly organizationId: string };
export const claimSteps = (db: Needs, now: Date, until: Date, limit: number): Promise<Claimed[]> =>
  db.rows<Claimed>(CLAIM, [now, until, limit]);

// Connected, accepted and idle chargers whose list is out of date, was never looked at, or may be lost by a reboot.
const OUTDATED: Statement = {
  name: 'local_lists_outdated',
  text: `SELECT c.id AS "chargePointId", c.organization_id AS "organizationId"
           FROM charge_points c JOIN organizations o ON o.id = c.organization_id
           JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN local_lists l ON l.charge_point_id = c.id
          WHERE c.local_list = 'auto' AND s.connected AND s.boot_status = 'accepted'
            AND coalesce(l.step, 'idle') = 'idle' AND (l.retry_at IS NULL OR l.retry_at <= $1)
            AND (l.supported IS NOT FALSE OR s.booted_at > l.checked_at)
            AND (l.synced_revision IS DISTINCT FROM o.tokens_revision OR l.refresh_at <= $1 OR s.booted_at > l.checked_at)
            AND NOT EXISTS (SELECT FROM sessions x WHERE x.charge_point_id = c.id AND x.ended_at IS NULL)
            AND NOT EXISTS (SELECT FROM commands x WHERE x.charge_point_id = c.id AND x.due_at IS NOT NULL)
          ORDER BY l.synced_at NULLS FIRST LIMIT $2`,
};
export const outdatedLists = (db: Needs, now: Date, limit: number): Promise<Claimed[]> =>
  db.rows<Claimed>(OUTDATED, [now, limit]);
