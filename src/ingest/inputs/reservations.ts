/** Reservations. Types only. */
import type { TokenType } from './authorization.ts';
import type { EndedCommand } from './command-ended.ts';
import type { ChargerInstant, Common } from './common.ts';

export type ReservationInput = Common & { readonly room: 'reservations' } & (
    | {
        /** The charger is being asked for it. */
        readonly type: 'requested';
        readonly reservationId: string;
        /** What the charger is to call it. */
        readonly ocppId: number;
        /** It takes the place of this one, with the same ocppId, once the charger accepts it. */
        readonly replacesId: string | null;
        /** 0: any */
        readonly connectorId: number;
        readonly connectorType: string | null;
        readonly tokenUid: string;
        readonly tokenKind: TokenType | null;
        readonly groupId: string | null;
        readonly parentIdTag: string | null;
        readonly expiresAt: Date;
        readonly requestedBy: string;
        readonly commandId: string;
      }
    /** The charger has rebooted, or its answer was lost, and it is being asked for it again. */
    | { readonly type: 'renewal_requested'; readonly reservationId: string; readonly commandId: string }
    /** The charger is being asked to let go of it. */
    | { readonly type: 'cancel_requested'; readonly reservationId: string }
    | { readonly type: 'command_ended'; readonly command: EndedCommand }
    /** An accepted session began. Fed by sessions. */
    | {
        readonly type: 'session_started';
        readonly sessionId: string;
        readonly connectorId: number;
        readonly tokenUid: string;
        readonly parentIdTag: string | undefined;
        readonly ocppId: number | undefined;
        readonly at: ChargerInstant;
      }
    /** A connector that was reserved is available. Fed by stations. */
    | {
        readonly type: 'connector_freed';
        readonly connectorId: number;
        readonly at: ChargerInstant;
        /** When the charger last booted. */
        readonly bootedAt: Date | null;
      }
    /** ReservationStatusUpdate of 2.x: the charger has given it up by itself. */
    | {
        readonly type: 'ended_by_charger';
        readonly ocppId: number;
        readonly why: 'expired' | 'removed' | 'no_transaction';
      }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly reservationId: string }
  );
