/** What REST reads of settings and of changes to them, always within one organization; and the rows of templates. */
import type { Protocol } from '../commands/index.ts';
import type { Database, Statement } from '../database/contract.ts';
import { DRIFTS, expectedOf } from './drift-store.ts';
import { CHANGE_COLUMNS } from './store.ts';
import type { Change } from './types.ts';

export type StoredChange = Change & { readonly chargePointId: string };
export type SettingView = {
  readonly key: string;
  readonly value: string | null;
  readonly readonly: boolean | null;
  readonly secret: boolean;
  /** null: never read. */
  readonly known: boolean | null;
  readonly fetchedAt: Date | null;
  readonly expected: string | null;
  readonly templateId: string | null;
  readonly drift: boolean;
};
export type ConfigurationTarget = {
  readonly id: string;
  readonly identity: string;
  readonly connected: boolean;
  readonly protocol: Protocol | null;
};

const TARGET: Statement = {
  name: 'configuration_target',
  text: `SELECT c.id, c.identity, coalesce(s.connected, false) AS connected, s.protocol
           FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id = $2`,
};
const SETTINGS: Statement = {
  name: 'configuration_settings',
  text: `WITH c AS (SELECT * FROM charge_points WHERE organization_id = $1 AND id = $2),
              s AS (SELECT * FROM charge_point_states WHERE charge_point_id = $2),
              e AS (SELECT e.* FROM c LEFT JOIN s ON true CROSS JOIN LATERAL (${expectedOf()}) e),
              k AS (SELECT * FROM charge_point_configuration WHERE organization_id = $1 AND charge_point_id = $2)
         SELECT coalesce(k.key, e.key) AS key, k.value, k.readonly, coalesce(k.secret, false) AS secret, k.known,
                k.fetched_at AS "fetchedAt", e.expected, e.template_id AS "templateId",
                coalesce(e.expected IS NOT NULL AND ${DRIFTS}, false) AS drift
           FROM k FULL JOIN e ON e.key = k.key ORDER BY 1`,
};
const EXPECTED: Statement = {
  name: 'configuration_expected',
  text: `SELECT e.key, e.expected AS value FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          CROSS JOIN LATERAL (${expectedOf()}) e WHERE c.organization_id = $1 AND c.id = $2`,
};
const CHANGE: Statement = {
  name: 'configuration_change',
  text: `SELECT charge_point_id AS "chargePointId", ${CHANGE_COLUMNS} FROM configuration_changes WHERE organization_id = $1 AND id = $2`,
};
const CHANGES: Statement = {
  name: 'configuration_changes_list',
  text: `SELECT charge_point_id AS "chargePointId", ${CHANGE_COLUMNS} FROM configuration_changes
          WHERE organization_id = $1 AND charge_point_id = $2 AND id < coalesce($3, 'zzzz') ORDER BY id DESC LIMIT $4`,
};
const IS_OPEN: Statement = {
  name: 'configuration_change_is_open',
  text: 'SELECT 1 FROM configuration_changes WHERE id = $1 AND due_at IS NOT NULL',
};

export type ConfigurationReads = ReturnType<typeof configurationReads>;
export const configurationReads = (db: Pick<Database, 'rows'>) => ({
  target: async (organizationId: string, id: string) =>
    (await db.rows<ConfigurationTarget>(TARGET, [organizationId, id]))[0],
  settings: (organizationId: string, id: string) => db.rows<SettingView>(SETTINGS, [organizationId, id]),
  expected: (organizationId: string, id: string) =>
    db.rows<{ key: string; value: string }>(EXPECTED, [organizationId, id]),
  change: async (organizationId: string, id: string) => (await db.rows<StoredChange>(CHANGE, [organizationId, id]))[0],
  changes: (organizationId: string, id: string, page: { after: string | undefined; limit: number }) =>
    db.rows<StoredChange>(CHANGES, [organizationId, id, page.after ?? null, page.limit + 1]),
  /** By id alone: for a waiter that was given the id by its organization. */
  isOpen: async (changeId: string) => (await db.rows(IS_OPEN, [changeId])).length > 0,
});
