/** Charging profiles, from the wish to what the charger made of it. Types only. */
import type { ChargingProfile } from './charging-profile.ts';
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

/** Charging profiles, from the wish to what the charger made of it. */
export type SmartChargingInput = Common & { readonly room: 'smart_charging' } & (
    | {
        readonly type: 'requested';
        readonly id: string;
        readonly commandId: string;
        readonly profile: ChargingProfile;
        readonly requestedBy: string;
      }
    | CommandEnded
  );
