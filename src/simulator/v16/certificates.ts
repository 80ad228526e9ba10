/** The certificates of a charger (security extension): roots it trusts, and its own, for which it makes key and request itself. */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
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
    // Loaded when it is first needed: most simulated chargers never ask for a certificate.
    await import('reflect-metadata');
    const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const organization = configuration.read('CpoName') || 'Dynamo';
    const csr = await Pkcs10CertificateRequestGenerator.create({
      name: [{ CN: [controls.identity()] }, { O: [organization] }],
      keys,
      signingAlgorithm: algorithm,
    });
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    pending = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    controls.say({ action: 'SignCertificate', payload: { csr: csr.toString('pem') } })();
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
