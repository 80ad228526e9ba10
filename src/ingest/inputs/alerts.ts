/**
 * What the rules of src/alerts find, and what people do about it. Types only.
 * `chargePointId` is the organization's id where an alert belongs to no single charge point (ingest/store.ts locks either).
 */
import type { Common } from './common.ts';

export type AlertSeverity = 'info' | 'warning' | 'critical';

export type AlertInput = Common & { readonly room: 'alerts' } & (
    | {
        /** What a rule looks for is so. */
        readonly type: 'observed';
        /** Drawn before: decide has no randomness. Unused when such an alert is open already. */
        readonly alertId: string;
        readonly rule: string;
        readonly evseId: number;
        readonly connectorId: number;
        readonly subject: string;
        readonly severity: AlertSeverity;
        /** An open one that says less gives way to one that says this. */
        readonly mayRise?: boolean | undefined;
        readonly title: string;
        readonly reason: string;
        readonly evidence: Readonly<Record<string, unknown>>;
        /** Since when it is so; null: nobody knows, so it counts from now. */
        readonly since: Date | null;
        /** When it last happened again; null: it is a lasting condition. */
        readonly lastAt: Date | null;
        /** So long it must have been so. */
        readonly forS: number;
        /** Of a group: whose charge points they are, and who joins it. */
        readonly siteId?: string | null | undefined;
        readonly members?: readonly string[] | undefined;
      }
    /** It is so no more. `superseded`: a grouped alert stands for it. */
    | { readonly type: 'recovered'; readonly alertId: string; readonly superseded?: true | undefined }
    /** By a person. Reply: {@link AlertReply}. */
    | { readonly type: 'acknowledged'; readonly alertId: string; readonly note: AlertNote }
    /** The same. */
    | { readonly type: 'resolved'; readonly alertId: string; readonly note: AlertNote }
  );

export type AlertNote = { readonly commentId: string; readonly author: string; readonly text: string | null };

export type AlertReply = { readonly done: boolean; readonly why?: 'unknown' | 'resolved' | 'acknowledged' | 'pending' };
