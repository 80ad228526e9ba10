/** The words of the certificates room. */
import type { CertificateHash, CertificateUse, ListedCertificateType } from '../ingest/inputs.ts';

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
  'charge_point_deleted',
  'handed_over',
] as const;
export type RequestErrorCode = (typeof requestErrors)[number];

/** A row of certificate_requests. */
export type RequestRow = {
  readonly id: string;
  readonly status: RequestStatus;
  readonly use: CertificateUse;
  readonly ocppRequestId: number | null;
  readonly wantedRoot: CertificateHash | null;
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

export const certificateUses = ['charge_point', 'v2g', 'v2g20', 'combined'] as const satisfies CertificateUse[];

export const rootTypes = ['central_system_root', 'manufacturer_root', 'v2g_root', 'mo_root', 'oem_root'] as const;
export const listedTypes = [...rootTypes, 'v2g_chain'] as const satisfies ListedCertificateType[];
export const certificateTypes = [...listedTypes, 'charge_point'] as const;
/** Roots of contracts: what an operator has installed of them is trusted here as well. */
export const contractRootTypes = ['v2g_root', 'mo_root'] as const satisfies CertificateType[];
export type CertificateType = ListedCertificateType | 'charge_point';

/** A row of installed_certificates. */
export type InstalledRow = CertificateHash & {
  readonly id: string;
  readonly type: CertificateType;
  readonly children: readonly CertificateHash[];
  /** PEM of a root by which contracts are judged; null: another kind, or it was there before. */
  readonly certificate: string | null;
  readonly subject: string | null;
  readonly installedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly reportedAt: Date | null;
};

/** false: the charger lists it no more; it is kept as contracts are judged by it. */
export const isHeld = ({ installedAt, reportedAt }: InstalledRow): boolean =>
  installedAt !== null || reportedAt !== null;

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
  /** The authorities that came with it, as far as their issuers are known. */
  readonly children: readonly CertificateHash[];
  readonly subject: string;
  readonly expiresAt: Date;
};

/** Signs what was checked. `refused`: it will not, whoever asks again. Throws when it could not be asked: it is asked again. */
export type Signer = (request: {
  readonly id: string;
  readonly use: CertificateUse;
  readonly wantedRoot: CertificateHash | null;
  readonly csr: string;
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly identity: string;
}) => Promise<{ readonly chain: string } | { readonly refused: string }>;

/** For its connection to us a charger has another authority than for cars. */
export type Signers = {
  readonly chargePoint: Signer | undefined;
  readonly v2g: Signer | undefined;
};
export const isForCars = (use: CertificateUse): boolean => use === 'v2g' || use === 'v2g20';
