/** Files that chargers are asked for. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

/** A file that a charger is asked for. */
export type UploadInput = Common & { readonly room: 'uploads' } & (
    | {
        /** Reply: {@link UploadReply}. */
        readonly type: 'requested';
        readonly upload: {
          /** Drawn before, as the command's id and the request's. */
          readonly id: string;
          readonly kind: 'diagnostics' | 'security_log' | 'diagnostics_log' | 'data_collector_log';
          readonly requestId: number;
          readonly commandId: string;
          /** Redacted; null: the file comes here. */
          readonly externalUrl: string | null;
          readonly tokenHash: Uint8Array | null;
          readonly expiresAt: Date;
          readonly logFrom: Date | null;
          readonly logTo: Date | null;
          readonly requestedBy: string;
          readonly retries: number | null;
          readonly retryIntervalS: number | null;
        };
      }
    | CommandEnded
    /** The charger is about to be asked by the other call. Reply: {@link AskedAgainReply}. */
    | {
        readonly type: 'asking_again';
        readonly uploadId: string;
        readonly commandId: string;
        /** Of a new URL; null: it goes elsewhere. */
        readonly tokenHash: Uint8Array | null;
      }
    /** DiagnosticsStatusNotification, LogStatusNotification. Fed by stations. */
    | { readonly type: 'status_reported'; readonly requestId: number | undefined; readonly status: string }
    /** A transfer begins. Reply: {@link ArrivalReply}. */
    | { readonly type: 'arriving'; readonly uploadId: string; readonly claim: string; readonly until: Date }
    /** The file is stored. Reply: {@link ArrivalReply}. */
    | {
        readonly type: 'arrived';
        readonly uploadId: string;
        readonly claim: string;
        readonly storedAs: string;
        readonly sizeBytes: number;
        readonly sha256: string;
        readonly fileName: string | undefined;
      }
    /** The transfer came to nothing. */
    | { readonly type: 'broken'; readonly uploadId: string; readonly claim: string; readonly why: UploadFault }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly uploadId: string }
  );

/** false: somebody else asks, or nothing is wanted any more. */
export type AskedAgainReply = { readonly yours: boolean };

export type UploadReply = { readonly created: boolean; readonly why?: 'too_many' };

export type ArrivalReply = { readonly taken: boolean; readonly why?: 'unknown' | 'expired' | 'used' | 'busy' };

export type UploadFault = 'aborted' | 'too_slow' | 'too_large' | 'empty' | 'unreadable' | 'no_space' | 'internal';
