/** Which charge points the database says to be connected here: one small statement, however many there are. */
import type { Database, Statement } from '../database/contract.ts';

// Plan: charge_point_states_node_id_idx, which holds only those that are connected.
const HELD: Statement = {
  name: 'ocpp_held_by_node',
  text: `SELECT charge_point_id AS "chargePointId", generation FROM charge_point_states WHERE connected AND node_id = $1`,
};

export type HeldRow = { readonly chargePointId: string; readonly generation: number };

export const heldBy = (db: Pick<Database, 'rows'>, nodeId: string): Promise<HeldRow[]> => db.rows(HELD, [nodeId]);
