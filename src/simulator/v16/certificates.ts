/** The certificates of a charger (security extension): roots it trusts, and its own, for which it makes key and request itself. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { makeRequest } from '../csr.ts';
import { type CertificateHashData, hashDataOf, readPem, sameCertificate } from '../der.ts';
import type { Controls } from '../dialect.ts';
import type { Payload } from '../types.ts';
import type { Configuration } from './configuration.ts';

export type Certificates = {
  install(
    payload: Payload,
    controls: Controls,
  ): { readonly status: 'Accepted' | 'Rejected'; readonly afterwards?: () => void };
  remove(payload: Payload): 'Accepted' | 'NotFound' | 'Failed';
  list(type: unknown): readonly CertificateHashData[];
  /** Makes a key and asks the CSMS for its certificate. */
  request(controls: Controls): void;
  signed(
    payload: Payload,
    controls: Controls,
  ): { readonly status: 'Accepted' | 'Rejected'; readonly afterwards: () => void };
};

const TYPES: readonly unknown[] = ['CentralSystemRootCertificate', 'ManufacturerRootCertificate'];

export function createCertificates(configuration: Configuration): Certificates {
  let roots: { readonly type: unknown; readonly hash: CertificateHashData }[] = [];
  let pending: KeyObject | undefined;

  async function request(controls: Controls): Promise<void> {
    const made = await makeRequest({
      commonName: controls.identity(),
      organization: configuration.read('CpoName') || 'Dynamo',
    });
    pending = made.key;
    controls.say({ action: 'SignCertificate', payload: { csr: made.csr } })();
  }

  return {
    install({ certificateType, certificate }, controls) {
      const read = readPem(certificate);
      if (!TYPES.includes(certificateType)) return { status: 'Rejected' };
      if (read === undefined || Date.parse(read.validTo) < Date.now()) {
        if (certificateType !== 'CentralSystemRootCertificate') return { status: 'Rejected' };
        return { status: 'Rejected', afterwards: securityEvent('InvalidCentralSystemCertificate', controls) };
      }
      const hash = hashDataOf(read);
      if (roots.some((each) => each.type === certificateType && sameCertificate(each.hash, hash)))
        return { status: 'Accepted' };
      if (roots.length >= Number(configuration.read('CertificateStoreMaxLength'))) return { status: 'Rejected' };
      roots.push({ type: certificateType, hash });
      return { status: 'Accepted' };
    },

    remove({ certificateHashData }) {
      const wanted = certificateHashData as CertificateHashData; // as: compared text by text below
      if (typeof wanted?.serialNumber !== 'string') return 'Failed';
      const left = roots.filter(({ hash }) => !sameCertificate(hash, wanted));
      const found = left.length < roots.length;
      roots = left;
      return found ? 'Accepted' : 'NotFound';
    },

    list: (type) => roots.filter((each) => each.type === type).map(({ hash }) => hash),

    request: (controls) => void request(controls), // never rejects: the key is ours

    signed({ certificateChain }, controls) {
      const certificate = readPem(certificateChain);
      if (pending !== undefined && certificate !== undefined && isOf(certificate, pending)) {
        const key = pending.export({ type: 'pkcs8', format: 'pem' }).toString();
        pending = undefined;
        return { status: 'Accepted', afterwards: () => controls.useCertificate(String(certificateChain), key) };
      }
      return { status: 'Rejected', afterwards: securityEvent('InvalidChargePointCertificate', controls) };
    },
  };
}

const securityEvent = (type: string, controls: Controls): (() => void) =>
  controls.say({
    action: 'SecurityEventNotification',
    payload: { type, timestamp: controls.now().toISOString() },
  });

const isOf = (certificate: X509Certificate, key: KeyObject): boolean => certificate.checkPrivateKey(key);
