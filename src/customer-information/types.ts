/** The words of the customer-information room: what charging stations hold of a person. */
import type { Parts } from '../platform/parts.ts';

export const reportStatuses = ['requested', 'receiving', 'completed', 'refused', 'failed', 'timed_out'] as const;
export type ReportStatus = (typeof reportStatuses)[number];

/** Personal data in the parts that it came in; their order is their number's. */
export type Content = readonly { readonly seqNo: number; readonly data: string }[];

/** A row of the table customer_reports. The content is sealed in the table. */
export type ReportRow = {
  readonly id: string;
  readonly requestId: number;
  readonly commandId: string;
  readonly report: boolean;
  readonly clear: boolean;
  readonly subject: 'identifier' | 'token' | 'certificate';
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly status: ReportStatus;
  /** Why it came to nothing. */
  readonly why: string | null;
  readonly parts: Parts;
  /** null: none has come, it was collected, or its time is over. */
  readonly content: Content | null;
  readonly collectedAt: Date | null;
  readonly completedAt: Date | null;
  /** null: nothing is waited for any more. */
  readonly dueAt: Date | null;
};

export type CustomerState = {
  /** By id: the open ones, and those that the inputs name. */
  readonly reports: ReadonlyMap<string, ReportRow>;
};

/** So long the data waits for whoever asked for it. */
export const KEPT_MS = 86_400_000;
