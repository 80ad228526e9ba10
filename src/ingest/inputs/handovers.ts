/** Handovers of charge points between organizations. Types only. */
import type { Common } from './common.ts';

export type HandoverMode = 'installer_to_owner' | 'ownership_transfer';

/** Somebody of one of the two parties. */
type By = { readonly organizationId: string; readonly by: string };

/** A call to the charger that is ready to be queued, in the words of its version. */
export type ReadyCall = {
  readonly commandId: string;
  readonly action: string;
  readonly payload: Record<string, unknown>;
};

export type HandoverInput = Common & { readonly room: 'handovers'; readonly handoverId: string } & (
    | (By & {
        /** Reply: {@link HandoverReply}, like the next three. */
        readonly type: 'initiated';
        readonly toOrganizationId: string | null;
        readonly mode: HandoverMode;
        readonly note: string | null;
        readonly tokenHash: Uint8Array;
        readonly expiresAt: Date;
      })
    | (By & {
        /** The token was right (handovers/token.ts). */
        readonly type: 'accepted';
        /** idle: it is cut over as soon as nothing is going on any more. */
        readonly when: 'now' | 'idle';
        readonly siteId: string | null;
        readonly name: string | null;
      })
    | (By & { readonly type: 'declined'; readonly reason: string | null })
    | (By & { readonly type: 'cancelled'; readonly reason: string | null })
    /** dueAt has passed. */
    | { readonly type: 'due' }
    /** After the cutover, while the charger is connected: what is to be taken to it next? */
    | {
        readonly type: 'care_due';
        /** A new key for it; undefined: its version takes none. */
        readonly key:
          | (ReadyCall & {
              readonly sealed: string;
              readonly hash: Uint8Array;
              readonly salt: Uint8Array;
              readonly kid: string;
            })
          | undefined;
        /** By the name of the item (handovers/machine/care.ts). */
        readonly calls: Readonly<Record<string, ReadyCall>>;
      }
  );

export type HandoverRefusal =
  /** The charge point is not of whoever asks, or there is no such handover. */
  | 'unknown'
  /** Another handover of this charge point is open. */
  | 'already_open'
  /** Somebody was faster, or it has ended. */
  | 'not_open'
  /** Who gives it away cannot accept it. */
  | 'own'
  /** A check says no, or something is going on and nobody wants to wait. */
  | 'blocked';
export type HandoverReply =
  | { readonly at: 'done' }
  | {
      readonly at: 'refused';
      readonly why: HandoverRefusal;
      readonly status?: string;
      readonly checks?: readonly string[];
    };
