/** Network profiles that no station has stored any more, or never had, are forgotten. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

export const forgetNetworkProfiles = forgetEnded({
  table: 'network_profiles',
  firstIdAt: (at) => firstIdAt('npr', at),
  when: `t.updated_at < $1 AND t.status <> 'pending' AND t.status <> 'stored'`,
});
