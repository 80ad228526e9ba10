/** How stations reach their CSMS: profiles that are written to their slots (2.0.1 B09). Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

export type NetworkProfileInput = Common & { readonly room: 'network_profiles' } & (
    | {
        readonly type: 'requested';
        readonly id: string;
        readonly commandId: string;
        readonly slot: number;
        /** Without its secrets. */
        readonly profile: Readonly<Record<string, unknown>>;
        readonly requestedBy: string;
      }
    | CommandEnded
  );
