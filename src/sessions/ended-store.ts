/** Hot SQL of the room: sessions that have ended, and that OCPP 1.6 means without naming them. Asked for only where it may. */
import type { Statement, Tx } from '../database/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import type { StoredCost } from './cost-store.ts';
import { orphanKey, stopKey } from './machine.ts';
import { FIELDS } from './store.ts';
import type { SessionRow, SessionState } from './types.ts';

export type Stored = Omit<SessionRow, 'cost'> & { readonly cost: StoredCost | null };
export type Row = (Stored | { readonly [Field in keyof SessionRow]: null }) & { readonly chargePointId: string };

/** One of them is enough: a charger without a clock may say the same of many. Plan: sessions_by_stop_key. */
const STOPPED: Statement = {
  name: 'sessions_stopped',
  text: `SELECT s.charge_point_id AS "chargePointId", ${FIELDS}
           FROM unnest($1::text[], $2::text[]) AS v(cp, stop_key)
           JOIN LATERAL (SELECT * FROM sessions n
                          WHERE n.charge_point_id = v.cp AND n.stop_key = v.stop_key AND n.stop_key IS NOT NULL
                          LIMIT 1) s ON true`,
};

/** A stop that names no session of ours may be told again, and have ended one before. */
export async function stoppedBy(
  tx: Tx,
  inputs: readonly SessionInput[],
  states: ReadonlyMap<string, Pick<SessionState, 'sessions'>>,
): Promise<readonly Row[]> {
  const keys = pairs<string>();
  for (const input of inputs) {
    if (input.type !== 'stopped') continue;
    const sessions = [...(states.get(input.chargePointId)?.sessions.values() ?? [])];
    const isNamed = sessions.some(
      ({ transactionId, startKey }) => transactionId === input.transactionId || startKey === orphanKey(input),
    );
    if (!isNamed) keys.add(input.chargePointId, stopKey(input));
  }
  return keys.values.length === 0 ? [] : tx.rows<Row>(STOPPED, [keys.chargePoints, keys.values]);
}

/** A status that comes late may belong to sessions that have ended. Plan: sessions_charge_point_id_started_at_idx. */
const COVERING: Statement = {
  name: 'sessions_covering',
  text: `SELECT s.charge_point_id AS "chargePointId", ${FIELDS}
           FROM unnest($1::text[], $2::int4[], $3::int4[], $4::timestamptz[]) AS v(cp, evse_id, connector_id, at)
           JOIN sessions s ON s.charge_point_id = v.cp AND s.evse_id = v.evse_id AND s.connector_id = v.connector_id
                          AND s.started_at <= v.at AND s.ended_at > v.at AND s.is_priced
          LIMIT 1000`,
};
/** What comes later than this is looked for among what has ended; a few seconds more or less of a phase are not. */
const LATE_MS = 5_000;

export async function coveredBy(tx: Tx, inputs: readonly SessionInput[]): Promise<readonly Row[]> {
  const late = inputs.flatMap((input) => {
    if (input.type !== 'connector_changed' || input.status === 'available') return [];
    const isLate = input.receivedAt.getTime() - input.at.at.getTime() >= LATE_MS;
    return isLate || input.news === 'late' ? [input] : [];
  });
  if (late.length === 0) return [];
  return tx.rows<Row>(COVERING, [
    late.map(({ chargePointId }) => chargePointId),
    late.map(({ evseId }) => evseId),
    late.map(({ connectorId }) => connectorId),
    late.map(({ at }) => at.at),
  ]);
}

/** Two columns of a question. */
export const pairs = <T>() => {
  const chargePoints: string[] = [];
  const values: T[] = [];
  return {
    chargePoints,
    values,
    add(chargePointId: string, value: T): void {
      chargePoints.push(chargePointId);
      values.push(value);
    },
  };
};
