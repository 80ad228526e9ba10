/** Runs that ended long ago are forgotten, but the last one that an organization had of each charge point: it is its report. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

// Plan: commissioning_runs_charge_point_id_id_idx for the newer one.
export const forgetCommissioning = forgetEnded({
  table: 'commissioning_runs',
  firstIdAt: (at) => firstIdAt('com', at),
  when: `t.completed_at < $1 AND t.due_at IS NULL
     AND EXISTS (SELECT FROM commissioning_runs n WHERE n.charge_point_id = t.charge_point_id
                                                    AND n.organization_id = t.organization_id AND n.id > t.id)`,
});
