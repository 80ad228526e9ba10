/**
 * The SQL of a look at a site: one process at a time holds its row; all that is known of its chargers comes with a fixed handful of
 * statements, whatever their number.
 */
import { unanswered } from '../commands/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { ChargingProfile, ChargingSchedule } from '../ingest/inputs.ts';
import type { Price, Settings, Share, Unit } from './types.ts';

/** Of a site; more have no load management. */
export const MOST_MEMBERS = 2_000;

// Plan: site_loads_pkey, sites_pkey. Whoever waits for the lock sees what was committed meanwhile.
const HOLD: Statement = {
  name: 'load_hold',
  text: `SELECT l.organization_id AS "organizationId", l.settings, l.prices, l.state, l.state_since AS "stateSince", l.cap, l.cap_reason AS "capReason",
                s.timezone
           FROM site_loads l JOIN sites s ON s.id = l.site_id
          WHERE l.site_id = $1 AND l.enabled AND ($2::timestamptz IS NULL OR l.look_at <= $2::timestamptz OR l.look_at > $2::timestamptz + interval '2 minutes')
            FOR UPDATE OF l`,
};
// Plan: load_meters_pkey.
const METER: Statement = {
  name: 'load_meter',
  text: `SELECT draw, peak, peak_at AS "peakAt", received_at AS "receivedAt" FROM load_meters WHERE site_id = $1`,
};
/** Whom a look is about. Plan of each that joins it: charge_points_site_id_idx, then primary keys. */
const OF_SITE = `charge_points c WHERE c.site_id = $1 AND c.lifecycle <> 'decommissioned' ORDER BY c.id LIMIT ${MOST_MEMBERS}`;
// A charge point that was just moved here may still be looked at as one of its site before.
const LOCK_LINES: Statement = {
  name: 'load_lines_lock',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT l.charge_point_id FROM load_lines l JOIN c ON c.id = l.charge_point_id ORDER BY l.charge_point_id FOR UPDATE OF l`,
};
const MEMBERS: Statement = {
  name: 'load_members',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT c.id, coalesce(s.connected, false) AS connected, s.protocol, s.booted_at AS "bootedAt", s.connected_at AS "connectedAt",
                m.managed, m.priority, m.phases, m.balanced, m.unit, m.min_tenths AS "minTenths", m.max_tenths AS "maxTenths",
                l.confirmed, l.in_flight AS "inFlight", l.sent_at AS "sentAt", l.failures, l.retry_at AS "retryAt", l.shares,
                l.target, l.ceiling, l.reason
           FROM c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
                  LEFT JOIN load_members m ON m.charge_point_id = c.id
                  LEFT JOIN load_lines l ON l.charge_point_id = c.id ORDER BY c.id`,
};
const EVSES: Statement = {
  name: 'load_evses',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT DISTINCT k.charge_point_id AS "chargePointId", k.evse_id AS "evseId"
           FROM c JOIN connectors k ON k.charge_point_id = c.id WHERE k.evse_id > 0 ORDER BY 1, 2`,
};
// Plan: sessions_open_by_charge_point.
const SESSIONS: Statement = {
  name: 'load_sessions',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT s.charge_point_id AS "chargePointId", s.evse_id AS "evseId", s.status, s.started_at AS "startedAt"
           FROM c JOIN sessions s ON s.charge_point_id = c.id WHERE s.ended_at IS NULL`,
};
// Plan: load_lines_pkey, commands_pkey, charging_profiles_command_id_idx, commands_clears; a handful of each charger. A clearing that was
// sent after it, and of which nobody knows the answer (yet), may have taken it away.
const COMMANDS: Statement = {
  name: 'load_commands',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT k.id, k.status, k.sent_at AS "sentAt", p.status AS profile, p.stack_level AS "stackLevel",
                (p.profile#>'{schedule,periods,0,phases}')::int4 AS phases,
                EXISTS (SELECT FROM commands x WHERE x.charge_point_id = c.id AND x.action = 'ClearChargingProfile' AND x.sent_at > k.sent_at
                           AND (x.status = 'sent' OR x.error->>'code' IN (${unanswered.map((code) => `'${code}'`).join(', ')}))) AS "mayBeCleared"
           FROM c JOIN load_lines l ON l.charge_point_id = c.id
           CROSS JOIN LATERAL (SELECT l.confirmed->>'commandId' AS id WHERE l.confirmed IS NOT NULL
                               UNION ALL SELECT e->>'commandId' FROM jsonb_array_elements(l.in_flight) AS e) AS asked
           CROSS JOIN LATERAL (SELECT * FROM commands WHERE id = asked.id AND charge_point_id = c.id OFFSET 0) AS k
           LEFT JOIN charging_profiles p ON p.command_id = k.id AND p.charge_point_id = c.id`,
};
// Plan: external_limits_active. What is generated on the site adds to what there is, and limits nobody.
const EXTERNAL: Statement = {
  name: 'load_external_limits',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT x.charge_point_id AS "chargePointId", x.evse_id AS "evseId", x.schedules, x.reported_at AS "reportedAt"
           FROM c JOIN external_limits x ON x.charge_point_id = c.id
          WHERE x.status = 'active' AND x.is_local_generation IS NOT TRUE`,
};
// Plan: charging_profiles_open. What others than us set for whole charge points.
const RIVALS: Statement = {
  name: 'load_rivals',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT p.charge_point_id AS "chargePointId", p.stack_level AS "stackLevel", p.profile, p.created_at AS "createdAt"
           FROM c JOIN charging_profiles p ON p.charge_point_id = c.id
          WHERE p.status = 'active' AND p.purpose = 'charge_point_max' AND p.profile_id <> $2`,
};
// Plan: charge_point_configuration_pkey; device_variables_pkey by charge point.
const ABILITIES: Statement = {
  name: 'load_abilities',
  text: `WITH c AS (SELECT c.id FROM ${OF_SITE})
         SELECT k.charge_point_id AS "chargePointId", k.key, k.value FROM c JOIN charge_point_configuration k ON k.charge_point_id = c.id
          WHERE k.key IN ('ChargeProfileMaxStackLevel', 'ChargingScheduleAllowedChargingRateUnit')
         UNION ALL
         SELECT v.charge_point_id, v.variable, v.value FROM c JOIN device_variables v ON v.charge_point_id = c.id
          WHERE v.component = 'SmartChargingCtrlr' AND v.variable IN ('ProfileStackLevel', 'RateUnit') AND v.attribute = 'actual' AND v.gone_at IS NULL`,
};

export type HeldSite = {
  readonly organizationId: string;
  readonly settings: Settings;
  readonly prices: readonly Price[];
  readonly timezone: string;
  readonly state: string | null;
  readonly stateSince: Date | null;
  readonly cap: number | null;
  readonly capReason: string | null;
};
export type StoredWire = {
  readonly commandId: string;
  readonly unit: Unit;
  readonly tenths: number;
  readonly at: number;
};
export type MemberRow = {
  readonly id: string;
  readonly connected: boolean;
  readonly protocol: string | null;
  readonly bootedAt: Date | null;
  readonly connectedAt: Date | null;
  readonly managed: boolean | null;
  readonly priority: number | null;
  readonly phases: number | null;
  readonly balanced: boolean | null;
  readonly unit: Unit | null;
  readonly minTenths: number | null;
  readonly maxTenths: number | null;
  readonly confirmed: (StoredWire & { readonly isGone?: true }) | null;
  readonly inFlight: readonly (StoredWire & { readonly doubtful: boolean })[] | null;
  readonly sentAt: Date | null;
  readonly failures: number | null;
  readonly retryAt: Date | null;
  readonly shares: readonly Share[] | null;
  readonly target: number | null;
  readonly ceiling: number | null;
  readonly reason: string | null;
};
export type MeterRow = {
  readonly draw: number;
  readonly peak: number;
  readonly peakAt: Date;
  readonly receivedAt: Date;
};
export type CommandFact = {
  readonly id: string;
  readonly status: string;
  readonly sentAt: Date | null;
  readonly profile: string | null;
  readonly stackLevel: number | null;
  readonly phases: number | null;
  readonly mayBeCleared: boolean;
};
type OfCharger<T> = T & { readonly chargePointId: string };
export type SiteRows = {
  readonly meter: MeterRow | undefined;
  readonly members: readonly MemberRow[];
  readonly evses: readonly OfCharger<{ readonly evseId: number }>[];
  readonly sessions: readonly OfCharger<{
    readonly evseId: number;
    readonly status: string;
    readonly startedAt: Date;
  }>[];
  readonly commands: readonly CommandFact[];
  readonly external: readonly OfCharger<{
    readonly evseId: number;
    readonly schedules: readonly ChargingSchedule[];
    readonly reportedAt: Date;
  }>[];
  readonly rivals: readonly OfCharger<{
    readonly stackLevel: number;
    readonly profile: ChargingProfile;
    readonly createdAt: Date;
  }>[];
  readonly abilities: readonly OfCharger<{ readonly key: string; readonly value: string | null }>[];
};

/** Locks the site for the length of the transaction. undefined: it has no load management, or is not due any more (`ifDueAt`). */
export async function holdSiteLoad(tx: Tx, siteId: string, ifDueAt: Date | undefined): Promise<HeldSite | undefined> {
  return (await tx.rows<HeldSite>(HOLD, [siteId, ifDueAt ?? null]))[0];
}

/** Sent together: they travel on one connection. The site is of the organization that its row names; so are its charge points. */
export async function siteRows(tx: Tx, siteId: string, ownProfileId: number): Promise<SiteRows> {
  const [meters, , members, evses, sessions, commands, external, rivals, abilities] = await Promise.all([
    tx.rows<MeterRow>(METER, [siteId]),
    tx.rows(LOCK_LINES, [siteId]),
    tx.rows<MemberRow>(MEMBERS, [siteId]),
    tx.rows<SiteRows['evses'][number]>(EVSES, [siteId]),
    tx.rows<SiteRows['sessions'][number]>(SESSIONS, [siteId]),
    tx.rows<CommandFact>(COMMANDS, [siteId]),
    tx.rows<SiteRows['external'][number]>(EXTERNAL, [siteId]),
    tx.rows<SiteRows['rivals'][number]>(RIVALS, [siteId, ownProfileId]),
    tx.rows<SiteRows['abilities'][number]>(ABILITIES, [siteId]),
  ]);
  return { meter: meters[0], members, evses, sessions, commands, external, rivals, abilities };
}
