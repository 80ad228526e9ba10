/** What REST reads of commissioning runs. It never writes: runs change through ingest alone. */
import type { Database, Statement } from '../database/contract.ts';
import { behindIds } from '../platform/ids.ts';
import { FIELDS, runOf, type StoredRun } from './store.ts';
import type { Lifecycle, Run, RunStatus } from './types.ts';

type Needs = Pick<Database, 'rows'>;

export type RunView = Run & {
  readonly chargePointId: string;
  /** null: the charge point was deleted. */
  readonly chargePointIdentity: string | null;
  readonly chargePointName: string | null;
};

const VIEW = `SELECT ${FIELDS}, r.charge_point_id AS "chargePointId", c.identity AS "chargePointIdentity", c.name AS "chargePointName"
   FROM commissioning_runs r LEFT JOIN charge_points c ON c.id = r.charge_point_id AND c.organization_id = r.organization_id
  WHERE r.organization_id = $1`;

const GET: Statement = { name: 'commissioning_get', text: `${VIEW} AND r.id = $2` };
// Plan: commissioning_runs_charge_point_id_id_idx, backwards.
const LAST: Statement = {
  name: 'commissioning_last',
  text: `${VIEW} AND r.charge_point_id = $2 ORDER BY r.id DESC LIMIT 1`,
};
const TARGET: Statement = {
  name: 'commissioning_target',
  text: `SELECT id, identity, lifecycle FROM charge_points WHERE organization_id = $1 AND id = $2`,
};

type Row = StoredRun & Omit<RunView, keyof Run>;
const viewOf = (row: Row | undefined): RunView | undefined =>
  row === undefined ? undefined : { ...row, ...runOf(row) };

export const runById = async (db: Needs, organizationId: string, id: string): Promise<RunView | undefined> =>
  viewOf((await db.rows<Row>(GET, [organizationId, id]))[0]);
export const lastRunOf = async (
  db: Needs,
  organizationId: string,
  chargePointId: string,
): Promise<RunView | undefined> => viewOf((await db.rows<Row>(LAST, [organizationId, chargePointId]))[0]);

export type Target = { readonly id: string; readonly identity: string; readonly lifecycle: Lifecycle };
export const targetOf = async (db: Needs, organizationId: string, id: string): Promise<Target | undefined> =>
  (await db.rows<Target>(TARGET, [organizationId, id]))[0];

// Plans: commissioning_runs_organization_id_id_idx, or commissioning_runs_charge_point_id_id_idx, backwards.
export async function listRuns(
  db: Needs,
  organizationId: string,
  filter: {
    readonly chargePointId?: string | undefined;
    readonly statuses?: readonly RunStatus[] | undefined;
    /** Of none but these charge points: what the caller's membership reaches. */
    readonly reached?: readonly string[] | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<RunView[]> {
  const ofOne = filter.chargePointId === undefined ? '' : 'AND r.charge_point_id = $6';
  const statement: Statement = {
    name: filter.chargePointId === undefined ? 'commissioning_list' : 'commissioning_list_of_one',
    text: `${VIEW} AND r.id < $2 AND ($3::text[] IS NULL OR r.status = ANY($3))
             AND ($5::text[] IS NULL OR r.charge_point_id = ANY($5)) ${ofOne} ORDER BY r.id DESC LIMIT $4`,
  };
  const values = [
    organizationId,
    page.after ?? behindIds('com'),
    filter.statuses ?? null,
    page.limit + 1,
    filter.reached ?? null,
  ];
  const rows = await db.rows<Row>(
    statement,
    filter.chargePointId === undefined ? values : [...values, filter.chargePointId],
  );
  return rows.map((row) => ({ ...row, ...runOf(row) }));
}
