/** What a session may take, last or cost at most (2.1 TransactionLimitType). Types only. */
export type LimitKind = 'energy' | 'time' | 'cost' | 'soc';

/** What is absent is not limited. */
export type TransactionLimit = {
  readonly maxEnergyWh?: number | undefined;
  readonly maxTimeS?: number | undefined;
  /** A decimal in the currency of the tariff, tax included. */
  readonly maxCost?: string | undefined;
  readonly maxSocPercent?: number | undefined;
};
