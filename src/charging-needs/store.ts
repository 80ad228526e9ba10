/** The SQL by which charging needs are decided; what REST reads is in read-store.ts. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import { type ControllerVariable, LOAD_PROFILE_ID, readStationLimits } from '../smart-charging/index.ts';
import {
  type ChargingNeedsInput,
  type ChargingNeedsState,
  defaultSettings,
  type HeldProfile,
  type NeedsPolicy,
  type NeedsRow,
  type Protocol,
  type RunningSession,
  type SessionPower,
} from './types.ts';

// Plan: three lookups by primary key for each charge point.
const ABOUT: Statement = {
  name: 'charging_needs_about',
  text: `SELECT c.id AS "chargePointId", s.protocol, coalesce(own.needs_answer, org.needs_answer) AS "needsAnswer",
                coalesce(own.fallback_current_a, org.fallback_current_a) AS "fallbackCurrentA",
                coalesce(own.fallback_power_w, org.fallback_power_w) AS "fallbackPowerW"
           FROM charge_points c
           LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN smart_charging_settings own ON own.organization_id = c.organization_id AND own.charge_point_id = c.id
           LEFT JOIN smart_charging_settings org ON org.organization_id = c.organization_id AND org.charge_point_id = ''
          WHERE c.id = ANY($1::text[])`,
};
// Plan: sessions_open_by_charge_point, once per charge point.
const SESSIONS: Statement = {
  name: 'charging_needs_sessions',
  text: `SELECT of.charge_point_id AS "chargePointId", s.id, s.evse_id AS "evseId", s.transaction_id AS "transactionId",
                s.ocpp_transaction_id AS "ocppTransactionId", s.started_at AS "startedAt", s.command_id AS "commandId"
           FROM unnest($1::text[]) AS of(charge_point_id)
           JOIN LATERAL (SELECT * FROM sessions k WHERE k.charge_point_id = of.charge_point_id AND k.ended_at IS NULL
                          ORDER BY k.id DESC LIMIT 200) s ON true
          ORDER BY s.id DESC`,
};
// What load management allows says what holds at this moment, not while a car stays; the station keeps to it besides. Plan:
// charging_profiles_open.
const PROFILES: Statement = {
  name: 'charging_needs_profiles',
  text: `SELECT charge_point_id AS "chargePointId", profile, requested_by AS "requestedBy", command_id AS "commandId"
           FROM charging_profiles
          WHERE charge_point_id = ANY($1::text[]) AND (status = 'pending' OR status = 'active') AND status = 'active'
            AND profile_id <> ${LOAD_PROFILE_ID}`,
};
// Plan: external_limits_active. What is generated on the site adds to what there is, and limits nobody.
const LIMITS: Statement = {
  name: 'charging_needs_limits',
  text: `SELECT charge_point_id AS "chargePointId", evse_id AS "evseId", schedules, reported_at AS "reportedAt" FROM external_limits
          WHERE charge_point_id = ANY($1::text[]) AND status = 'active' AND is_local_generation IS NOT TRUE`,
};
// Read only where a profile is made. Plan: device_variables_pkey, by charge point.
const CONTROLLER: Statement = {
  name: 'charging_needs_controller',
  text: `SELECT v.charge_point_id AS "chargePointId", v.variable, v.variable_instance AS "variableInstance", v.value,
                v.max_limit AS "maxLimit"
           FROM device_variables v
          WHERE v.charge_point_id = ANY($1::text[]) AND v.component = 'SmartChargingCtrlr' AND v.attribute = 'actual'
            AND v.gone_at IS NULL`,
};
// Plan: the index (charge_point_id, id), backwards: the last fifty of each charge point, at most one a EVSE.
const NEEDS: Statement = {
  name: 'charging_needs_load',
  text: `SELECT DISTINCT ON (of.charge_point_id, n.evse_id) of.charge_point_id AS "chargePointId", n.id, n.evse_id AS "evseId",
                n.session_id AS "sessionId", n.ocpp_transaction_id AS "ocppTransactionId", n.needs, n.answer, n.profile,
                n.command_id AS "commandId", n.ev_schedule AS "evSchedule", n.ev_schedule_at AS "evScheduleAt", n.within,
                n.renegotiations, n.reported_at AS "reportedAt", n.updated_at AS "updatedAt"
           FROM unnest($1::text[]) AS of(charge_point_id)
           JOIN LATERAL (SELECT * FROM charging_needs k WHERE k.charge_point_id = of.charge_point_id ORDER BY k.id DESC LIMIT 50) n
             ON true
          ORDER BY of.charge_point_id, n.evse_id, n.id DESC`,
};
// Plan: the primary key.
const POWER: Statement = {
  name: 'session_power_load',
  text: `SELECT p.charge_point_id AS "chargePointId", p.ocpp_transaction_id AS "ocppTransactionId", p.priority_active AS "priorityActive",
                p.priority_at AS "priorityAt", p.allowed_transfer AS "allowedTransfer", p.allowed_transfer_at AS "allowedTransferAt",
                p.updated_at AS "updatedAt"
           FROM unnest($1::text[], $2::text[]) AS of(charge_point_id, ocpp_transaction_id)
           JOIN session_power p USING (charge_point_id, ocpp_transaction_id)`,
};

const SAVE_NEEDS: Statement = {
  name: 'charging_needs_save',
  text: `INSERT INTO charging_needs (id, organization_id, charge_point_id, evse_id, session_id, ocpp_transaction_id, needs, answer, profile,
                                     command_id, ev_schedule, ev_schedule_at, within, renegotiations, reported_at, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::text[], $7::jsonb[], $8::text[],
                              $9::jsonb[], $10::text[], $11::jsonb[], $12::timestamptz[], $13::bool[], $14::int4[],
                              $15::timestamptz[], $16::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET profile = excluded.profile, command_id = excluded.command_id,
                                        ev_schedule = excluded.ev_schedule, ev_schedule_at = excluded.ev_schedule_at,
                                        within = excluded.within, renegotiations = excluded.renegotiations,
                                        updated_at = excluded.updated_at`,
};
/** Of a charge point, so many are kept. */
const KEPT = 200;
// Plan: the index (charge_point_id, id), backwards, once per charge point.
const FORGET: Statement = {
  name: 'charging_needs_forget',
  text: `DELETE FROM charging_needs n USING unnest($1::text[]) AS of(charge_point_id)
          WHERE n.charge_point_id = of.charge_point_id
            AND n.id < (SELECT id FROM charging_needs k WHERE k.charge_point_id = of.charge_point_id
                         ORDER BY id DESC OFFSET ${KEPT - 1} LIMIT 1)`,
};
const SAVE_POWER: Statement = {
  name: 'session_power_save',
  text: `INSERT INTO session_power (charge_point_id, ocpp_transaction_id, organization_id, priority_active, priority_at,
                                    allowed_transfer, allowed_transfer_at, updated_at)
         SELECT charge_point_id, ocpp_transaction_id, organization_id, priority_active, priority_at,
                ARRAY(SELECT jsonb_array_elements_text(allowed_transfer)), allowed_transfer_at, updated_at
           FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[], $6::jsonb[], $7::timestamptz[],
                       $8::timestamptz[])
             AS new(charge_point_id, ocpp_transaction_id, organization_id, priority_active, priority_at, allowed_transfer,
                    allowed_transfer_at, updated_at)
         ON CONFLICT (charge_point_id, ocpp_transaction_id) DO UPDATE
           SET priority_active = excluded.priority_active, priority_at = excluded.priority_at,
               allowed_transfer = excluded.allowed_transfer, allowed_transfer_at = excluded.allowed_transfer_at,
               updated_at = excluded.updated_at`,
};

type Of<Row> = Row & { readonly chargePointId: string };
type About = {
  readonly chargePointId: string;
  readonly protocol: Protocol | null;
  readonly needsAnswer: NeedsPolicy | null;
  readonly fallbackCurrentA: number | null;
  readonly fallbackPowerW: number | null;
};
type Limit = ChargingNeedsState['externalLimits'][number];

/** The transactions whose session_power the inputs may change. */
const transactionOf = (input: ChargingNeedsInput): string | undefined => {
  if (input.type === 'priority_reported') return input.ocppTransactionId;
  if (input.type !== 'command_ended') return undefined;
  const { learned } = input;
  return learned !== undefined && 'ocppTransactionId' in learned ? learned.ocppTransactionId : undefined;
};

export async function loadNeeds(
  tx: Tx,
  inputs: readonly ChargingNeedsInput[],
): Promise<Map<string, ChargingNeedsState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const named = inputs.flatMap((input) => {
    const transaction = transactionOf(input);
    return transaction === undefined ? [] : [{ chargePointId: input.chargePointId, transaction }];
  });
  const answering = new Set(
    inputs.flatMap(({ type, chargePointId }) => (type === 'needs_reported' ? [chargePointId] : [])),
  );
  const [about, sessions, profiles, limits, controllers, needs, power] = await Promise.all([
    tx.rows<About>(ABOUT, [ids]),
    tx.rows<Of<RunningSession>>(SESSIONS, [ids]),
    tx.rows<Of<HeldProfile>>(PROFILES, [ids]),
    tx.rows<Of<Limit>>(LIMITS, [ids]),
    answering.size === 0 ? [] : tx.rows<Of<ControllerVariable>>(CONTROLLER, [[...answering]]),
    tx.rows<Of<NeedsRow>>(NEEDS, [ids]),
    tx.rows<Of<SessionPower>>(POWER, [
      named.map(({ chargePointId }) => chargePointId),
      named.map(({ transaction }) => transaction),
    ]),
  ]);
  const of = <Row>(rows: readonly Of<Row>[], id: string): Row[] =>
    rows
      .filter(({ chargePointId }) => chargePointId === id)
      .map(({ chargePointId: _, ...row }) => row as unknown as Row);
  return new Map(
    ids.map((id) => {
      const settings = about.find(({ chargePointId }) => chargePointId === id);
      return [
        id,
        {
          protocol: settings?.protocol ?? null,
          settings: {
            needsAnswer: settings?.needsAnswer ?? defaultSettings.needsAnswer,
            fallbackCurrentA: settings?.fallbackCurrentA ?? defaultSettings.fallbackCurrentA,
            fallbackPowerW: settings?.fallbackPowerW ?? defaultSettings.fallbackPowerW,
          },
          takes: readStationLimits(of(controllers, id)),
          sessions: of(sessions, id),
          profiles: of(profiles, id),
          externalLimits: of(limits, id),
          needs: new Map(of(needs, id).map((row) => [row.id, row])),
          power: new Map(of(power, id).map((row) => [row.ocppTransactionId, row])),
        },
      ];
    }),
  );
}

export async function saveNeeds(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly before: ChargingNeedsState; readonly after: ChargingNeedsState }[],
): Promise<void> {
  const needs = changes.flatMap(({ root, before, after }) =>
    [...after.needs.values()].filter((row) => before.needs.get(row.id) !== row).map((row) => ({ root, row })),
  );
  const power = changes.flatMap(({ root, before, after }) =>
    [...after.power.values()]
      .filter((row) => before.power.get(row.ocppTransactionId) !== row)
      .map((row) => ({ root, row })),
  );
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  if (needs.length > 0) {
    const of = <T>(pick: (row: NeedsRow) => T): T[] => needs.map(({ row }) => pick(row));
    await tx.rows(SAVE_NEEDS, [
      of(({ id }) => id),
      needs.map(({ root }) => root.organizationId),
      needs.map(({ root }) => root.chargePointId),
      of(({ evseId }) => evseId),
      of(({ sessionId }) => sessionId),
      of(({ ocppTransactionId }) => ocppTransactionId),
      of((row) => json(row.needs)),
      of(({ answer }) => answer),
      of(({ profile }) => json(profile)),
      of(({ commandId }) => commandId),
      of(({ evSchedule }) => json(evSchedule)),
      of(({ evScheduleAt }) => evScheduleAt),
      of(({ within }) => within),
      of(({ renegotiations }) => renegotiations),
      of(({ reportedAt }) => reportedAt),
      of(({ updatedAt }) => updatedAt),
    ]);
    await tx.rows(FORGET, [[...new Set(needs.map(({ root }) => root.chargePointId))]]);
  }
  if (power.length === 0) return;
  const of = <T>(pick: (row: SessionPower) => T): T[] => power.map(({ row }) => pick(row));
  await tx.rows(SAVE_POWER, [
    power.map(({ root }) => root.chargePointId),
    of(({ ocppTransactionId }) => ocppTransactionId),
    power.map(({ root }) => root.organizationId),
    of(({ priorityActive }) => priorityActive),
    of(({ priorityAt }) => priorityAt),
    of(({ allowedTransfer }) => json(allowedTransfer)),
    of(({ allowedTransferAt }) => allowedTransferAt),
    of(({ updatedAt }) => updatedAt),
  ]);
}
