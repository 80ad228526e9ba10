/** Settings of chargers. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

/** A setting of a charger that is to have this value. */
export type WantedSetting = {
  readonly key: string;
  /** null: secret, see `sealed`. */
  readonly value: string | null;
  /** {value}, sealed for this charge point. */
  readonly sealed: string | null;
};

/** What a report says of a setting. */
export type ToldSetting = {
  readonly key: string;
  /** null: not told, write-only or secret. */
  readonly value: string | null;
  readonly readonly: boolean;
  readonly secret: boolean;
};

/** Settings of a charger. */
export type ConfigurationInput = Common & { readonly room: 'configuration' } & (
    | {
        /** Reply: {@link ConfigurationReply}. */
        readonly type: 'requested';
        readonly changeId: string;
        readonly kind: 'read' | 'change' | 'apply';
        /** Of `read`; undefined: all that there are. */
        readonly keys?: readonly string[] | undefined;
        /** Of `change` and `apply`; `apply` reads first, and sets only what differs. */
        readonly wanted: readonly WantedSetting[];
        readonly reboot: 'never' | 'now' | 'when_idle';
        readonly expiresAt: Date;
        /** It begins when the charger connects. */
        readonly mayWait: boolean;
        readonly requestedBy: string;
        readonly waitingNode?: string | undefined;
      }
    | CommandEnded
    /** Fed by the device model: what a station reports that can be changed, or says how much may be asked at once. */
    | { readonly type: 'told'; readonly settings: readonly ToldSetting[] }
    /** Fed by the device model: the report that this change wanted has ended. */
    | {
        readonly type: 'reported';
        readonly changeId: string;
        readonly complete: boolean;
        readonly why: string | undefined;
      }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly changeId: string }
    /** Fed by stations: what templates say for each boot is looked after. */
    | {
        readonly type: 'booted';
        /** It only says it again, as it was asked to. */
        readonly isTriggered?: true | undefined;
        readonly vendor: string | null;
        readonly model: string | null;
        readonly firmwareVersion: string | null;
      }
  );

export type ConfigurationReply = { readonly started: boolean; readonly why?: 'offline' | 'too_many' };
