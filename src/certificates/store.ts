/** SQL of the room "certificates": what its participant loads and saves. Its messages are rare. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { CertificateInput } from '../ingest/inputs.ts';
import { type CertificateState, type InstalledRow, installedKey, type RequestRow } from './types.ts';

const FIXED = [
  ['id', 'id', 'text'],
  ['use', 'use', 'text'],
  ['wantedRoot', 'wanted_root', 'jsonb'],
  ['csr', 'csr', 'text'],
  ['csrHash', 'csr_hash', 'text'],
  ['subject', 'subject', 'text'],
  ['keyType', 'key_type', 'text'],
  ['createdAt', 'created_at', 'timestamptz'],
] as const;
const MOVING = [
  ['status', 'status', 'text'],
  ['ocppRequestId', 'ocpp_request_id', 'int4'],
  ['errorCode', 'error_code', 'text'],
  ['errorMessage', 'error_message', 'text'],
  ['chain', 'chain', 'text'],
  ['serialNumber', 'serial_number', 'text'],
  ['expiresAt', 'expires_at', 'timestamptz'],
  ['commandId', 'command_id', 'text'],
  ['attempts', 'attempts', 'int4'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['completedAt', 'completed_at', 'timestamptz'],
] as const;
const REQUEST = [...FIXED, ...MOVING];
const HELD = [
  ['id', 'id', 'text'],
  ['type', 'type', 'text'],
  ['hashAlgorithm', 'hash_algorithm', 'text'],
  ['issuerNameHash', 'issuer_name_hash', 'text'],
  ['issuerKeyHash', 'issuer_key_hash', 'text'],
  ['serialNumber', 'serial_number', 'text'],
  ['children', 'children', 'jsonb'],
  ['certificate', 'certificate', 'text'],
  ['subject', 'subject', 'text'],
  ['installedAt', 'installed_at', 'timestamptz'],
  ['expiresAt', 'expires_at', 'timestamptz'],
  ['reportedAt', 'reported_at', 'timestamptz'],
] as const;

type Columns = readonly (readonly [string, string, string])[];
const named = (columns: Columns): string => columns.map(([field, column]) => `r.${column} AS "${field}"`).join(', ');
const arrays = (columns: Columns): string => columns.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ');
const names = (columns: Columns): string => columns.map(([, column]) => column).join(', ');
const sets = (columns: Columns): string => columns.map(([, column]) => `${column} = excluded.${column}`).join(', ');

// Plan: (charge_point_id, id) for the requests of the last hour and the open ones, the primary key and command_id for the rest.
const LOAD: Statement = {
  name: 'certificate_requests_load',
  text: `SELECT r.charge_point_id AS "chargePointId", ${named(REQUEST)},
                r.created_at > now() - interval '1 hour' AS "isRecent"
           FROM certificate_requests r
          WHERE r.charge_point_id = ANY($1::text[])
            AND (r.due_at IS NOT NULL OR r.id = ANY($2::text[]) OR r.command_id = ANY($3::text[])
                 OR r.created_at > now() - interval '1 hour')`,
};
// Plan: the unique index, which begins with the charge point.
const LOAD_HELD: Statement = {
  name: 'installed_certificates_load',
  text: `SELECT r.charge_point_id AS "chargePointId", ${named(HELD)} FROM installed_certificates r
          WHERE r.charge_point_id = ANY($1::text[])`,
};
const SAVE: Statement = {
  name: 'certificate_requests_save',
  text: `INSERT INTO certificate_requests (organization_id, charge_point_id, ${names(REQUEST)})
         SELECT * FROM unnest($1::text[], $2::text[], ${arrays(REQUEST)})
         ON CONFLICT (id) DO UPDATE SET ${sets(MOVING)}`,
};
const SAVE_HELD: Statement = {
  name: 'installed_certificates_save',
  text: `INSERT INTO installed_certificates (organization_id, charge_point_id, ${names(HELD)})
         SELECT * FROM unnest($1::text[], $2::text[], ${arrays(HELD)})
         ON CONFLICT (id) DO UPDATE SET ${sets(HELD.slice(6))}`,
};
const DROP_HELD: Statement = {
  name: 'installed_certificates_drop',
  text: `DELETE FROM installed_certificates WHERE id = ANY($1::text[]) AND charge_point_id = ANY($2::text[])`,
};

export async function loadCertificates(
  tx: Tx,
  inputs: readonly CertificateInput[],
): Promise<Map<string, CertificateState>> {
  const chargePoints = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const ids = inputs.flatMap((input) => ('requestId' in input ? [input.requestId] : []));
  const commands = inputs.flatMap((input) => (input.type === 'command_ended' ? [input.commandId] : []));
  const [requests, held] = await Promise.all([
    tx.rows<RequestRow & { chargePointId: string; isRecent: boolean }>(LOAD, [chargePoints, ids, commands]),
    tx.rows<InstalledRow & { chargePointId: string }>(LOAD_HELD, [chargePoints]),
  ]);
  return new Map(
    chargePoints.map((id) => {
      const mine = requests.filter(({ chargePointId }) => chargePointId === id);
      const rows = mine.map(({ chargePointId: _of, isRecent: _recent, ...row }) => [row.id, row] as const);
      const has = held
        .filter(({ chargePointId }) => chargePointId === id)
        .map(({ chargePointId: _of, ...row }) => [installedKey(row.type, row), row] as const);
      const recent = mine.filter(({ isRecent }) => isRecent).length;
      return [id, { requests: new Map(rows), recent, installed: new Map(has) }];
    }),
  );
}

type Change = { readonly root: Root; readonly before: CertificateState; readonly after: CertificateState };

export async function saveCertificates(tx: Tx, changes: readonly Change[]): Promise<void> {
  const requests = changes.flatMap(({ root, before, after }) =>
    [...after.requests.values()].filter((row) => before.requests.get(row.id) !== row).map((row) => ({ root, row })),
  );
  const held = changes.flatMap(({ root, before, after }) =>
    [...after.installed].filter(([key, row]) => before.installed.get(key) !== row).map(([, row]) => ({ root, row })),
  );
  const gone = changes.flatMap(({ before, after }) =>
    [...before.installed].filter(([key]) => !after.installed.has(key)).map(([, { id }]) => id),
  );
  const owners = (of: readonly { readonly root: Root }[]) => [
    of.map(({ root }) => root.organizationId),
    of.map(({ root }) => root.chargePointId),
  ];
  const saves: Promise<unknown>[] = [];
  if (gone.length > 0) saves.push(tx.rows(DROP_HELD, [gone, changes.map(({ root }) => root.chargePointId)]));
  if (requests.length > 0)
    saves.push(
      tx.rows(SAVE, [...owners(requests), ...REQUEST.map((column) => requests.map(({ row }) => put(row, column)))]),
    );
  if (held.length > 0)
    saves.push(tx.rows(SAVE_HELD, [...owners(held), ...HELD.map((column) => held.map(({ row }) => put(row, column)))]));
  await Promise.all(saves);
}

/** jsonb goes in as text: an array of it would be taken for an array of PostgreSQL. */
function put<Row, Field extends keyof Row>(row: Row, [field, , type]: readonly [Field, string, string]): unknown {
  const value = row[field];
  return type === 'jsonb' && value !== null ? JSON.stringify(value) : value;
}
