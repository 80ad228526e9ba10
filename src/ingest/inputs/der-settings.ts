/** OCPP 2.1 block R: what a DER control sets, in the domain's words. Types only. */

export type DerControlType =
  | 'enter_service'
  | 'freq_droop'
  | 'freq_watt'
  | 'fixed_pf_absorb'
  | 'fixed_pf_inject'
  | 'fixed_var'
  | 'gradients'
  | 'hf_must_trip'
  | 'hf_may_trip'
  | 'hv_must_trip'
  | 'hv_mom_cess'
  | 'hv_may_trip'
  | 'limit_max_discharge'
  | 'lf_must_trip'
  | 'lv_must_trip'
  | 'lv_mom_cess'
  | 'lv_may_trip'
  | 'power_monitoring_must_trip'
  | 'volt_var'
  | 'volt_watt'
  | 'watt_pf'
  | 'watt_var';

export type DerUnit =
  | 'not_applicable'
  | 'pct_max_w'
  | 'pct_max_var'
  | 'pct_w_avail'
  | 'pct_var_avail'
  | 'pct_effective_v';

export type DerCurve = {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly yUnit: DerUnit;
  readonly responseTimeS?: number | undefined;
  readonly hysteresis?:
    | {
        readonly high?: number | undefined;
        readonly low?: number | undefined;
        readonly delayS?: number | undefined;
        readonly gradient?: number | undefined;
      }
    | undefined;
  readonly reactivePower?:
    | {
        readonly vRef?: number | undefined;
        readonly autonomousVRef?: boolean | undefined;
        readonly timeConstantS?: number | undefined;
      }
    | undefined;
  readonly voltage?:
    | {
        readonly hv10MinMean?: number | undefined;
        readonly hv10MinTripDelayS?: number | undefined;
        readonly duringCessation?: 'active' | 'reactive' | undefined;
      }
    | undefined;
};

/** What it sets, by the type of the control (R04.FR.16). */
export type DerSettings =
  | { readonly curve: DerCurve }
  | {
      readonly enterService: {
        readonly highVoltage: number;
        readonly lowVoltage: number;
        readonly highFreq: number;
        readonly lowFreq: number;
        readonly delayS?: number | undefined;
        readonly randomDelayS?: number | undefined;
        readonly rampRate?: number | undefined;
      };
    }
  | { readonly fixedPf: { readonly displacement: number; readonly excitation: boolean } }
  | { readonly fixedVar: { readonly setpoint: number; readonly unit: DerUnit } }
  | {
      readonly freqDroop: {
        readonly overFreq: number;
        readonly underFreq: number;
        readonly overDroop: number;
        readonly underDroop: number;
        readonly responseTimeS: number;
      };
    }
  | { readonly gradient: { readonly gradient: number; readonly softGradient: number } }
  | {
      readonly limitMaxDischarge: {
        readonly pctMaxDischargePower?: number | undefined;
        readonly powerMonitoringMustTrip?: DerCurve | undefined;
      };
    };

export type DerControl = {
  readonly controlId: string;
  /** Holds whenever no scheduled one does. */
  readonly isDefault: boolean;
  readonly type: DerControlType;
  /** The smaller, the more it counts. */
  readonly priority: number;
  /** RFC 3339; never of a default (R04.FR.12). */
  readonly startAt?: string | undefined;
  readonly durationS?: number | undefined;
  readonly settings: DerSettings;
};

/** All that is given is met together. */
export type DerCriteria = {
  readonly isDefault?: boolean | undefined;
  readonly controlType?: DerControlType | undefined;
  readonly controlId?: string | undefined;
};
