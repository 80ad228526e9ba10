/** That a station was asked which messages it shows is forgotten, but for the last time: it tells how old the list is. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

// Plan: display_message_refreshes_charge_point_id_id_idx for the newer one.
export const forgetRefreshes = forgetEnded({
  table: 'display_message_refreshes',
  firstIdAt: (at) => firstIdAt('dmr', at),
  when: `t.completed_at < $1 AND t.due_at IS NULL
     AND EXISTS (SELECT FROM display_message_refreshes n WHERE n.charge_point_id = t.charge_point_id AND n.id > t.id)`,
});
