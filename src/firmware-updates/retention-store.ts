/** Updates that ended long ago are forgotten, but the last one of each charge point. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

// A rollout that still runs counts its updates. Plan: firmware_updates_charge_point_id_id_idx for the newer one.
export const forgetFirmwareUpdates = forgetEnded({
  table: 'firmware_updates',
  firstIdAt: (at) => firstIdAt('fwu', at),
  when: `t.ended_at < $1 AND t.due_at IS NULL
     AND EXISTS (SELECT FROM firmware_updates n WHERE n.charge_point_id = t.charge_point_id AND n.id > t.id)
     AND NOT EXISTS (SELECT FROM firmware_rollouts r WHERE r.id = t.rollout_id AND r.ended_at IS NULL)`,
});
