/** SQL of a deletion: what was under way ends, then the charge point's rows go. */
import { deleteChargePoints } from '../charge-points/index.ts';
import type { Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { DeletionInput } from '../ingest/inputs.ts';
import { endAll } from './ends-store.ts';
import { factsOf } from './facts-store.ts';
import { DELETED } from './machine/deletion.ts';
import type { DeletionState } from './types.ts';

export async function loadDeletions(tx: Tx, inputs: readonly DeletionInput[]): Promise<Map<string, DeletionState>> {
  const ids = inputs.map(({ chargePointId }) => chargePointId);
  const facts = await factsOf(tx, ids);
  return new Map(ids.map((id) => [id, { facts: facts.get(id), deletion: undefined }]));
}

type Change = { readonly root: Root; readonly after: DeletionState };

export async function saveDeletions(tx: Tx, changes: readonly Change[]): Promise<void> {
  const left = changes.flatMap(({ root: { chargePointId }, after: { deletion } }) =>
    deletion === undefined ? [] : [{ chargePointId, ...deletion }],
  );
  const ids = left.map(({ chargePointId }) => chargePointId);
  await Promise.all([endAll(tx, left, DELETED), deleteChargePoints(tx, ids)]);
}
