/** The words of the alerts room: what an alert is, and what its machine needs of one charge point (or of an organization). */
import type { AlertNote, AlertSeverity } from '../ingest/inputs.ts';

/** From the least on. */
export const severities = ['info', 'warning', 'critical'] as const satisfies readonly AlertSeverity[];
export type Severity = AlertSeverity;

export const statuses = ['pending', 'triggered', 'acknowledged', 'resolved'] as const;
export type Status = (typeof statuses)[number];

export const resolutions = ['auto', 'manual', 'superseded'] as const;
export type Resolution = (typeof resolutions)[number];

/** At most one live alert has the same key. */
export type Key = {
  readonly rule: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly subject: string;
};

/** A row of the table alerts. */
export type AlertRow = Key & {
  readonly id: string;
  /** Whose it was when it began: a charge point may have been handed over since. */
  readonly organizationId: string;
  readonly siteId: string | null;
  readonly status: Status;
  readonly severity: Severity;
  readonly title: string;
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly holds: boolean;
  readonly since: Date;
  readonly lastAt: Date;
  readonly occurrences: number;
  readonly streak: number;
  readonly dueAt: Date | null;
  readonly members: number;
  readonly createdAt: Date;
  readonly triggeredAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolution: Resolution | null;
  readonly resolvedBy: string | null;
  readonly updatedAt: Date;
};

export type Note = AlertNote & {
  readonly alertId: string;
  readonly kind: 'acknowledged' | 'resolved';
  readonly at: Date;
};

export type AlertState = {
  /** By id: the live ones, and those that ended within the last hour. */
  readonly alerts: ReadonlyMap<string, AlertRow>;
  /** Pending ones whose condition went before they were due: they never were alerts. */
  readonly gone: ReadonlySet<string>;
  /** To be added to groups. */
  readonly joined: readonly { readonly alertId: string; readonly chargePointId: string; readonly at: Date }[];
  readonly notes: readonly Note[];
};

export const isOpen = ({ status }: Pick<AlertRow, 'status'>): boolean =>
  status === 'triggered' || status === 'acknowledged';
/** Open, about to open, or resolved by a person while what it tells of goes on. */
export const isLive = ({ resolvedAt, holds }: Pick<AlertRow, 'resolvedAt' | 'holds'>): boolean =>
  resolvedAt === null || holds;
export const isWorse = (one: Severity, other: Severity): boolean => severities.indexOf(one) > severities.indexOf(other);
export const keyOf = ({ rule, evseId, connectorId, subject }: Key): string =>
  JSON.stringify([rule, evseId, connectorId, subject]);

/** Of a maintenance window. */
export type Repeats = 'never' | 'daily' | 'weekly';
export type Span = { readonly startsAt: Date; readonly endsAt: Date };
/** `anchorAt`: a start that nothing has put off, whose time of day it keeps. */
export type Repeating = Span & { readonly anchorAt: Date };
