/** The SQL of REST: settings, prices, the meter, charge points of a site, history. That of looks is in look-store.ts. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { holdSite } from '../sites/index.ts';
import { type MeterRow, MOST_MEMBERS } from './look-store.ts';
import { PEAK_HOLD_MS } from './machine/cap.ts';
import type { Price, Settings, Share, Unit } from './types.ts';

type Rows = Pick<Database, 'rows'>;
export type Where = { readonly organizationId: string; readonly siteId: string };

export type SiteLoadRow = {
  readonly enabled: boolean;
  readonly settings: Settings;
  readonly prices: readonly Price[];
  readonly updatedAt: Date;
  readonly lookAt: Date | null;
  readonly lookedAt: Date | null;
  readonly state: string | null;
  readonly stateSince: Date | null;
  readonly cap: number | null;
  readonly capReason: string | null;
  readonly ceiling: number | null;
};
// Plan: site_loads_pkey.
const FIND: Statement = {
  name: 'load_find',
  text: `SELECT enabled, settings, prices, updated_at AS "updatedAt", look_at AS "lookAt", looked_at AS "lookedAt", state,
                state_since AS "stateSince", cap, cap_reason AS "capReason", ceiling
           FROM site_loads WHERE site_id = $2 AND organization_id = $1`,
};
export const findSiteLoad = async (db: Rows, { organizationId, siteId }: Where): Promise<SiteLoadRow | undefined> =>
  (await db.rows<SiteLoadRow>(FIND, [organizationId, siteId]))[0];

const PUT: Statement = {
  name: 'load_put',
  text: `INSERT INTO site_loads (site_id, organization_id, enabled, settings, updated_by, updated_at, look_at)
         VALUES ($2, $1, $3, $4::jsonb, $5, $6::timestamptz, CASE WHEN $3 THEN $6::timestamptz END)
         ON CONFLICT (site_id) DO UPDATE SET enabled = excluded.enabled, settings = excluded.settings, updated_by = excluded.updated_by,
           updated_at = excluded.updated_at, look_at = excluded.look_at, state = CASE WHEN excluded.enabled THEN site_loads.state END
          WHERE site_loads.organization_id = excluded.organization_id`,
};
// A reading is in the unit that it was told in.
const FORGET_READING: Statement = {
  name: 'load_meter_forget',
  text: `DELETE FROM load_meters m USING site_loads l
          WHERE m.site_id = $2 AND l.site_id = m.site_id AND l.organization_id = $1
            AND (l.settings->>'unit' <> $3 OR l.settings->>'voltage' <> $4)`,
};
/** False: the organization has no such site. */
export const putSiteLoad = (
  db: Pick<Database, 'transaction'>,
  { organizationId, siteId }: Where,
  { settings, by, now }: { readonly settings: Settings; readonly by: string; readonly now: Date },
): Promise<boolean> =>
  db.transaction(async (tx) => {
    if (!(await holdSite(tx, organizationId, siteId))) return false;
    await tx.rows(FORGET_READING, [organizationId, siteId, settings.unit, String(settings.voltage)]);
    await tx.rows(PUT, [organizationId, siteId, settings.enabled, JSON.stringify(settings), by, now]);
    return true;
  });

const PRICES: Statement = {
  name: 'load_prices',
  text: `UPDATE site_loads SET prices = $3::jsonb, look_at = CASE WHEN enabled THEN $4::timestamptz END
          WHERE site_id = $2 AND organization_id = $1 RETURNING site_id`,
};
/** False: the site has no load management. */
export const putPrices = async (
  db: Rows,
  { organizationId, siteId }: Where,
  prices: readonly Price[],
  now: Date,
): Promise<boolean> => (await db.rows(PRICES, [organizationId, siteId, JSON.stringify(prices), now])).length > 0;

// Plan: site_loads_pkey, load_meters_pkey.
const METERED: Statement = {
  name: 'load_metered',
  text: `SELECT l.settings, m.draw, m.peak, m.peak_at AS "peakAt", m.received_at AS "receivedAt"
           FROM site_loads l LEFT JOIN load_meters m ON m.site_id = l.site_id
          WHERE l.site_id = $2 AND l.organization_id = $1 AND l.enabled`,
};
type Metered = { readonly settings: Settings } & { readonly [Field in keyof MeterRow]: MeterRow[Field] | null };
export async function meteredSite(
  db: Rows,
  { organizationId, siteId }: Where,
): Promise<{ readonly settings: Settings; readonly meter: MeterRow | undefined } | undefined> {
  const [row] = await db.rows<Metered>(METERED, [organizationId, siteId]);
  if (row === undefined) return undefined;
  const { settings, draw, peak, peakAt, receivedAt } = row;
  const isTold = draw !== null && peak !== null && peakAt !== null && receivedAt !== null;
  return { settings, meter: isTold ? { draw, peak, peakAt, receivedAt } : undefined };
}

// The most of late stays until it is old (machine/cap.ts). A row that is written every second and never grows.
const READING: Statement = {
  name: 'load_meter_put',
  text: `INSERT INTO load_meters AS m (site_id, organization_id, draw, peak, peak_at, received_at)
         VALUES ($2, $1, $3, $3, $4::timestamptz, $4::timestamptz)
         ON CONFLICT (site_id) DO UPDATE SET organization_id = excluded.organization_id, draw = excluded.draw, received_at = excluded.received_at,
           peak = CASE WHEN m.peak > excluded.draw AND m.peak_at > $5::timestamptz THEN m.peak ELSE excluded.draw END,
           peak_at = CASE WHEN m.peak > excluded.draw AND m.peak_at > $5::timestamptz THEN m.peak_at ELSE excluded.received_at END
         RETURNING draw, peak, peak_at AS "peakAt", received_at AS "receivedAt"`,
};
export async function putReading(
  db: Rows,
  { organizationId, siteId }: Where,
  draw: number,
  now: Date,
): Promise<MeterRow> {
  const heldSince = new Date(now.getTime() - PEAK_HOLD_MS);
  const [row] = await db.rows<MeterRow>(READING, [organizationId, siteId, draw, now, heldSince]);
  return row ?? { draw, peak: draw, peakAt: now, receivedAt: now };
}

// Plan: load_meters_pkey.
const METER: Statement = {
  name: 'load_meter_of_site',
  text: `SELECT draw, peak, peak_at AS "peakAt", received_at AS "receivedAt" FROM load_meters WHERE site_id = $2 AND organization_id = $1`,
};
export const findMeter = async (db: Rows, { organizationId, siteId }: Where): Promise<MeterRow | undefined> =>
  (await db.rows<MeterRow>(METER, [organizationId, siteId]))[0];

export type StateRow = {
  readonly id: string;
  readonly identity: string;
  readonly connected: boolean;
  readonly target: number | null;
  readonly ceiling: number | null;
  readonly reason: string | null;
  readonly confirmed: {
    readonly unit: Unit;
    readonly tenths: number;
    readonly at: number;
    readonly isGone?: true;
  } | null;
  readonly inFlight:
    | readonly { readonly unit: Unit; readonly tenths: number; readonly at: number; readonly doubtful: boolean }[]
    | null;
  readonly failures: number | null;
  readonly retryAt: Date | null;
  readonly shares: readonly Share[] | null;
  readonly powerW: number | null;
};
// Plan: charge_points_site_id_idx, then primary keys and sessions_open_by_charge_point.
const STATE: Statement = {
  name: 'load_state',
  text: `SELECT c.id, c.identity, coalesce(s.connected, false) AS connected, l.target, l.ceiling, l.reason, l.confirmed,
                l.in_flight AS "inFlight", l.failures, l.retry_at AS "retryAt", l.shares,
                (SELECT sum(power_w) FROM sessions x WHERE x.charge_point_id = c.id AND x.ended_at IS NULL) AS "powerW"
           FROM charge_points c
           LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN LATERAL (SELECT * FROM load_lines WHERE charge_point_id = c.id OFFSET 0) AS l ON l.site_id = c.site_id
          WHERE c.site_id = $2 AND c.organization_id = $1 AND c.lifecycle <> 'decommissioned' ORDER BY c.id LIMIT ${MOST_MEMBERS}`,
};
export const siteState = (db: Rows, { organizationId, siteId }: Where): Promise<StateRow[]> =>
  db.rows<StateRow>(STATE, [organizationId, siteId]);

export type MemberSettings = {
  readonly managed: boolean;
  readonly priority: number;
  readonly phases: number;
  readonly balanced: boolean;
  readonly unit: Unit | null;
  readonly minTenths: number | null;
  readonly maxTenths: number | null;
};
// Plan: load_members_pkey.
const MEMBER: Statement = {
  name: 'load_member',
  text: `SELECT managed, priority, phases, balanced, unit, min_tenths AS "minTenths", max_tenths AS "maxTenths"
           FROM load_members WHERE charge_point_id = $2 AND organization_id = $1`,
};
export const findMember = async (
  db: Rows,
  organizationId: string,
  chargePointId: string,
): Promise<MemberSettings | undefined> => (await db.rows<MemberSettings>(MEMBER, [organizationId, chargePointId]))[0];

// The charge point is held, so that it is not deleted or handed over meanwhile. Plan: primary keys.
const HOLD_CHARGE_POINT: Statement = {
  name: 'load_member_hold',
  text: `SELECT site_id AS "siteId" FROM charge_points WHERE id = $2 AND organization_id = $1 FOR KEY SHARE`,
};
const PUT_MEMBER: Statement = {
  name: 'load_member_put',
  text: `INSERT INTO load_members (charge_point_id, organization_id, managed, priority, phases, balanced, unit, min_tenths, max_tenths, updated_at)
         VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz)
         ON CONFLICT (charge_point_id) DO UPDATE SET organization_id = excluded.organization_id, managed = excluded.managed,
           priority = excluded.priority, phases = excluded.phases, balanced = excluded.balanced, unit = excluded.unit,
           min_tenths = excluded.min_tenths, max_tenths = excluded.max_tenths, updated_at = excluded.updated_at`,
};
const LOOK_NOW: Statement = {
  name: 'load_look_now',
  text: `UPDATE site_loads SET look_at = $2::timestamptz WHERE site_id = $1 AND enabled`,
};
/** undefined: there is no such charge point; else its site. */
export const putMember = (
  db: Pick<Database, 'transaction'>,
  { organizationId, chargePointId }: { readonly organizationId: string; readonly chargePointId: string },
  member: MemberSettings,
  now: Date,
): Promise<{ readonly siteId: string | null } | undefined> =>
  db.transaction(async (tx: Tx) => {
    const [held] = await tx.rows<{ siteId: string | null }>(HOLD_CHARGE_POINT, [organizationId, chargePointId]);
    if (held === undefined) return undefined;
    const { managed, priority, phases, balanced, unit, minTenths, maxTenths } = member;
    await tx.rows(PUT_MEMBER, [
      ...[organizationId, chargePointId, managed, priority, phases, balanced, unit, minTenths, maxTenths, now],
    ]);
    if (held.siteId !== null) await tx.rows(LOOK_NOW, [held.siteId, now]);
    return held;
  });

export type HistoryRow = {
  readonly id: string;
  readonly at: Date;
  readonly state: string;
  readonly unit: Unit;
  readonly cap: number;
  readonly capReason: string;
  readonly ceiling: number;
  readonly charging: number;
  readonly paused: number;
  readonly offline: number;
  readonly sent: readonly { readonly chargePointId: string; readonly amount: number; readonly why: string }[];
  readonly sentCount: number;
};
// Plan: load_history_site_id_id_idx, backwards.
const HISTORY: Statement = {
  name: 'load_history',
  text: `SELECT id, at, state, unit, cap, cap_reason AS "capReason", ceiling, charging, paused, offline, sent, sent_count AS "sentCount"
           FROM load_history
          WHERE site_id = $2 AND organization_id = $1 AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
};
export const listHistory = (
  db: Rows,
  { organizationId, siteId }: Where,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<HistoryRow[]> => db.rows<HistoryRow>(HISTORY, [organizationId, siteId, page.after ?? null, page.limit + 1]);
