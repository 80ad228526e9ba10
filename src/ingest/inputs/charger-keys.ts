/** Keys of chargers on their way to them. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

/** A charger's key as it is kept. */
export type KeyHash = { readonly hash: Uint8Array; readonly salt: Uint8Array; readonly kid: string };

/** The key of a charger on its way to it by OCPP. */
export type ChargerKeyInput = Common & { readonly room: 'charger_keys' } & (
    | {
        /** Reply: {@link KeyOfferReply}, or the commands room's {@link CommandReply}. */
        readonly type: 'offered';
        readonly commandId: string;
        readonly key: KeyHash;
        /** {value}, sealed for this charge point. */
        readonly sealed: string;
        readonly action: string;
        readonly payload: Record<string, unknown>;
        readonly timeoutS: number;
        readonly requestedBy: string;
        readonly waitingNode?: string | undefined;
        /** Accepted or not, the old key opens until the new one was used. */
        readonly keepsOld?: true | undefined;
      }
    | CommandEnded
    /** It logged in while an offer was open. `offer`: which one that was. */
    | { readonly type: 'used'; readonly key: 'current' | 'next'; readonly offer: string }
    /** Fed by stations: it logged in with the higher security profile that was expected of it. */
    | { readonly type: 'profile_used'; readonly profile: number }
  );

export type KeyOfferReply = {
  readonly refused: 'no_key' | 'offered' | 'handing_over' | 'undecided' | 'after_reboot' | 'until_used';
};
