/** The words of the uploads room: files that chargers are asked for. */
import type { UploadFault } from '../ingest/inputs.ts';

export const uploadKinds = ['diagnostics', 'security_log', 'diagnostics_log', 'data_collector_log'] as const;
export type UploadKind = (typeof uploadKinds)[number];
/** Of the same file, what a charger may know that does not know the one. */
export const OTHER_KIND: Readonly<Partial<Record<UploadKind, UploadKind>>> = {
  diagnostics: 'diagnostics_log',
  diagnostics_log: 'diagnostics',
};
/** As what the charger was asked for it last. */
export const askedAs = ({ kind, fallback }: Pick<UploadRow, 'kind' | 'fallback'>): UploadKind =>
  (fallback === null ? undefined : OTHER_KIND[kind]) ?? kind;

export const uploadStatuses = ['requested', 'uploading', 'uploaded', 'failed', 'timed_out'] as const;
export type UploadStatus = (typeof uploadStatuses)[number];

export const uploadErrors = [
  'refused', // the charger declined, or could not be asked
  'not_supported', // the charger knows no call for such a file
  'charger_failed', // it said that its upload failed
  'superseded', // it gave it up for a newer request
  'nothing_arrived', // it said that it had uploaded, and nothing came
  'aborted',
  'too_slow',
  'too_large',
  'empty',
  'unreadable',
  'no_space',
  'internal',
  'charge_point_deleted',
  'handed_over',
] as const satisfies readonly (UploadFault | string)[];
export type UploadErrorCode = (typeof uploadErrors)[number];

/** A row of the table uploads, without what its identity says. */
export type UploadRow = {
  readonly id: string;
  readonly kind: UploadKind;
  readonly status: UploadStatus;
  readonly requestId: number;
  readonly commandId: string;
  readonly externalUrl: string | null;
  readonly tokenHash: Uint8Array | null;
  readonly expiresAt: Date;
  readonly dueAt: Date | null;
  readonly claim: string | null;
  readonly claimedUntil: Date | null;
  readonly chargerStatus: string | null;
  readonly errorCode: UploadErrorCode | null;
  readonly errorMessage: string | null;
  readonly logFrom: Date | null;
  readonly logTo: Date | null;
  readonly requestedBy: string;
  readonly retries: number | null;
  readonly retryIntervalS: number | null;
  readonly fallback: 'wanted' | 'asked' | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
  readonly fileName: string | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly storedAs: string | null;
  readonly storedAt: Date | null;
};

/** Of one charge point, by id: those that are open and those that the inputs name. */
export type UploadState = { readonly uploads: ReadonlyMap<string, UploadRow> };
