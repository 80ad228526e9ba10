/**
 * What was under way when a charge point leaves its owner, in SQL: its rows end, and what says nothing to anybody goes, by
 * src/handovers/fates.ts; what bills of its sessions say of it is kept. In the transaction of the machine's step, under the lock of the charge points; it must never decide anything.
 */
import type { Statement, Tx } from '../database/contract.ts';
import { fates, type TableFate } from './fates.ts';
import { type Leaving, leavings } from './machine/ends.ts';

// Plans: the primary key, or an index that begins with the charge point; one charge point at a time in all practice.
const V = `unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
             AS v(id, former, at, why, told, command_status)`;

/** Found by its identity, by the cutover only: a charger that goes on knocking is refused, and seen there. */
const OWN = 'unknown_charge_points';
/** They have no organization of their own. */
const NO_ORGANIZATION = new Set([
  'command_bulk_members',
  'event_stream_values',
  'alert_members',
  'local_list_entries',
  'held_transaction_events',
]);

/** Of a charge point (`v.id`) and the organization that it leaves (`v.former`). */
export const rowsOf = (table: string, { where }: TableFate): string =>
  `t.charge_point_id = v.id${NO_ORGANIZATION.has(table) ? '' : ' AND t.organization_id = v.former'}${
    where === undefined ? '' : ` AND ${where}`
  }`;

const ENDS: readonly Statement[] = Object.entries(fates).flatMap(([table, fate]) => {
  const name = `handovers_end_${table}`;
  if (fate.fate === 'ends')
    return [{ name, text: `UPDATE ${table} t SET ${fate.set ?? ''} FROM ${V} WHERE ${rowsOf(table, fate)}` }];
  if (fate.fate !== 'goes' || table === OWN) return [];
  return [{ name, text: `DELETE FROM ${table} t USING ${V} WHERE ${rowsOf(table, fate)}` }];
});

/** Under the number of its time with them; read by src/billing/bill-store.ts. */
const KEEP: Statement = {
  name: 'handovers_keep_former',
  text: `INSERT INTO former_charge_points
           (number, organization_id, connector_standard, connector_format, power_type, meter_serial, left_at)
         SELECT c.number, c.organization_id, c.connector_standard, c.connector_format, c.power_type, q.meter_serial, v.at
           FROM ${V} JOIN charge_points c ON c.id = v.id AND c.organization_id = v.former
           LEFT JOIN charge_point_states q ON q.charge_point_id = c.id`,
};

export type Left = { readonly chargePointId: string; readonly from: string; readonly at: Date };

/** All statements leave together, in the caller's turn: before the charge point itself goes or is another's. */
export async function endAll(tx: Tx, left: readonly Left[], leaving: Leaving): Promise<void> {
  const { told, commandStatus } = leavings[leaving];
  const values = [
    left.map(({ chargePointId }) => chargePointId),
    left.map(({ from }) => from),
    left.map(({ at }) => at),
    left.map(() => leaving),
    left.map(() => told),
    left.map(() => commandStatus),
  ];
  await Promise.all([KEEP, ...ENDS].map((statement) => tx.rows(statement, values)));
}
