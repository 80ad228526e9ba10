/** Messages on the displays of charging stations. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';
import type { DisplayMessage } from './display-message.ts';

export type DisplayMessageInput = Common & { readonly room: 'display_messages' } & (
    | CommandEnded
    /** The station is asked what it holds. */
    | {
        readonly type: 'refresh_requested';
        readonly refreshId: string;
        readonly requestId: number;
        readonly commandId: string;
        readonly requestedBy: string;
        /** Until then the station may be asked, and answer. */
        readonly commandEndsBy: Date;
      }
    /** NotifyDisplayMessages. */
    | {
        readonly type: 'reported';
        readonly requestId: number | undefined;
        readonly tbc: boolean;
        readonly messages: readonly DisplayMessage[];
      }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly refreshId: string }
  );
