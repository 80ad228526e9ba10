/** SQL beside the charger's path: which sessions and transactions are due, and the numbers of new sessions. */
import type { Statement, Tx } from '../database/contract.ts';

/**
 * Open sessions whose deadline has passed, and (X7) those of absent chargers that nothing was heard of for too long: a charger
 * that is there speaks for its sessions itself, however long a car stands in SuspendedEV. Plan: partial indexes. */
const DUE: Statement = {
  name: 'sessions_due',
  text: `(SELECT id, charge_point_id AS "chargePointId", organization_id AS "organizationId",
                 ocpp_transaction_id AS "ocppTransactionId", "authorization" <> 'accepted' AS refused, false AS silent
            FROM sessions WHERE reconcile_at IS NOT NULL AND reconcile_at <= $1 ORDER BY reconcile_at LIMIT $3)
         UNION ALL
         (SELECT s.id, s.charge_point_id, s.organization_id, s.ocpp_transaction_id, false, true FROM sessions s
            LEFT JOIN charge_point_states c ON c.charge_point_id = s.charge_point_id
           WHERE s.ended_at IS NULL AND s.updated_at <= $2 AND c.connected IS NOT TRUE LIMIT $3)`,
};
export type DueSession = {
  readonly id: string;
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly ocppTransactionId: string | null;
  readonly refused: boolean;
  readonly silent: boolean;
};

export const dueSessions = (tx: Tx, now: Date, silentSince: Date, limit: number): Promise<DueSession[]> =>
  tx.rows<DueSession>(DUE, [now, silentSince, limit]);

const NEXT_BLOCK: Statement = {
  name: 'sessions_transaction_ids',
  text: `SELECT nextval('transaction_id_blocks')::int4 AS first`,
};
/** How many ids one value of the sequence stands for (prisma/migrations, transaction_id_blocks). */
const BLOCK = 100;

/** Hands out OCPP 1.6 transaction ids: positive int32, each once per installation, one query per hundred. */
export function createTransactionIds(db: Tx): () => Promise<number> {
  let next = 0;
  let last = -1;
  let fetching: Promise<void> | undefined;
  const fetch = async (): Promise<void> => {
    const [row] = await db.rows<{ first: number }>(NEXT_BLOCK, []);
    if (row === undefined) throw new Error('transaction_id_blocks gave no value');
    next = row.first;
    last = row.first + BLOCK - 1;
  };
  return async () => {
    while (next > last) {
      fetching ??= fetch().finally(() => {
        fetching = undefined;
      });
      await fetching;
    }
    const id = next;
    next += 1;
    return id;
  };
}

/** Transactions with events that have waited long enough. Plan: held_transaction_events_due_at_idx. */
const DUE_GAPS = (limit: number): Statement => ({
  name: `sessions_due_gaps_${limit}`,
  text: `SELECT DISTINCT h.charge_point_id AS "chargePointId", h.transaction_id AS "ocppTransactionId"
           FROM held_transaction_events h JOIN charge_points c ON c.id = h.charge_point_id
          WHERE h.due_at <= $1 LIMIT ${limit}`,
});
export type DueGap = { readonly chargePointId: string; readonly ocppTransactionId: string };

export const dueGaps = (tx: Tx, now: Date, limit: number): Promise<DueGap[]> => tx.rows<DueGap>(DUE_GAPS(limit), [now]);

/** Of charge points that were deleted: nobody else leaves one behind so long. */
const FORGET_HELD: Statement = {
  name: 'sessions_forget_held',
  text: `DELETE FROM held_transaction_events h
          WHERE h.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = h.charge_point_id)`,
};
export const forgetHeld = (tx: Tx, now: Date): Promise<unknown> => tx.rows(FORGET_HELD, [now]);

/** It is due later, behind all that is due now. Whoever has marked it again meanwhile, or priced it, has the last word. Plan: session_costs_pkey. */
const POSTPONE: Statement = {
  name: 'session_costs_postpone',
  text: 'UPDATE session_costs SET reprice_at = $3 WHERE session_id = $1 AND reprice_at <= $2',
};
export const postponeRepricing = (db: Tx, sessionId: string, now: Date, until: Date): Promise<unknown> =>
  db.rows(POSTPONE, [sessionId, now, until]);
