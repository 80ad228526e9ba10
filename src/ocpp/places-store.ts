/** Which connectors a station of 2.x is known to have: it is asked for the status of one at a time. */
import type { Database, Statement } from '../database/contract.ts';

export type KnownPlace = { readonly evseId: number; readonly connectorId: number };

/** Of more, the first; a station that invents connectors is not asked without end. */
const MOST = 64;

// Plan: the primary key (charge_point_id, evse_id, connector_id), a range of it.
const PLACES: Statement = {
  name: 'ocpp_places',
  text: `SELECT evse_id AS "evseId", connector_id AS "connectorId" FROM connectors
          WHERE charge_point_id = $1 AND evse_id > 0 AND connector_id > 0 ORDER BY evse_id, connector_id LIMIT $2`,
};

/** The charge point is one that is connected: it has been proven whose it is. */
export const placesOf = (db: Pick<Database, 'rows'>, chargePointId: string): Promise<KnownPlace[]> =>
  db.rows<KnownPlace>(PLACES, [chargePointId, MOST]);
