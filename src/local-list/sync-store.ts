/** What a synchronization reads: the list as it should be, as the charger holds it, its limits; and which lists are due. */
import { LONGEST_UID } from '../commands/index.ts';
import type { Database, Statement } from '../database/contract.ts';
import { FIELDS, NEVER } from './store.ts';
import { LIMIT_KEYS, type LimitVariable, type ListEntry, type ListRow } from './types.ts';

type Needs = Pick<Database, 'rows'>;

/** Nothing beyond this fits a charger, and would take hours to send. */
const MOST_ENTRIES = 10_000;

export type ListView = ListRow & {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly identity: string;
  readonly siteId: string | null;
  /** Since it said last which version it holds it has not booted, which may lose a list. */
  readonly isChecked: boolean;
  readonly setting: 'off' | 'manual' | 'auto';
  readonly connected: boolean;
  readonly revision: number;
  /** As it connected last; null: it never has. */
  readonly protocol: string | null;
  /** LocalAuthListEnabled, LocalAuthListMaxLength, SendLocalListMaxLength, GetConfigurationMaxKeys, as the charger last said; null: unknown. */
  readonly enabled: string | null;
  readonly maxEntries: string | null;
  readonly maxPerMessage: string | null;
  readonly maxKeys: string | null;
  /** Of OCPP 2.x: {@link LIMIT_KEYS}, as far as its device model has them, whoever asked. */
  readonly variables: readonly LimitVariable[];
};
const setting = (key: string): string =>
  `(SELECT value FROM charge_point_configuration s WHERE s.charge_point_id = c.id AND s.key = '${key}' AND s.known)`;
// Plan: primary keys; of device_variables one probe for each of the keys.
const VIEW: Statement = {
  name: 'local_lists_view',
  text: `SELECT ${FIELDS}, c.organization_id AS "organizationId", c.id AS "chargePointId", c.identity, c.site_id AS "siteId",
                c.local_list AS setting, coalesce(l.checked_at >= s.booted_at, false) AS "isChecked",
                coalesce(s.connected, false) AS connected, s.protocol, o.tokens_revision AS revision,
                ${setting('LocalAuthListEnabled')} AS enabled, ${setting('LocalAuthListMaxLength')} AS "maxEntries",
                ${setting('SendLocalListMaxLength')} AS "maxPerMessage", ${setting('GetConfigurationMaxKeys')} AS "maxKeys",
                (SELECT coalesce(json_agg(json_build_object('key', d.key, 'value', d.value, 'maxLimit', d.max_limit,
                                                            'isFresh', coalesce(d.seen_at >= s.booted_at, false))), '[]')
                   FROM device_variables d
                  WHERE d.charge_point_id = c.id AND d.key = ANY($3::text[]) AND d.gone_at IS NULL) AS variables
           FROM charge_points c JOIN organizations o ON o.id = c.organization_id
           LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN local_lists l ON l.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id = $2`,
};

export async function listOf(db: Needs, organizationId: string, chargePointId: string): Promise<ListView | undefined> {
  const [row] = await db.rows<ListView>(VIEW, [organizationId, chargePointId, LIMIT_KEYS]);
  return row?.step == null && row !== undefined ? { ...row, ...NEVER } : row;
}

// Longer tokens cannot be said, 2.0.1 has no word for a VIN, and what is left of a prepaid one only we know. Blocked ones go last: they are the first that a full list does
// without.
const MAY = (of: string): string =>
  `(cardinality(${of}.allowed_site_ids) + cardinality(${of}.allowed_charge_point_ids) = 0
    OR c.site_id = ANY(${of}.allowed_site_ids) OR c.id = ANY(${of}.allowed_charge_point_ids))`;
const TOLD = `t.uid, t.type, t.status = 'blocked' OR coalesce(g.status = 'blocked', false) AS blocked,
  least(t.valid_until, g.valid_until) AS "expiresAt", g.parent_id_tag AS "parentIdTag"`;
/** $1: of this organization; the first $2 that can be said, $3 and $4. */
const SAYABLE_TOKENS = `t.organization_id = $1 AND length(t.uid) <= $3 AND t.type <> ALL($4::text[]) AND t.credit IS NULL`;
const IN_ORDER = 'ORDER BY blocked, t.id LIMIT $2';
const DESIRED: Statement = {
  name: 'local_lists_desired',
  text: `SELECT ${TOLD}
           FROM charge_points c JOIN tokens t ON t.organization_id = c.organization_id
           LEFT JOIN token_groups g ON g.id = t.group_id
          WHERE c.id = $5 AND ${SAYABLE_TOKENS} AND ${MAY('t')} AND (g.id IS NULL OR ${MAY('g')}) ${IN_ORDER}`,
};
const HELD: Statement = {
  name: 'local_lists_held',
  text: `SELECT uid, token_type AS type, status, expires_at AS "expiresAt", parent_id_tag AS "parentIdTag" FROM local_list_entries
          WHERE charge_point_id = $1 ORDER BY uid_key`,
};

type Told = {
  readonly uid: string;
  readonly type: string;
  readonly blocked: boolean;
  readonly expiresAt: Date | null;
  readonly parentIdTag: string | null;
};
export const mostOf = (list: ListView): number => Math.min(MOST_ENTRIES, limitsOf(list).entries ?? MOST_ENTRIES);
const entryOf = ({ uid, type, blocked, expiresAt, parentIdTag }: Told, hasTypes: boolean, now: Date): ListEntry => {
  const status = blocked ? 'Blocked' : expiresAt !== null && expiresAt <= now ? 'Expired' : 'Accepted';
  return { uid, type: hasTypes ? toldType(type) : null, status, expiresAt, parentIdTag };
};

export async function desiredEntries(db: Needs, list: ListView, now: Date): Promise<ListEntry[]> {
  const { longest, unknown } = sayable(list.protocol);
  const hasTypes = isV2(list.protocol);
  const values = [list.organizationId, mostOf(list), longest, unknown, list.chargePointId];
  const rows = await db.rows<Told>(DESIRED, values);
  return rows.map((row) => entryOf(row, hasTypes, now));
}

/** Ids of sites and charge points tell themselves apart; null: everywhere. */
const PLACES = (of: string): string =>
  `CASE WHEN cardinality(${of}.allowed_site_ids) + cardinality(${of}.allowed_charge_point_ids) > 0
        THEN ${of}.allowed_site_ids || ${of}.allowed_charge_point_ids END`;
// The same for all charge points of an organization. Plan: tokens_organization_id_id_idx, its range.
const SHARED: Statement = {
  name: 'local_lists_tokens',
  text: `SELECT ${TOLD}, ${PLACES('t')} AS places, ${PLACES('g')} AS "groupPlaces"
           FROM tokens t LEFT JOIN token_groups g ON g.id = t.group_id WHERE ${SAYABLE_TOKENS} ${IN_ORDER}`,
};
export type SharedToken = Told & {
  readonly places: readonly string[] | null;
  readonly groupPlaces: readonly string[] | null;
};
/** All tokens that can be said in that protocol, wherever they may charge. */
export const sharedTokens = (
  db: Needs,
  organizationId: string,
  protocol: string | null,
  limit: number,
): Promise<SharedToken[]> => {
  const { longest, unknown } = sayable(protocol);
  return db.rows<SharedToken>(SHARED, [organizationId, limit, longest, unknown]);
};

/** As {@link desiredEntries}, of tokens that were read already. */
export function entriesFor(list: ListView, tokens: readonly SharedToken[], now: Date): ListEntry[] {
  const [most, hasTypes] = [mostOf(list), isV2(list.protocol)];
  const isHere = (places: readonly string[] | null): boolean =>
    places === null || places.includes(list.chargePointId) || (list.siteId !== null && places.includes(list.siteId));
  const entries: ListEntry[] = [];
  for (const token of tokens) {
    if (entries.length >= most) break;
    if (isHere(token.places) && isHere(token.groupPlaces)) entries.push(entryOf(token, hasTypes, now));
  }
  return entries;
}
export const heldEntries = (db: Needs, chargePointId: string): Promise<ListEntry[]> =>
  db.rows<ListEntry>(HELD, [chargePointId]);

/** What can be said of tokens: OCPP 1.6 §7.28, 2.0.1 and 2.1 IdTokenType. */
type Sayable = { readonly name: string; readonly longest: number; readonly unknown: readonly string[] };
const OF_16: Sayable = { name: 'ocpp1.6', longest: LONGEST_UID['ocpp1.6'], unknown: [] };
const SAYABLE: Readonly<Record<string, Sayable>> = {
  'ocpp1.6': OF_16,
  'ocpp2.0.1': { name: 'ocpp2.0.1', longest: LONGEST_UID['ocpp2.0.1'], unknown: ['vin'] },
  'ocpp2.1': { name: 'ocpp2.1', longest: LONGEST_UID['ocpp2.1'], unknown: [] },
};
export const sayable = (protocol: string | null): Sayable => SAYABLE[protocol ?? ''] ?? OF_16;
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
    const said = new Map(list.variables.map((each) => [each.key, each]));
    const count = (key: string): number | undefined => limitOf(said.get(key)?.value);
    const enabled = said.get('LocalAuthListCtrlr.Enabled')?.value;
    // A report has the limit of Entries as its MaxSet or among its characteristics.
    const entries =
      count('LocalAuthListCtrlr.Entries/MaxSet') ?? limitOf(said.get('LocalAuthListCtrlr.Entries')?.maxLimit);
    return {
      enabled: enabled == null ? undefined : enabled.trim().toLowerCase() === 'true',
      entries,
      perMessage: count('LocalAuthListCtrlr.ItemsPerMessage'),
      bytes: count('LocalAuthListCtrlr.BytesPerMessage'),
    };
  }
  return {
    enabled: list.enabled === null ? undefined : list.enabled.toLowerCase() === 'true',
    entries: limitOf(list.maxEntries),
    perMessage: limitOf(list.maxPerMessage),
    bytes: undefined,
  };
}

export function limitOf(said: string | number | null | undefined): number | undefined {
  const value = Number(said ?? '');
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

// Connected, accepted and idle chargers whose list is out of date or of another site, was never looked at, or may be lost by a reboot; no more of them than that
// $2 are on their way, and each at most once in 10 s: token changes gather. Plan: local_lists_due for those.
const OUTDATED: Statement = {
  name: 'local_lists_outdated',
  text: `SELECT c.id AS "chargePointId", c.organization_id AS "organizationId"
           FROM charge_points c JOIN organizations o ON o.id = c.organization_id
           JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN local_lists l ON l.charge_point_id = c.id
          WHERE c.local_list = 'auto' AND s.connected AND s.boot_status = 'accepted'
            AND coalesce(l.step, 'idle') = 'idle' AND (l.retry_at IS NULL OR l.retry_at <= $1)
            AND (l.synced_at IS NULL OR l.synced_at NOT BETWEEN $1::timestamptz - interval '10 seconds' AND $1::timestamptz)
            AND (l.supported IS NOT FALSE OR s.booted_at > l.checked_at)
            AND (l.synced_revision IS DISTINCT FROM o.tokens_revision OR l.synced_site_id IS DISTINCT FROM c.site_id
                 OR l.refresh_at <= $1 OR s.booted_at > l.checked_at)
            AND NOT EXISTS (SELECT FROM sessions x WHERE x.charge_point_id = c.id AND x.ended_at IS NULL)
            AND NOT EXISTS (SELECT FROM commands x WHERE x.charge_point_id = c.id AND x.due_at IS NOT NULL)
          ORDER BY l.synced_at NULLS FIRST
          LIMIT greatest(0, $2 - (SELECT count(*) FROM local_lists r WHERE r.due_at IS NOT NULL))`,
};
export const outdatedLists = (db: Needs, now: Date, mostRunning: number): Promise<Claimed[]> =>
  db.rows<Claimed>(OUTDATED, [now, mostRunning]);
