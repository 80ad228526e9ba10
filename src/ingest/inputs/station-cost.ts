/** A cost as a station of OCPP 2.1 computed it (CostDetailsType). Types only. Amounts are decimal texts, quantities as it told them. */
type Amount = { readonly exclTax: string | null; readonly inclTax: string | null };

export type StationCost = {
  /** undefined: the station failed to compute it. */
  readonly currency: string | undefined;
  readonly kind: 'normal' | 'min' | 'max' | undefined;
  readonly total: Amount;
  readonly parts: Readonly<
    Partial<
      Record<'fixed' | 'energy' | 'charging_time' | 'idle_time' | 'reservation_time' | 'reservation_fixed', Amount>
    >
  >;
  readonly usage: {
    readonly energy: number | null;
    readonly chargingS: number | null;
    readonly idleS: number | null;
    readonly reservationS: number | null;
  };
  readonly periods: readonly {
    readonly startedAt: string;
    readonly tariffId: string | null;
    readonly dimensions: readonly { readonly type: string; readonly volume: number }[];
  }[];
  readonly failed: boolean;
  readonly failureReason: string | null;
};
