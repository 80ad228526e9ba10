/** Charging profiles in the domain's words: equal for all versions. What only newer versions can say is optional. Types only. */

/** external_constraints: set by somebody else than us (a grid operator, an energy manager), and only ever reported. */
export type ProfilePurpose =
  | 'charge_point_max'
  | 'tx_default'
  | 'tx'
  | 'external_constraints'
  | 'priority_charging'
  | 'local_generation';

/** OCPP 2.1: what a period asks of an EV that may also discharge; absent: charging_only. */
export type OperationMode =
  | 'idle'
  | 'charging_only'
  | 'central_setpoint'
  | 'external_setpoint'
  | 'external_limits'
  | 'central_frequency'
  | 'local_frequency'
  | 'local_load_balancing';

/** In the unit of the schedule. With L2 and L3 the plain one is L1. Discharging is negative. OCPP 2.1 but for `limit`. */
export type ScheduleRates = {
  readonly limit?: number | undefined;
  readonly limitL2?: number | undefined;
  readonly limitL3?: number | undefined;
  readonly dischargeLimit?: number | undefined;
  readonly dischargeLimitL2?: number | undefined;
  readonly dischargeLimitL3?: number | undefined;
  readonly setpoint?: number | undefined;
  readonly setpointL2?: number | undefined;
  readonly setpointL3?: number | undefined;
  readonly setpointReactive?: number | undefined;
  readonly setpointReactiveL2?: number | undefined;
  readonly setpointReactiveL3?: number | undefined;
};

export type SchedulePeriod = ScheduleRates & {
  readonly startS: number;
  readonly phases?: number | undefined;
  /** 2.0.1: which one, when phases is 1. */
  readonly phaseToUse?: number | undefined;
  readonly mode?: OperationMode | undefined;
  readonly v2xBaseline?: number | undefined;
  readonly precondition?: boolean | undefined;
  readonly evseSleep?: boolean | undefined;
  readonly freqWattCurve?: readonly { readonly frequencyHz: number; readonly powerW: number }[] | undefined;
  readonly signalWattCurve?: readonly { readonly signal: number; readonly powerW: number }[] | undefined;
};

export type ChargingSchedule = {
  /** 2.x: unique within the profile; absent: its place in it. */
  readonly id?: number | undefined;
  readonly durationS?: number | undefined;
  readonly startAt?: string | undefined;
  readonly unit: 'A' | 'W';
  readonly minRate?: number | undefined;
  readonly periods: readonly SchedulePeriod[];
  readonly useLocalTime?: boolean | undefined;
  readonly randomizedDelayS?: number | undefined;
  /** Beyond so many per cent no more than that. */
  readonly limitAtSoc?: { readonly socPercent: number; readonly limit: number } | undefined;
  readonly powerTolerance?: number | undefined;
  /** Prices for the EV (ISO 15118), in OCPP's own shape: handed through as they are. */
  readonly salesTariff?: Readonly<Record<string, unknown>> | undefined;
  readonly absolutePrices?: Readonly<Record<string, unknown>> | undefined;
  readonly priceLevels?: Readonly<Record<string, unknown>> | undefined;
};

/** Instants as RFC 3339 texts. */
export type ChargingProfile = {
  /** By which the charger knows it. */
  readonly profileId: number;
  /** 0: the whole charge point. 2.x: the EVSE. */
  readonly connectorId: number;
  readonly purpose: ProfilePurpose;
  readonly stackLevel: number;
  /** dynamic (2.1): one period whose values are renewed while it holds. */
  readonly kind: 'absolute' | 'recurring' | 'relative' | 'dynamic';
  readonly recurrency?: 'daily' | 'weekly' | undefined;
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** Of the purpose tx: our number of the session. */
  readonly transactionId?: number | undefined;
  /** Of the purpose tx, 2.x: what the station calls the transaction. */
  readonly ocppTransactionId?: string | undefined;
  readonly schedule: ChargingSchedule;
  /** 2.x, for ISO 15118: up to two more that the EV may choose instead. */
  readonly alternatives?: readonly ChargingSchedule[] | undefined;
  readonly maxOfflineS?: number | undefined;
  /** After being offline for longer it does not come back by itself. */
  readonly invalidAfterOffline?: boolean | undefined;
  /** Of the kind dynamic: how often the station asks for new values; absent or 0: it waits for them. */
  readonly updateIntervalS?: number | undefined;
  readonly updatedAt?: string | undefined;
};

/** Which profiles are meant: an id names one, else the other criteria are met together, none means all (OCPP 1.6 §5.5). */
export type ProfileCriteria = {
  readonly profileId?: number | undefined;
  readonly connectorId?: number | undefined;
  readonly purpose?: ProfilePurpose | undefined;
  readonly stackLevel?: number | undefined;
};

/** Which profiles a station is asked to tell of (2.x). All that is given is met together. */
export type ReportCriteria = {
  /** Absent: of all EVSEs and of the station. */
  readonly connectorId?: number | undefined;
  readonly purpose?: ProfilePurpose | undefined;
  readonly stackLevel?: number | undefined;
  readonly profileIds?: readonly number[] | undefined;
  /** Who set them, in OCPP's words: CSO (we), SO, EMS, Other, … */
  readonly sources?: readonly string[] | undefined;
};
