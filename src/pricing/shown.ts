/** What drivers are shown of prices and costs: by the messages of OCA's "OCPP & California Pricing Requirements" (1.6), by CostUpdated (2.x). Types only. */

/** With tax. */
export type ShownPrices = {
  readonly kWh: number | undefined;
  readonly hour: number | undefined;
  readonly flat: number | undefined;
  readonly idleHour: number | undefined;
  readonly idleGraceMinutes: number | undefined;
};
export type ShownText = { readonly language: string; readonly text: string };
/** What is shown, and the same in other languages, if the charger can show those. */
export type Texts = { readonly text: string; readonly language: string; readonly texts: readonly ShownText[] };

export type RunningCost = {
  readonly kind: 'running' | 'stopped';
  readonly isCharging: boolean;
  readonly prices: ShownPrices;
  /** By the clock alone. */
  readonly next?: { readonly at: Date; readonly prices: ShownPrices };
  /** Where prices change, so that a reading of the meter is wanted just then; `isStatus`: whenever it begins or ends to charge. */
  readonly readAt: {
    readonly at: Date | undefined;
    readonly energyWh: number | undefined;
    readonly powerW: number | undefined;
    readonly isStatus: boolean;
  };
};
export type FinalCost = { readonly kind: 'final'; readonly link: string | undefined } & Texts;

/** What a session costs. 2.x: only while it runs; the final cost goes with the answer to its end. */
export type ShowCost = {
  readonly do: 'show_cost';
  readonly transactionId: number;
  readonly ocppTransactionId?: string | undefined;
  /** In the currency of the charger, with tax. */
  readonly total: number;
  readonly meterWh: number;
  readonly at: Date;
  /** 2.x: it understands what OCA's note adds to CostUpdated. */
  readonly hasDetails: boolean;
} & (RunningCost | FinalCost);

/** 1.6: a driver reads his own prices, before he charges. */
export type ShowPrice = { readonly do: 'show_price'; readonly tokenUid: string } & Texts;
