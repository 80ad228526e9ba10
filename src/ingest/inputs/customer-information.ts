/** What charging stations hold of a person: told, or cleared. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

export type CustomerInformationInput = Common & { readonly room: 'customer_information' } & (
    | {
        readonly type: 'requested';
        readonly reportId: string;
        readonly requestId: number;
        readonly commandId: string;
        readonly report: boolean;
        readonly clear: boolean;
        readonly subject: 'identifier' | 'token' | 'certificate';
        readonly requestedBy: string;
        /** Until then the station may be asked, and answer. */
        readonly commandEndsBy: Date;
      }
    | CommandEnded
    /** NotifyCustomerInformation. */
    | {
        readonly type: 'told';
        readonly requestId: number | undefined;
        readonly seqNo: number | undefined;
        readonly tbc: boolean;
        /** Personal data: it goes nowhere but into its row. */
        readonly data: string;
      }
    /** Somebody takes the data. Reply: {@link CollectReply}. */
    | { readonly type: 'collected'; readonly reportId: string }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly reportId: string }
  );

export type CollectReply =
  | { readonly data: string; readonly whole: boolean }
  | { readonly data: undefined; readonly why: 'unknown' | 'not_ready' | 'collected' | 'expired' | 'none' };
