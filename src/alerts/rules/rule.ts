/** What a rule is: when it alerts by default, what it says, and how it ends. Its condition in SQL has the same id (conditions-store.ts). */
import type { Severity } from '../types.ts';

/** What a condition found at one place. */
export type Found = {
  readonly chargePointId: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly subject: string;
  readonly since: Date | null;
  readonly lastAt: Date | null;
  /** What the threshold is held against; null: the rule has none. */
  readonly measure: number | null;
  readonly evidence: Readonly<Record<string, unknown>>;
};

export type Threshold = {
  readonly value: number;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Which side of it alerts. */
  readonly alerts: 'at_least' | 'at_most';
};

export type Rule = {
  readonly title: string;
  readonly severity: Severity;
  /** Seconds that it must have been so. */
  readonly forS: number;
  readonly threshold?: Threshold;
  /** What is measured over a time: days, until now. */
  readonly window?: { readonly days: number; readonly min: number; readonly max: number };
  /** How often it is looked for. */
  readonly everyS: 10 | 60;
  /** Absent: of a charge point. What is of a site has the site's id as `subject`. */
  readonly of?: 'organization' | 'site';
  /** For docs/alerts.md: what it looks at, and when it ends. */
  readonly looksAt: string;
  readonly ends: string;
  /** What a person should do. */
  readonly remedy: string;
  readonly reason: (found: Found) => string;
};

/** A field of the evidence, as text of bounded length: what chargers say may be anything. */
export function said({ evidence }: Found, field: string): string {
  const value = evidence[field];
  const text =
    typeof value === 'string' ? value : value === undefined || value === null ? 'nothing' : JSON.stringify(value);
  return text.replace(/\p{Cc}/gu, ' ').slice(0, 200);
}

export const place = ({ evseId, connectorId }: Found): string =>
  evseId === 0 && connectorId === 0
    ? 'The charge point itself'
    : evseId === connectorId
      ? `Connector ${connectorId}`
      : `EVSE ${evseId}, connector ${connectorId}`;

export const sinceText = ({ since }: Found): string => (since === null ? 'now' : since.toISOString());

export const minutes = (seconds: number): string => `${Math.round(seconds / 60)} min`;
