/**
 * What pricing is handed and what it hands back: the terms of a tariff, the timeline of a session, the cost. Plain data that
 * survives JSON; no other room's types. Money and tax are decimal texts, never binary floats; energy is in Wh.
 */

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** All that are given must hold at an instant. From (`start`, `min`) is inclusive, to (`end`, `max`) is exclusive. */
export type Restrictions = {
  /** The day that the wall clock of the site shows at that instant, after midnight too. */
  readonly weekdays?: readonly Weekday[] | undefined;
  /** HH:MM on the wall clock of the site; an end at or before the start is on the next day. 00:00 as the end is midnight. */
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  /** YYYY-MM-DD at the site. */
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
  /** Energy of the session until then. */
  readonly minEnergyWh?: number | undefined;
  readonly maxEnergyWh?: number | undefined;
  /** Since the session began; of a reservation: since it began. */
  readonly minDurationS?: number | undefined;
  readonly maxDurationS?: number | undefined;
  /** The mean power between two readings of the meter. */
  readonly minPowerW?: number | undefined;
  readonly maxPowerW?: number | undefined;
};

type Common = {
  /** What it costs, in the terms of the tariff (with or without tax). */
  readonly price: string;
  /** Instead of the tariff's own. */
  readonly taxPercent?: string | undefined;
  /** What the driver reads beside the line. */
  readonly label?: string | undefined;
  readonly restrictions?: Restrictions | undefined;
};
/** The step rounds the quantity of the line up, once, at the end. */
export type Component = Common &
  (
    | { readonly type: 'energy'; readonly stepWh?: number | undefined }
    | { readonly type: 'time'; readonly stepS?: number | undefined }
    /** Per minute of not charging by the vehicle's doing; the first `graceS` of a session cost nothing. */
    | { readonly type: 'idle'; readonly graceS?: number | undefined; readonly stepS?: number | undefined }
    /** Once in a session: the first one that holds, at the earliest instant at which any holds. */
    | { readonly type: 'flat' }
    /** Per hour that a connector was kept free for this session. */
    | { readonly type: 'reservation'; readonly stepS?: number | undefined }
  );
export type ComponentType = Component['type'];

/** What a price is a price of. */
export const per = { energy: 'kWh', time: 'h', idle: 'min', flat: 'session', reservation: 'h' } as const;

/** Of the components of one type, the first one in this order whose restrictions hold is the one that counts. */
export type Terms = {
  readonly currency: string;
  /** True: prices, minimum and maximum are what the driver pays. False: tax is added to them. */
  readonly pricesIncludeTax: boolean;
  readonly taxPercent: string;
  readonly minTotal?: string | undefined;
  readonly maxTotal?: string | undefined;
  readonly components: readonly Component[];
};

/**
 * charging: takes energy, or would take it. idle: occupies the connector and takes none, by the vehicle's doing.
 * paused: takes none by the station's doing; neither time nor idle costs.
 */
export const phases = ['charging', 'idle', 'paused'] as const;
export type Phase = (typeof phases)[number];

/** The session still went on then. With an energy it is a reading; with a phase, that phase begins. */
export type Sample = {
  readonly at: Date;
  /** Of this session until then: cumulative. Kept to a millionth of a Wh; below an earlier one it counts as that one. */
  readonly energyWh?: number | undefined;
  readonly phase?: Phase | undefined;
};

/** One session as far as prices depend on it. It begins charging. The order of the samples does not matter. */
export type Timeline = {
  /** IANA: the zone of the site, whose wall clock and calendar restrictions mean. */
  readonly timezone: string;
  readonly startedAt: Date;
  /** Its end, or until when it shall be priced; absent: its last sample. */
  readonly endedAt?: Date;
  readonly samples: readonly Sample[];
  readonly reservation?: { readonly from: Date; readonly until: Date };
};

export type Line = {
  readonly type: ComponentType | 'minimum' | 'maximum';
  /** Which component of the tariff, from 0; absent for minimum and maximum. */
  readonly component?: number;
  readonly label?: string;
  /** What was measured and what is charged for after the step: Wh for energy, seconds for times, pieces for flat. */
  readonly quantity: string;
  readonly billed: string;
  readonly unit: 'Wh' | 's' | 'piece';
  readonly price: string;
  readonly per: (typeof per)[ComponentType];
  /** In the terms of the tariff, in whole digits of the currency. */
  readonly amount: string;
  readonly taxPercent: string;
};

/** What all lines of one rate come to. */
export type Tax = {
  readonly percent: string;
  readonly exclTax: string;
  readonly tax: string;
  readonly inclTax: string;
};

/**
 * What a session costs. The lines add up to `total.inclTax` when prices include tax, otherwise to `total.exclTax`; the taxes
 * add up to `total` in each column.
 */
export type Cost = {
  readonly currency: string;
  readonly pricesIncludeTax: boolean;
  readonly total: { readonly exclTax: string; readonly tax: string; readonly inclTax: string };
  readonly lines: readonly Line[];
  readonly taxes: readonly Tax[];
};
