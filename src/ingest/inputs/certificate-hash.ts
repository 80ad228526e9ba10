/** How certificates in chargers are named. Types only. */
/** How a certificate is named by its hashes. Lower-case hexadecimal, the serial number without leading zeros. */
export type CertificateHash = {
  readonly hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512';
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
};

export type RootCertificateType = 'central_system_root' | 'manufacturer_root';
