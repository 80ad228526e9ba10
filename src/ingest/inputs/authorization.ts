/** What a charger is told of a token. Types only. */
export type Authorization =
  | 'accepted'
  | 'blocked'
  | 'expired'
  | 'invalid'
  /** It may charge, but not at this charge point. */
  | 'not_at_this_location'
  | 'concurrent_tx'
  /** 2.1 C17: a prepaid token has nothing left. */
  | 'no_credit';

export type AuthorizeReply = {
  readonly authorization: Authorization;
  readonly expiresAt?: Date | undefined;
  /** Of a prepaid token: what is left, in the currency of the tariff. */
  readonly credit?: string | undefined;
  /** parentIdTag or groupIdToken: not the id of the group here */
  readonly groupId?: string | undefined;
  /** A tariff is assigned to it, or to its group: only then there is one to ask for (2.1 I08). */
  readonly hasOwnTariff?: true | undefined;
};

/** What a token is, as its record says (1-product.md). */
export type TokenType = 'rfid' | 'emaid' | 'app' | 'key_code' | 'local' | 'mac' | 'vin' | 'central';
