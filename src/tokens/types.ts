/** The state of the room "tokens": the one token that an input of this charge point asks about. */
export type TokenRow = {
  readonly id: string;
  readonly groupId: string | null;
  readonly status: 'active' | 'blocked';
  readonly validUntil: Date | null;
  readonly maxConcurrent: number | null;
};

export type TokenState = {
  readonly token: TokenRow | undefined;
  /** Accepted sessions of this token elsewhere than on the connector in question, those of this batch included. */
  readonly sessionsElsewhere: number;
};

/** OCPP 1.6 idTags are case-insensitive; blanks around them are typing mistakes (X13). */
export const uidKey = (uid: string): string => uid.trim().toLowerCase();
