/** The words of the certificates room. */
import type { CertificateHash, RootCertificateType } from '../ingest/inputs.ts';

export const requestStatuses = ['requested', 'signed', 'sent', 'installed', 'rejected', 'failed'] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export const requestErrors = [
  'no_signer',
  'invalid_csr',
  'refused_by_signer',
  'signer_failed',
  'chain_too_long',
  'not_sent',
  'rejected_by_charger',
  'no_answer',
  'superseded',
] as const;
export type RequestErrorCode = (typeof requestErrors)[number];

/** A row of certificate_requests. */
export type RequestRow = {
  readonly id: string;
  readonly status: RequestStatus;
  readonly csr: string;
  readonly csrHash: string;
  readonly subject: string | null;
  readonly keyType: string | null;
  readonly errorCode: RequestErrorCode | null;
  readonly errorMessage: string | null;
  readonly chain: string | null;
  readonly serialNumber: string | null;
  readonly expiresAt: Date | null;
  readonly commandId: string | null;
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
};

export const certificateTypes = ['central_system_root', 'manufacturer_root', 'charge_point'] as const;
export type CertificateType = RootCertificateType | 'charge_point';

/** A row of installed_certificates. */
export type InstalledRow = CertificateHash & {
  readonly id: string;
  readonly type: CertificateType;
  readonly subject: string | null;
  readonly installedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly reportedAt: Date | null;
};

/** Of one charge point: requests that are open or named by the inputs, and all that it is known to hold. */
export type CertificateState = {
  readonly requests: ReadonlyMap<string, RequestRow>;
  /** Requests of the last hour. */
  readonly recent: number;
  /** By {@link installedKey}. */
  readonly installed: ReadonlyMap<string, InstalledRow>;
};

export const installedKey = (type: CertificateType, hash: CertificateHash): string =>
  [type, hash.hashAlgorithm, hash.issuerNameHash, hash.issuerKeyHash, hash.serialNumber].join('|');

/** What a certificate says, for the inventory. */
export type CertificateFacts = {
  /** undefined: its issuer's key is not known, as it is not its own. */
  readonly hash: CertificateHash | undefined;
  readonly subject: string;
  readonly expiresAt: Date;
};

/** Signs what was checked. `refused`: it will not, whoever asks again. Throws when it could not be asked: it is asked again. */
export type Signer = (request: {
  readonly id: string;
  readonly csr: string;
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly identity: string;
}) => Promise<{ readonly chain: string } | { readonly refused: string }>;
