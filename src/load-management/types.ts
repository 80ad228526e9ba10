/**
 * The words of the load-management room. An amount is a whole number in the unit of the site: tenths of an ampere per phase ('A'), or
 * watts ('W'). A wire is what a charger is told: tenths of A or W, in the charger's unit. Whole numbers, so that sums are exact.
 */
export type Unit = 'A' | 'W';
export type Wire = { readonly unit: Unit; readonly tenths: number };
export const strategies = ['equal', 'priority', 'first_come_first_served'] as const;
export type Strategy = (typeof strategies)[number];

/** What a charger is reckoned by, from its unit to the site's. */
export type Gauge = {
  readonly site: Unit;
  readonly unit: Unit;
  readonly voltage: number;
  readonly phases: number;
  /** All its phases carry the same, whatever the car does (DC). Only then watts may be divided by the phases. */
  readonly balanced: boolean;
};

export type CapWindow = {
  /** 1 Monday … 7 Sunday; empty: every day. */
  readonly days: readonly number[];
  /** Minutes of the day by the site's clock; to ≤ from: over midnight. */
  readonly from: number;
  readonly to: number;
  readonly cap: number;
};
export type Price = { readonly from: string; readonly to: string; readonly price: number };

/** Written by REST only. Amounts in the site's unit. */
export type Settings = {
  readonly enabled: boolean;
  readonly unit: Unit;
  readonly cap: number;
  readonly phases: 1 | 3;
  readonly voltage: number;
  readonly strategy: Strategy;
  /** What a charger may draw on which nobody charges: also what it begins with, and what it may while it is offline. */
  readonly idle: number;
  /** Of a charge point whose own is not known, for each of its EVSEs. */
  readonly evseMax: number;
  /** null: 6 A on each phase of the charger. */
  readonly evseMin: number | null;
  /** Who waits takes turns after so long. */
  readonly turnS: number;
  /** A limit that was just sent is not raised before. */
  readonly holdS: number;
  readonly windows: readonly CapWindow[];
  /** Above that price at most so much. */
  readonly priceCap: { readonly above: number; readonly cap: number } | null;
  /** A meter tells what else the site draws. Its readings count for so long; then this cap holds. */
  readonly meter: { readonly staleAfterS: number; readonly fallback: number } | null;
};

export type Meter = {
  /** What the site draws beside its chargers. */
  readonly draw: number;
  /** The most of the last minute, and when: room is given back only when it stays free. */
  readonly peak: number;
  readonly peakAt: number;
  readonly receivedAt: number;
};

/** Why the cap is what it is. */
export type CapReason = 'settings' | 'schedule' | 'price' | 'meter' | 'meter_silent';
export type Cap = {
  readonly amount: number;
  readonly reason: CapReason;
  /** When it is another one by itself, ms. */
  readonly changesAt: number | null;
};

/** What a command with a limit came to. open: on its way · unknown: sent, and nobody knows · unsent: it never went out. */
export type Outcome = 'open' | 'taken' | 'refused' | 'unknown' | 'unsent';

export type InFlight = {
  readonly commandId: string;
  readonly amount: number;
  readonly at: number;
  /** Its answer never came: it may hold, or not. */
  readonly doubtful: boolean;
};
/** What is known of the limit that a charger keeps to. */
export type Line = {
  /** What it took last. isGone: as far as we know it holds it no more (cleared, or replaced by somebody else). */
  readonly confirmed: {
    readonly commandId: string;
    readonly amount: number;
    readonly at: number;
    readonly isGone: boolean;
  } | null;
  /** Oldest first; a charger takes them in this order. */
  readonly inFlight: readonly InFlight[];
  readonly sentAt: number | null;
  /** In a row. */
  readonly failures: number;
  readonly retryAt: number | null;
};

/** none: nobody charges · held: the car takes nothing for now · full */
export type Demand = 'none' | 'held' | 'full';
export type EvseState = 'idle' | 'charging' | 'minimum' | 'paused';
export type Share = {
  readonly evseId: number;
  readonly state: EvseState;
  readonly amount: number;
  /** Of its state. */
  readonly since: number;
};
export type EvseFacts = {
  readonly evseId: number;
  readonly demand: Demand;
  /** When its session began. */
  readonly arrivedAt: number;
  readonly before: Share | undefined;
};

/** A charge point of the site, as it stands. */
export type Member = {
  readonly id: string;
  readonly gauge: Gauge;
  readonly managed: boolean;
  readonly online: boolean;
  readonly priority: number;
  /** Of each of its EVSEs: below it no car charges. */
  readonly min: number;
  /** Of the whole charge point, by its make. */
  readonly max: number;
  /** What others allow it, as it says; null: they do not care. */
  readonly external: number | null;
  /** A profile that we know of outranks ours. */
  readonly overruled: boolean;
  readonly bootedAt: number | null;
  /** The limit that it took last has another unit, rank or number of phases than it would be told today. */
  readonly isOutdated: boolean;
  readonly line: Line;
  readonly evses: readonly EvseFacts[];
};

export const memberReasons = [
  'shared',
  'minimum',
  'paused',
  'idle',
  'offline',
  'refused',
  'overruled',
  'unmanaged',
  'external',
] as const;
export type MemberReason = (typeof memberReasons)[number];

export type Verdict = {
  readonly id: string;
  /** What it should have in the end; of one that cannot be steered: what it may draw. */
  readonly target: number;
  /** The most that it may draw at this moment. */
  readonly ceiling: number;
  readonly reason: MemberReason;
  readonly shares: readonly Share[];
};
export type Sending = { readonly id: string; readonly amount: number; readonly why: 'lower' | 'raise' | 'again' };
/** met: all stay within the cap · lowering: they are being lowered to it · unmet: somebody cannot be lowered */
export type SiteState = 'met' | 'lowering' | 'unmet';
export type Plan = {
  readonly state: SiteState;
  /** What all together may draw at this moment, at most. */
  readonly ceiling: number;
  readonly verdicts: readonly Verdict[];
  readonly sendings: readonly Sending[];
  /** When to look again, if nothing happens before, ms. */
  readonly lookAt: number;
};
