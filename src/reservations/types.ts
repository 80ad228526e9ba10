/** The state of the room "reservations": those of one charge point that an input may concern. */
import type { reservationStatuses } from '../events/index.ts';
import type { TokenType } from '../ingest/inputs.ts';

export type ReservationStatus = (typeof reservationStatuses)[number];

/** A row of the table reservations. */
export type ReservationRow = {
  readonly id: string;
  readonly ocppId: number;
  readonly replacesId: string | null;
  /** 0: any */
  readonly connectorId: number;
  /** Of 2.x: which kind of plug; null: it does not matter. */
  readonly connectorType: string | null;
  readonly tokenUid: string;
  /** rfid, emaid, …; null: not known then. */
  readonly tokenKind: TokenType | null;
  readonly groupId: string | null;
  readonly parentIdTag: string | null;
  readonly status: ReservationStatus;
  /** Of one that is requested: why its answer did not come (no_answer, …); null: it may still come. Of an open one also what is being done about it. */
  readonly reason: string | null;
  readonly expiresAt: Date;
  /** null: it has ended */
  readonly dueAt: Date | null;
  /** The ReserveNow that the charger has not answered yet, or never did. */
  readonly commandId: string | null;
  readonly sessionId: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  /** Since when the charger holds it, or the one whose place it took. */
  readonly activeSince: Date | null;
  readonly endedAt: Date | null;
  readonly updatedAt: Date;
};

/** The answer was lost, and the charger is being asked for it once more. */
export const ASKED_AGAIN = 'asked_again';
/** Nobody wants it any more: the charger is being asked to let go of it, or is to be asked (sweep.ts). It is not asked for it again. */
export const CANCELLING = 'cancelling';
export const TO_BE_RELEASED = 'to_be_released';

type Reason = Pick<ReservationRow, 'reason'>;
export const isUnwanted = ({ reason }: Reason): boolean => reason === CANCELLING || reason === TO_BE_RELEASED;
export const isPursued = (row: Reason): boolean => row.reason === ASKED_AGAIN || isUnwanted(row);

export type ReservationState = {
  /** All open ones, and the ended ones that the inputs name. By id. */
  readonly reservations: ReadonlyMap<string, ReservationRow>;
};
