/** How certificates in chargers are named. Types only. */
/** How a certificate is named by its hashes. Lower-case hexadecimal, the serial number without leading zeros. */
export type CertificateHash = {
  readonly hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512';
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
};

/** Roots that can be installed. 1.6 knows the first two; the OEM's is new in 2.1. */
export type RootCertificateType = 'central_system_root' | 'manufacturer_root' | 'v2g_root' | 'mo_root' | 'oem_root';
/** What a charger can be asked to list: roots, and the chain of its own certificate for cars. */
export type ListedCertificateType = RootCertificateType | 'v2g_chain';

export type ListedCertificate = {
  readonly type: ListedCertificateType;
  readonly hash: CertificateHash;
  /** The authorities between it and its root; empty: told of none. */
  readonly children: readonly CertificateHash[];
};

/**
 * What a certificate of a charger's own is for: its connection to us, its talk with cars (ISO 15118-2, ISO 15118-20), or
 * (2.x, when it says nothing) the connection and cars both.
 */
export type CertificateUse = 'charge_point' | 'v2g' | 'v2g20' | 'combined';
