/** The state of the room "tokens": the one token that an input of this charge point asks about, and who may charge there. */

export const policies = ['list', 'open', 'free'] as const;
/** list: known tokens. open: unknown ones too, and they are collected. free: everybody, and nobody pays. */
export type Policy = (typeof policies)[number];

/** What may be said of a token as of a group. */
export type Standing = {
  readonly status: 'active' | 'blocked';
  readonly validUntil: Date | null;
  /** Sessions at once; null: no limit. */
  readonly maxConcurrent: number | null;
  /** Where it may charge; both empty: everywhere. */
  readonly allowedSiteIds: readonly string[];
  readonly allowedChargePointIds: readonly string[];
};
export type GroupRow = Standing & { readonly id: string; readonly parentIdTag: string };
export type TokenRow = Standing & {
  readonly id: string;
  readonly type: string;
  /** Prepaid: what is left; null: it is not. */
  readonly credit: string | null;
  readonly group: GroupRow | null;
};

export type Place = { readonly chargePointId: string; readonly siteId: string | null };

export type TokenState = {
  readonly policy: Policy;
  readonly siteId: string | null;
  readonly token: TokenRow | undefined;
  /** A tariff is assigned to it, or to its group. */
  readonly hasOwnTariff: boolean;
  /** Accepted sessions elsewhere than on the connector in question, those of this batch included. */
  readonly sessionsElsewhere: { readonly ofToken: number; readonly ofGroup: number };
  /** Some reservation of this charge point is open: whether this start uses it is for the room of reservations to say. */
  readonly hasReservations: boolean;
  /** It is the token of a commissioning run of this charge point: while that is open it may charge, and nobody ever pays. */
  readonly test?: 'open' | 'ended';
  /**
   * A payment that was authorized elsewhere: until when it may begin a session, and the one that it began; `isKept`: its remote start
   * and its limit were not forgotten yet. unheard: the station's own terminal has authorized it (2.1 C18).
   */
  readonly payment?:
    | {
        readonly until: Date;
        readonly used: boolean;
        readonly isKept: boolean;
        readonly ocppTransactionId: string | null;
      }
    | 'unheard';
  /** Tokens that nobody knows, to be written down. */
  readonly strangers: readonly Stranger[];
};
export type Stranger = { readonly uid: string; readonly at: Date };

/** Tokens of this type are typed in. */
export const TYPED_TYPE = 'key_code';
