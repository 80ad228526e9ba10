/** The SQL by which DER controls are decided; what REST reads is in read-store.ts. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import { type DerControlInput, type DerEvent, type DerReport, type DerRow, type DerState, eventKey } from './types.ts';

const ROW = `id, charge_point_id AS "chargePointId", command_id AS "commandId", control, status, is_started AS "isStarted", why,
  requested_by AS "requestedBy", created_at AS "createdAt", updated_at AS "updatedAt"`;
// Plan: the partial index of what is held, by charge point; the index of command_id for the named ones.
const LOAD: Statement = {
  name: 'der_controls_load',
  text: `SELECT ${ROW} FROM der_controls
          WHERE charge_point_id = ANY($1::text[]) AND (status = 'pending' OR status = 'active' OR status = 'superseded')
         UNION ALL
         SELECT ${ROW} FROM der_controls
          WHERE command_id = ANY($2::text[]) AND charge_point_id = ANY($1::text[])
            AND NOT (status = 'pending' OR status = 'active' OR status = 'superseded')`,
};
const REPORT = `id, charge_point_id AS "chargePointId", command_id AS "commandId", request_id AS "requestId", criteria, status, parts,
  controls, drift, why, requested_by AS "requestedBy", created_at AS "createdAt", updated_at AS "updatedAt"`;
// Plan: the partial index of what waits for parts; the index of command_id for the named ones.
const LOAD_REPORTS: Statement = {
  name: 'der_reports_load',
  text: `SELECT ${REPORT} FROM der_reports
          WHERE charge_point_id = ANY($1::text[]) AND (status = 'requested' OR status = 'receiving')
         UNION ALL
         SELECT ${REPORT} FROM der_reports
          WHERE command_id = ANY($2::text[]) AND charge_point_id = ANY($1::text[])
            AND NOT (status = 'requested' OR status = 'receiving')`,
};
// Plan: one index range of (charge_point_id, at) per event.
const LOAD_EVENTS: Statement = {
  name: 'der_events_load',
  text: `SELECT e.charge_point_id AS "chargePointId", e.kind, e.control_id AS "controlId", e.control_type AS "controlType", e.fault, e.at
           FROM unnest($1::text[], $2::timestamptz[]) AS asked(charge_point_id, at) JOIN der_events e USING (charge_point_id, at)`,
};

const SAVE: Statement = {
  name: 'der_controls_save',
  text: `INSERT INTO der_controls (id, organization_id, charge_point_id, command_id, control_id, is_default, type, control, status,
                                   is_started, why, requested_by, created_at, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::jsonb[],
                              $9::text[], $10::bool[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, is_started = excluded.is_started, why = excluded.why,
                                        updated_at = excluded.updated_at`,
};
const SAVE_REPORTS: Statement = {
  name: 'der_reports_save',
  text: `INSERT INTO der_reports (id, organization_id, charge_point_id, command_id, request_id, criteria, status, parts, controls, drift,
                                  why, requested_by, created_at, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[], $6::jsonb[], $7::text[], $8::jsonb[],
                              $9::jsonb[], $10::jsonb[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, parts = excluded.parts, controls = excluded.controls,
                                        drift = excluded.drift, why = excluded.why, updated_at = excluded.updated_at`,
};
const SAVE_EVENTS: Statement = {
  name: 'der_events_save',
  text: `INSERT INTO der_events (id, organization_id, charge_point_id, kind, control_id, control_type, fault, info, superseded_ids, at,
                                 raw_at, historical, received_at)
         SELECT id, organization_id, charge_point_id, kind, control_id, control_type, fault, info,
                ARRAY(SELECT jsonb_array_elements_text(superseded_ids)), at, raw_at, historical, received_at
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
                       $10::timestamptz[], $11::text[], $12::bool[], $13::timestamptz[])
             AS new(id, organization_id, charge_point_id, kind, control_id, control_type, fault, info, superseded_ids, at, raw_at,
                    historical, received_at)
         ON CONFLICT DO NOTHING`,
};
/** Of a charge point, so many are kept; controls only beside those that it holds. */
const KEPT = { der_controls: 500, der_reports: 20, der_events: 1000 } as const;
// Plan: the index (charge_point_id, id), backwards, once per charge point.
const forget = (table: keyof typeof KEPT, also = ''): Statement => ({
  name: `${table}_forget`,
  text: `DELETE FROM ${table} t USING unnest($1::text[]) AS of(charge_point_id)
          WHERE t.charge_point_id = of.charge_point_id ${also}
            AND t.id < (SELECT id FROM ${table} k WHERE k.charge_point_id = of.charge_point_id
                         ORDER BY id DESC OFFSET ${KEPT[table] - 1} LIMIT 1)`,
});
const FORGET = forget('der_controls', `AND t.status NOT IN ('pending', 'active', 'superseded')`);
const FORGET_REPORTS = forget('der_reports');
const FORGET_EVENTS = forget('der_events');

type Of<Row> = Row & { readonly chargePointId: string };
type Change = { readonly root: Root; readonly before: DerState; readonly after: DerState };
type KnownEvent = Of<Pick<DerEvent, 'kind' | 'controlId' | 'controlType' | 'fault' | 'at'>>;

export async function loadDer(tx: Tx, inputs: readonly DerControlInput[]): Promise<Map<string, DerState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const commands = inputs.flatMap((input) => ('commandId' in input ? [input.commandId] : []));
  const events = inputs.flatMap((input) => ('at' in input ? [input] : []));
  const [rows, reports, known] = await Promise.all([
    tx.rows<Of<DerRow>>(LOAD, [ids, commands]),
    tx.rows<Of<DerReport>>(LOAD_REPORTS, [ids, commands]),
    tx.rows<KnownEvent>(LOAD_EVENTS, [events.map(({ chargePointId }) => chargePointId), events.map(({ at }) => at.at)]),
  ]);
  const mine = <Row extends { readonly id: string }>(all: readonly Of<Row>[], of: string) =>
    new Map(
      all
        .filter(({ chargePointId }) => chargePointId === of)
        .map(({ chargePointId: _, ...row }) => [row.id, row as unknown as Row] as const),
    );
  return new Map(
    ids.map((id) => [
      id,
      {
        rows: mine(rows, id),
        reports: mine(reports, id),
        known: new Set(known.filter(({ chargePointId }) => chargePointId === id).map(eventKey)),
        added: [],
      },
    ]),
  );
}

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
const rootsOf = (all: readonly { readonly root: Root }[]) => ({
  organizations: all.map(({ root }) => root.organizationId),
  chargePoints: all.map(({ root }) => root.chargePointId),
  each: [...new Set(all.map(({ root }) => root.chargePointId))],
});

export async function saveDer(tx: Tx, changes: readonly Change[]): Promise<void> {
  await saveRows(tx, changes);
  await saveReports(tx, changes);
  await saveEvents(tx, changes);
}

async function saveRows(tx: Tx, changes: readonly Change[]): Promise<void> {
  const all = changes.flatMap(({ root, before, after }) =>
    [...after.rows.values()].filter((row) => before.rows.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (all.length === 0) return;
  const { organizations, chargePoints, each } = rootsOf(all);
  const of = <T>(pick: (row: DerRow) => T): T[] => all.map(({ row }) => pick(row));
  await tx.rows(SAVE, [
    of(({ id }) => id),
    organizations,
    chargePoints,
    of(({ commandId }) => commandId),
    of(({ control }) => control.controlId),
    of(({ control }) => control.isDefault),
    of(({ control }) => control.type),
    of(({ control }) => json(control)),
    of(({ status }) => status),
    of(({ isStarted }) => isStarted),
    of(({ why }) => why),
    of(({ requestedBy }) => requestedBy),
    of(({ createdAt }) => createdAt),
    of(({ updatedAt }) => updatedAt),
  ]);
  await tx.rows(FORGET, [each]);
}

async function saveReports(tx: Tx, changes: readonly Change[]): Promise<void> {
  const all = changes.flatMap(({ root, before, after }) =>
    [...after.reports.values()].filter((row) => before.reports.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (all.length === 0) return;
  const { organizations, chargePoints, each } = rootsOf(all);
  const of = <T>(pick: (row: DerReport) => T): T[] => all.map(({ row }) => pick(row));
  await tx.rows(SAVE_REPORTS, [
    of(({ id }) => id),
    organizations,
    chargePoints,
    of(({ commandId }) => commandId),
    of(({ requestId }) => requestId),
    of(({ criteria }) => json(criteria)),
    of(({ status }) => status),
    of(({ parts }) => json(parts)),
    of(({ controls }) => json(controls)),
    of(({ drift }) => json(drift)),
    of(({ why }) => why),
    of(({ requestedBy }) => requestedBy),
    of(({ createdAt }) => createdAt),
    of(({ updatedAt }) => updatedAt),
  ]);
  await tx.rows(FORGET_REPORTS, [each]);
}

async function saveEvents(tx: Tx, changes: readonly Change[]): Promise<void> {
  const all = changes.flatMap(({ root, after }) => after.added.map((row) => ({ root, row })));
  if (all.length === 0) return;
  const { organizations, chargePoints, each } = rootsOf(all);
  const of = <T>(pick: (row: DerEvent) => T): T[] => all.map(({ row }) => pick(row));
  await tx.rows(SAVE_EVENTS, [
    of(({ id }) => id),
    organizations,
    chargePoints,
    of(({ kind }) => kind),
    of(({ controlId }) => controlId),
    of(({ controlType }) => controlType),
    of(({ fault }) => fault),
    of(({ info }) => info),
    of(({ supersededIds }) => json(supersededIds)),
    of(({ at }) => at),
    of(({ rawAt }) => rawAt),
    of(({ historical }) => historical),
    of(({ receivedAt }) => receivedAt),
  ]);
  await tx.rows(FORGET_EVENTS, [each]);
}
