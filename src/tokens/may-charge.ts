/** The answer that a charger would get now, for whoever plans something with a token there. */
import type { Tx } from '../database/contract.ts';
import type { Authorization } from '../ingest/inputs.ts';
import { authorize } from './machine.ts';
import { tokenStateAt } from './store.ts';

/** `chargePointId`: the caller has made sure whose it is. */
export async function mayChargeAt(db: Tx, chargePointId: string, uid: string, now: Date): Promise<Authorization> {
  const state = await tokenStateAt(db, chargePointId, uid);
  if (state === undefined) return 'invalid';
  return authorize(state, { chargePointId, siteId: state.siteId }, now).authorization;
}
