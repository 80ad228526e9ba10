/** Charging profiles that have long been held by no charger are forgotten. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';
import { idOf } from './machine.ts';

export const forgetProfiles = forgetEnded({
  table: 'charging_profiles',
  firstIdAt: (at) => idOf(firstIdAt('cmd', at)), // they are drawn from their commands' (machine/row-id.ts)
  when: `t.updated_at < $1 AND t.status <> 'active' AND t.status <> 'pending'`,
});
