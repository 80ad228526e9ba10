/**
 * What becomes of every table that knows a charge point when it changes hands. One place: the cutover's SQL, the documents and
 * the test that no table is forgotten all read it. What ends and what goes does so as well when it is deleted (ends-store.ts).
 *
 * stays    a record of what happened: it remains with the organization that it happened to, and is not seen by the next one
 * moves    what the device is and holds: it goes with it
 * goes     it says nothing to either: it is deleted
 * ends     what was under way for the organization before is ended, and then stays
 * replaced a link of the organization before: it is taken out
 */
import { UNSENT } from './machine/ends.ts';

export type Fate = 'stays' | 'moves' | 'goes' | 'ends' | 'replaced';
export type TableFate = {
  readonly fate: Fate;
  /** For the documents. */
  readonly what: string;
  /** moves: only those rows · ends: the open ones. */
  readonly where?: string;
  /**
   * moves, ends: what is set besides. ends: by `v.at`, `v.why` (handed_over, charge_point_deleted), `v.told` (the same in words) and
   * `v.command_status`.
   */
  readonly set?: string;
};

const stays = (what: string): TableFate => ({ fate: 'stays', what });
const moves = (what: string, more: { readonly where?: string; readonly set?: string } = {}): TableFate => ({
  ...{ fate: 'moves', what },
  ...more,
});
const goes = (what: string): TableFate => ({ fate: 'goes', what });
const replaced = (what: string): TableFate => ({ fate: 'replaced', what });
const ends = (what: string, where: string, set: string): TableFate => ({ fate: 'ends', what, where, set });

const isAsked = "t.status IN ('requested', 'receiving')";
const failedNow = "status = 'failed', why = v.why";
/** A command that was cancelled after it had been sent has been told, and only keeps the line. */
const unlessCancelled = (column: string, value: string): string =>
  `${column} = CASE WHEN t.status = 'cancelled' THEN t.${column} ELSE ${value} END`;

/** By table; `handovers` and the charge point itself are written by the cutover's own statements. */
export const fates: Readonly<Record<string, TableFate>> = {
  charge_points: moves('The charge point: organization, site, name, number of its history, key'),
  charge_point_states: moves('Its connection, boot and health'),
  connectors: moves('The status of its connectors'),
  charge_point_configuration: moves('Its settings, as it said them last'),
  device_models: moves('How far its device model is known'),
  device_variables: moves('Its device model'),
  monitoring_settings: moves('The base and level of its monitoring'),
  variable_monitors: moves('The monitors that it holds'),
  device_conditions: moves('Conditions that its monitors found'),
  event_streams: moves('Event streams that it holds'),
  event_stream_values: goes('Values of its event streams'),
  installed_certificates: moves('Certificates that it holds', {
    // What it lists no more is trusted on by who installed it, and by nobody after.
    set: 'certificate = CASE WHEN t.installed_at IS NULL AND t.reported_at IS NULL THEN NULL ELSE t.certificate END',
  }),
  external_limits: moves('Limits that others have set at it and that hold', { where: "t.status = 'active'" }),
  der_controls: moves('DER controls that it holds', {
    where: "t.status IN ('pending', 'active', 'superseded')",
    set: "requested_by = 'system'",
  }),
  installer_jobs: goes('Who works at it as an installer: people of the organization before'),
  load_lines: goes('Its share of the supply of its site, and what it was told of it'),
  load_members: goes('How it takes part in sharing the supply of its site'),
  local_lists: goes('Its local list: replaced by a list of the new organization'),
  local_list_entries: goes('The entries of its local list'),
  default_prices: goes('The default price that it was asked to show'),
  display_messages: goes('Messages on its displays: cleared at the charger'),
  schema_deviations: goes('Where it departs from the schemas: counted anew'),
  evse_uptimes: goes('Its uptime, as it was measured last: counted anew'),
  unknown_charge_points: goes('Refused logins under its identity'),
  held_transaction_events: goes('Events that wait for earlier ones: there are none, or it waits'),
  smart_charging_settings: goes('How its EVs are answered: the new organization has its own'),
  tariff_assignments: replaced('The tariff of the charge point: none, so that of the new site or organization holds'),
  tokens: replaced('Places where a token may charge: taken out, unless it is the only one, which would allow all'),
  token_groups: replaced('The same of groups'),
  webhook_endpoints: replaced('Filters by charge point: taken out, unless it is the only one, which would tell of all'),
  commands: ends(
    'Queued commands are cancelled; sent ones are waited for',
    't.due_at IS NOT NULL',
    [
      unlessCancelled('status', 'v.command_status'),
      unlessCancelled('completed_at', 'v.at'),
      unlessCancelled(
        'error',
        `jsonb_build_object('code', v.why, 'message', v.told || CASE WHEN t.status = 'queued' THEN '${UNSENT}' ELSE '' END)`,
      ),
      'due_at = NULL, sealed = NULL',
    ].join(', '),
  ),
  command_bulk_members: ends(
    'Commands of a bulk that were not given yet are refused',
    "t.state = 'pending'",
    "state = 'refused', code = v.why, message = v.told, leased_until = NULL",
  ),
  alerts: ends(
    "Open alerts end, told as `alert.resolved` (`superseded`); the new organization's rules look afresh",
    "t.status IN ('triggered', 'acknowledged', 'pending')",
    "status = 'resolved', resolution = 'superseded', holds = false, due_at = NULL, resolved_at = v.at, updated_at = v.at",
  ),
  alert_members: goes('In which grouped alerts it is'),
  reservations: ends(
    'Open reservations are cancelled, and cancelled at the charger',
    't.due_at IS NOT NULL',
    "status = 'cancelled', reason = v.why, due_at = NULL, command_id = NULL, ended_at = v.at, updated_at = v.at",
  ),
  charging_profiles: ends(
    'Profiles that it holds count as cleared, and are cleared at the charger',
    "t.status IN ('pending', 'active')",
    "status = 'cleared', why = v.why, updated_at = v.at",
  ),
  configuration_changes: ends(
    'Running changes fail',
    't.due_at IS NOT NULL',
    "status = 'failed', phase = 'done', error = v.why, due_at = NULL, completed_at = v.at, command_id = NULL",
  ),
  device_reports: ends(
    'Reports that were asked for fail',
    't.due_at IS NOT NULL',
    "status = 'failed', error = v.why, due_at = NULL, completed_at = v.at",
  ),
  display_message_refreshes: ends(
    'The same',
    't.due_at IS NOT NULL',
    `${failedNow}, due_at = NULL, completed_at = v.at`,
  ),
  customer_reports: ends('The same', 't.due_at IS NOT NULL', `${failedNow}, due_at = NULL, completed_at = v.at`),
  charging_profile_reports: ends('The same', isAsked, `${failedNow}, updated_at = v.at`),
  der_reports: ends('The same', isAsked, `${failedNow}, updated_at = v.at`),
  uploads: ends(
    'Files that were asked for are taken no more',
    't.due_at IS NOT NULL',
    "status = 'failed', error_code = v.why, error_message = v.told, due_at = NULL, completed_at = v.at, expires_at = v.at",
  ),
  firmware_updates: ends(
    'An update that it was not told of is called off; one that it is at is waited for; one that is installed is proved by no boot any more',
    't.due_at IS NOT NULL',
    "status = CASE WHEN t.ended_at IS NULL THEN 'cancelled' ELSE t.status END, error_code = CASE WHEN t.ended_at IS NULL THEN v.why ELSE t.error_code END, error_message = CASE WHEN t.ended_at IS NULL THEN v.told ELSE t.error_message END, verified = CASE WHEN t.ended_at IS NULL THEN t.verified ELSE false END, due_at = NULL, ended_at = coalesce(t.ended_at, v.at), updated_at = v.at",
  ),
  certificate_requests: ends(
    'Its wishes for certificates fail; it asks again',
    't.due_at IS NOT NULL',
    "status = 'failed', error_code = v.why, error_message = v.told, due_at = NULL, completed_at = v.at",
  ),
  network_profiles: ends(
    'Network profiles on their way fail; what it holds stays known to who set it',
    "t.status = 'pending'",
    "status = 'failed', why = v.why, updated_at = v.at",
  ),
  commissioning_runs: ends(
    'A commissioning that is running is waited for',
    't.due_at IS NOT NULL',
    "status = 'cancelled', due_at = NULL, completed_at = v.at",
  ),
  battery_swaps: ends(
    'Swaps under way count as timed out',
    "t.status IN ('requested', 'accepted', 'in_progress')",
    "status = 'timed_out', why = v.why, ended_at = v.at, updated_at = v.at",
  ),
  direct_payments: ends(
    'Payments that have started no session yet start none any more; who took the money is told by their state',
    't.valid_until > now()',
    'valid_until = v.at',
  ),
  web_payments: goes('Addresses and secrets of its QR codes: the new organization sets its own'),
  web_payment_offers: goes('The same on their way'),
  session_limits: ends(
    'Limits of sessions that have not begun',
    't.due_at IS NOT NULL',
    'due_at = NULL, ended_at = coalesce(t.ended_at, v.at)',
  ),
  station_costs: stays('What stations say that sessions cost'),
  session_sums: stays('Daily sums of its sessions'),
  sessions: stays('Sessions, with their readings and their cost'),
  session_power: stays('What EVs and stations agreed on in a session'),
  charging_needs: stays('What EVs asked for'),
  firmware_requests: stays('What it was asked to install'),
  firmware_rollout_members: stays('Rollouts that it was part of; one that runs passes it over'),
  security_events: stays('Security events'),
  device_events: stays('Events of its monitors'),
  der_events: stays('DER events'),
  settlements: stays('Payments'),
  quarantined_messages: stays('Messages beyond use'),
  unknown_tokens: stays('Tokens that nobody knew'),
  domain_events: stays('Domain events and their deliveries'),
  handovers: stays('Handovers: both sides see theirs'),
  export_schedules: stays('Schedules of exports: one of this charge point alone goes on with its sessions of before'),
  export_files: stays('Exported files'),
  connection_history: stays('By the number of before'),
  status_history: stays('By the number of before'),
  meter_samples: stays('By the number of before; shown with their session'),
  transaction_events: stays('By the number of before; shown with their session'),
  frames: stays('By the number of before, until the cutover'),
};
