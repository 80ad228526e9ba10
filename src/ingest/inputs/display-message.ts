/** A message on a display in the domain's words. Types only. */
export type DisplayText = {
  readonly format: 'ascii' | 'html' | 'uri' | 'utf8' | 'qrcode';
  readonly language?: string | undefined;
  readonly content: string;
};

/** A message in the domain's words. Instants as RFC 3339 texts. */
export type DisplayMessage = {
  /** By which the station knows it. */
  readonly messageId: number;
  readonly priority: 'always_front' | 'in_front' | 'normal_cycle';
  /** Shown only in this state; undefined: in any. */
  readonly state?: 'charging' | 'faulted' | 'idle' | 'unavailable' | 'suspended' | 'discharging' | undefined;
  readonly startsAt?: string | undefined;
  readonly endsAt?: string | undefined;
  /** Of this transaction, as the station names it; it goes with it. */
  readonly ocppTransactionId?: string | undefined;
  /** Which display, where a station has several. */
  readonly display?: {
    readonly name: string;
    readonly instance?: string | undefined;
    readonly evseId?: number | undefined;
  };
  readonly text: DisplayText;
  /** The same in other languages (2.1). */
  readonly extra: readonly DisplayText[];
};
