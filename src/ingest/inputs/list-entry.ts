/** What local authorization lists hold, and what answers tell of them. Types only. */
/** An entry of a list, as a charger holds it. */
export type ListEntry = {
  readonly uid: string;
  /** Our kind of token; null: its version of OCPP knows no kinds (1.6). */
  readonly type: string | null;
  /** In OCPP's words: Accepted, Blocked, Expired, … */
  readonly status: string;
  readonly expiresAt: Date | null;
  readonly parentIdTag: string | null;
};

/** What the answer to a request tells of the list; null: that was not told. */
export type ListLearned =
  | { readonly about: 'local_list_version'; readonly version: number }
  | {
      readonly about: 'local_list_sent';
      readonly version: number;
      readonly full: boolean;
      readonly put: readonly ListEntry[];
      readonly removed: readonly string[];
    };
