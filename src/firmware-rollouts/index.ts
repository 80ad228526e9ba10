/** The door of the room: one image for many chargers, stage by stage. */
import { type ChangeRollout, createChangeRollout } from './change-rollout.ts';
import { createCreateRollout } from './create-rollout.ts';
import { rolloutRoutes } from './routes.ts';
import { type RunNeeds, runRollouts } from './run.ts';

/** The machine as a table, for the documents. */
export { edges as firmwareRolloutEdges } from './machine/edges.ts';
export { forgetRollouts } from './retention-store.ts';

type Needs = RunNeeds & Parameters<typeof createCreateRollout>[0];
export type FirmwareRollouts = ReturnType<typeof createFirmwareRollouts>;

export function createFirmwareRollouts(needs: Needs) {
  const change: ChangeRollout = createChangeRollout(needs);
  return {
    routes: rolloutRoutes({ db: needs.db, create: createCreateRollout(needs), change }),
    /** Every few seconds. */
    run: () => runRollouts(needs),
  };
}
