/** Hot SQL of the room "configuration": what its participant loads and saves, and what the sweep finds. */
import { storableJson } from '../commands/index.ts';
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import type { Root } from '../ingest/contract.ts';
import type { ConfigurationInput } from '../ingest/inputs.ts';
import { firstIdAt } from '../platform/ids.ts';
import { expectedOf } from './drift-store.ts';
import type { Change, ConfigurationState, Setting } from './types.ts';

// Plans: primary keys, the partial index of open changes, the partial index of open sessions.
const STATES: Statement = {
  name: 'configuration_load',
  text: `SELECT c.id, coalesce(s.connected, false) AS connected, s.protocol, coalesce(s.boot_status = 'accepted', false) AS "isAccepted",
                (SELECT count(*)::int4 FROM sessions x WHERE x.charge_point_id = c.id AND x.ended_at IS NULL) AS "openSessions",
                c.registration = 'accepted' AS "mayBoot"
           FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id WHERE c.id = ANY($1::text[])`,
};
const SETTINGS: Statement = {
  name: 'configuration_load_settings',
  text: `SELECT charge_point_id AS "chargePointId", key, value, readonly, secret, known, fetched_at AS "fetchedAt"
           FROM charge_point_configuration WHERE charge_point_id = ANY($1::text[])`,
};
export const CHANGE_COLUMNS = `id, kind, status, phase, to_read AS "toRead", items, reboot, rebooted, steps, tries,
  command_id AS "commandId", requested_by AS "requestedBy", waiting_node AS "waitingNode", created_at AS "createdAt",
  expires_at AS "expiresAt", due_at AS "dueAt", completed_at AS "completedAt", error`;
const CHANGES: Statement = {
  name: 'configuration_load_changes',
  text: `SELECT charge_point_id AS "chargePointId", ${CHANGE_COLUMNS} FROM configuration_changes
          WHERE charge_point_id = ANY($1::text[]) AND due_at IS NOT NULL`,
};
const AT_BOOT: Statement = {
  name: 'configuration_load_at_boot',
  text: `SELECT c.id AS "chargePointId", e.key, e.expected
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS s(id, reported_vendor, reported_model, firmware_version)
           JOIN charge_points c ON c.id = s.id
          CROSS JOIN LATERAL (${expectedOf('AND t.at_boot')}) e`,
};

type LoadedState = Pick<ConfigurationState, 'connected' | 'protocol' | 'isAccepted' | 'openSessions'> & {
  id: string;
  mayBoot: boolean;
};
type Of<T> = T & { readonly chargePointId: string };

/** A boot of a charger that no template looks after costs two small statements, and no settings. */
export async function loadConfiguration(
  tx: Tx,
  inputs: readonly ConfigurationInput[],
): Promise<Map<string, ConfigurationState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  // What a charger says of itself with this boot is saved behind it, in the same transaction.
  const boots = inputs.flatMap((input) => (input.type === 'booted' ? [input] : []));
  const booted = boots.map(({ chargePointId }) => chargePointId);
  const others = ids.filter((id) => !booted.includes(id));
  const [states, changes, settings, atBoot] = await Promise.all([
    tx.rows<LoadedState>(STATES, [ids]),
    tx.rows<Of<Change>>(CHANGES, [ids]),
    others.length === 0 ? [] : tx.rows<Of<Setting & { key: string }>>(SETTINGS, [others]),
    booted.length === 0
      ? []
      : tx.rows<Of<{ key: string; expected: string }>>(AT_BOOT, [
          booted,
          boots.map(({ vendor }) => vendor),
          boots.map(({ model }) => model),
          boots.map(({ firmwareVersion }) => firmwareVersion),
        ]),
  ]);
  type Mutable = {
    settings: Map<string, Setting>;
    changes: Map<string, Change>;
    atBoot: Record<string, string>;
  };
  const loaded = new Map<string, Omit<ConfigurationState, keyof Mutable> & Mutable>();
  for (const { id, mayBoot, ...state } of states) {
    // The boot that feeds this is not saved yet: what it is answered with is what registration says.
    const isAccepted = booted.includes(id) ? mayBoot : state.isAccepted;
    loaded.set(id, { ...state, isAccepted, settings: new Map(), changes: new Map(), atBoot: {} });
  }
  for (const { chargePointId, ...change } of changes) loaded.get(chargePointId)?.changes.set(change.id, change);
  for (const { chargePointId, key, ...setting } of settings) loaded.get(chargePointId)?.settings.set(key, setting);
  for (const { chargePointId, key, expected } of atBoot) {
    const state = loaded.get(chargePointId);
    if (state !== undefined) state.atBoot[key] = expected;
  }
  return loaded;
}

const SAVE_SETTINGS: Statement = {
  name: 'configuration_save_settings',
  text: `INSERT INTO charge_point_configuration (charge_point_id, organization_id, key, value, readonly, secret, known, fetched_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::bool[], $7::bool[], $8::timestamptz[])
         ON CONFLICT (charge_point_id, key) DO UPDATE SET value = excluded.value, readonly = excluded.readonly,
           secret = excluded.secret, known = excluded.known, fetched_at = excluded.fetched_at`,
};
const FIXED = [
  ['id', 'text', 'id'],
  ['kind', 'text', 'kind'],
  ['reboot', 'text', 'reboot'],
  ['requested_by', 'text', 'requestedBy'],
  ['waiting_node', 'text', 'waitingNode'],
  ['created_at', 'timestamptz', 'createdAt'],
  ['expires_at', 'timestamptz', 'expiresAt'],
] as const satisfies readonly (readonly [string, string, keyof Change])[];
const MOVING = [
  ['status', 'text', 'status'],
  ['phase', 'text', 'phase'],
  ['to_read', 'jsonb', 'toRead'],
  ['items', 'jsonb', 'items'],
  ['rebooted', 'bool', 'rebooted'],
  ['steps', 'int4', 'steps'],
  ['tries', 'int4', 'tries'],
  ['command_id', 'text', 'commandId'],
  ['due_at', 'timestamptz', 'dueAt'],
  ['completed_at', 'timestamptz', 'completedAt'],
  ['error', 'text', 'error'],
] as const satisfies readonly (readonly [string, string, keyof Change])[];
const ALL = [...FIXED, ...MOVING];
const SAVE_CHANGES: Statement = {
  name: 'configuration_save_changes',
  text: `INSERT INTO configuration_changes (organization_id, charge_point_id, ${ALL.map(([column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${ALL.map(([, type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${MOVING.map(([column]) => `${column} = excluded.${column}`).join(', ')}`,
};

type Changed = { readonly root: Root; readonly before: ConfigurationState; readonly after: ConfigurationState };

export async function saveConfiguration(tx: Tx, changed: readonly Changed[]): Promise<void> {
  const settings: { root: Root; key: string; setting: Setting }[] = [];
  const changes: { root: Root; change: Change }[] = [];
  for (const { root, before, after } of changed) {
    for (const [key, setting] of after.settings) {
      if (before.settings.get(key) !== setting) settings.push({ root, key, setting });
    }
    for (const [id, change] of after.changes) if (before.changes.get(id) !== change) changes.push({ root, change });
  }
  const sent: Promise<unknown>[] = [];
  if (settings.length > 0) {
    sent.push(
      tx.rows(SAVE_SETTINGS, [
        settings.map(({ root }) => root.chargePointId),
        settings.map(({ root }) => root.organizationId),
        settings.map(({ key }) => key),
        settings.map(({ setting }) => setting.value),
        settings.map(({ setting }) => setting.readonly),
        settings.map(({ setting }) => setting.secret),
        settings.map(({ setting }) => setting.known),
        settings.map(({ setting }) => setting.fetchedAt),
      ]),
    );
  }
  if (changes.length > 0) {
    // What a charger says of its refusal stands in items and error.
    const plain = (value: unknown, type: string): unknown => {
      if (type === 'jsonb') return storableJson(value);
      return typeof value === 'string' ? value.replace(/\0|\p{Surrogate}/gu, '\ufffd') : value;
    };
    sent.push(
      tx.rows(SAVE_CHANGES, [
        changes.map(({ root }) => root.organizationId),
        changes.map(({ root }) => root.chargePointId),
        ...ALL.map(([, type, field]) => changes.map(({ change }) => plain(change[field], type))),
      ]),
    );
  }
  await Promise.all(sent);
}

const DUE: Statement = {
  name: 'configuration_due',
  text: `SELECT id, charge_point_id AS "chargePointId" FROM configuration_changes WHERE due_at <= $1 ORDER BY due_at LIMIT $2`,
};
const CLOSE_ORPHANS: Statement = {
  name: 'configuration_close_orphans',
  text: `UPDATE configuration_changes x SET status = 'failed', phase = 'done', due_at = NULL, completed_at = $1,
                error = 'The charge point was deleted'
          WHERE x.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points p WHERE p.id = x.charge_point_id)`,
};
export const dueChanges = (db: Pick<Database, 'rows'>, now: Date, limit: number) =>
  db.rows<{ id: string; chargePointId: string }>(DUE, [now, limit]);
/** A deleted charge point has no door any more through which its changes could end. */
export const closeOrphans = (db: Pick<Database, 'rows'>, now: Date) => db.rows(CLOSE_ORPHANS, [now]);

// Ids sort by time: a range of the primary key, bounded.
const FORGET = deleteFew(
  'configuration_forget',
  'configuration_changes',
  `t.id < $2 AND t.due_at IS NULL AND (t.kind = 'read' OR t.id < $1)`,
  't.id',
);
/** Changes before `changesBefore`, and mere readings before `readsBefore`. Returns how many went. */
export const forgetChanges = (db: Pick<Database, 'rows'>, changesBefore: Date, readsBefore: Date): Promise<number> =>
  deleteAll(db, FORGET, [firstIdAt('cfg', changesBefore), firstIdAt('cfg', readsBefore)]);
