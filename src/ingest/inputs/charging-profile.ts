/** Charging profiles in the domain's words. Types only. */
/** A charging profile in the domain's words: equal for all versions. Instants as RFC 3339 texts. */
export type ChargingProfile = {
  /** By which the charger knows it. */
  readonly profileId: number;
  /** 0: the whole charge point. */
  readonly connectorId: number;
  readonly purpose: 'charge_point_max' | 'tx_default' | 'tx';
  readonly stackLevel: number;
  readonly kind: 'absolute' | 'recurring' | 'relative';
  readonly recurrency?: 'daily' | 'weekly' | undefined;
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** Of the purpose tx. */
  readonly transactionId?: number | undefined;
  readonly schedule: {
    readonly durationS?: number | undefined;
    readonly startAt?: string | undefined;
    readonly unit: 'A' | 'W';
    readonly minRate?: number | undefined;
    readonly periods: readonly {
      readonly startS: number;
      readonly limit: number;
      readonly phases?: number | undefined;
    }[];
  };
};

/** Which profiles are meant: an id names one, else the other criteria are met together, none means all (OCPP 1.6 §5.5). */
export type ProfileCriteria = {
  readonly profileId?: number | undefined;
  readonly connectorId?: number | undefined;
  readonly purpose?: ChargingProfile['purpose'] | undefined;
  readonly stackLevel?: number | undefined;
};
