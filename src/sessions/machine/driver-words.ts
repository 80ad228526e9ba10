/** What drivers are to be shown, before anybody has said it in the words of a version (commands/types.ts, show_cost, show_price). */

/** With tax. */
export type ShownPrices = {
  readonly kWh: number | undefined;
  readonly hour: number | undefined;
  readonly flat: number | undefined;
  readonly idleHour: number | undefined;
  readonly idleGraceMinutes: number | undefined;
};
export type Text = { readonly language: string; readonly text: string };
/** One that is shown, and the same in other languages, if the charger can show those. */
export type Texts = { readonly text: string; readonly language: string; readonly texts: readonly Text[] };

export type Shown = {
  readonly do: 'show_cost';
  readonly transactionId: number;
  readonly ocppTransactionId: string | undefined;
  readonly total: number;
  readonly meterWh: number;
  readonly at: Date;
  readonly hasDetails: boolean;
} & (
  | {
      /** stopped: only standing there may still cost. */
      readonly kind: 'running' | 'stopped';
      readonly isCharging: boolean;
      readonly prices: ShownPrices;
      /** By the clock alone. */
      readonly next?: { readonly at: Date; readonly prices: ShownPrices };
      /** Where prices change, so that a reading is wanted just then; `isStatus`: whenever it begins or ends to charge. */
      readonly readAt: {
        readonly at: Date | undefined;
        readonly energyWh: number | undefined;
        readonly powerW: number | undefined;
        readonly isStatus: boolean;
      };
    }
  | ({ readonly kind: 'final'; readonly link: string | undefined } & Texts)
);

/** A driver's own prices, before his session begins. */
export type ShownPrice = { readonly do: 'show_price'; readonly tokenUid: string } & Texts;
