/** Local authorization lists. Types only. */
import type { EndedCommand } from './command-ended.ts';
import type { Common } from './common.ts';

export type LocalListInput = Common & { readonly room: 'local_lists' } & (
    | {
        /** Reply: {@link LocalListReply}. */
        readonly type: 'requested';
        readonly mode: 'full' | 'differential' | 'auto';
        readonly requestedBy: string;
      }
    /** The request of the step at hand is queued. */
    | { readonly type: 'asked'; readonly commandId: string }
    | { readonly type: 'command_ended'; readonly command: EndedCommand }
    /** The charger holds what it should at this site (null: at none). `refreshAt`: when its first entry expires. */
    | {
        readonly type: 'finished';
        readonly revision: number;
        readonly siteId: string | null;
        readonly hash: string;
        readonly refreshAt: Date | null;
      }
    | {
        readonly type: 'given_up';
        readonly error: {
          readonly code:
            | 'offline'
            | 'failed'
            | 'too_many_messages'
            | 'not_supported'
            | 'version_mismatch'
            | 'no_answer';
          readonly message: string;
        };
      }
  );

export type LocalListReply = { readonly started: boolean };
