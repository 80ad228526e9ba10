/** The certificates of a 2.x station (2.0.1 A02, A03, M03–M06): roots it trusts, and its own, for which it makes key and request. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { makeRequest } from '../csr.ts';
import { type CertificateHashData, hashDataOf, readPem, sameCertificate } from '../der.ts';
import type { Controls } from '../dialect.ts';
import { numberOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { securityEvent } from './messages.ts';
import type { Model } from './model/index.ts';
import type { V2Version } from './words.ts';

export type OwnType = 'ChargingStationCertificate' | 'V2GCertificate' | 'V2G20Certificate';
export type Certificates = {
  install(payload: Payload, controls: Controls): { readonly status: string; readonly afterwards?: () => void };
  remove(payload: Payload): 'Accepted' | 'NotFound' | 'Failed';
  list(types: unknown): readonly Payload[];
  /** Makes a key and asks the CSMS for its certificate; again when that one does not come. */
  request(type: OwnType, controls: Controls): void;
  signed(
    payload: Payload,
    controls: Controls,
  ): { readonly status: 'Accepted' | 'Rejected'; readonly afterwards: () => void };
};

const ROOTS: readonly string[] = [
  'CSMSRootCertificate',
  'ManufacturerRootCertificate',
  'MORootCertificate',
  'V2GRootCertificate',
];
const MOST = 20;

type Root = { readonly type: string; readonly hash: CertificateHashData };
type Chain = { readonly hash: CertificateHashData; readonly children: readonly CertificateHashData[] };

export function createCertificates(model: Model, version: V2Version): Certificates {
  const types = version === '2.1' ? [...ROOTS, 'OEMRootCertificate'] : ROOTS;
  let roots: Root[] = [];
  let chain: Chain | undefined;
  const pending = new Map<
    OwnType,
    { readonly key: KeyObject; readonly requestId: number | undefined; cancel(): void }
  >();
  let requests = 0;
  model.bind('SecurityCtrlr.CertificateEntries', () => String(roots.length + (chain === undefined ? 0 : 1)));

  async function request(type: OwnType, controls: Controls, attempt: number): Promise<void> {
    const isV2g = type !== 'ChargingStationCertificate';
    const made = await makeRequest({
      commonName: (isV2g && model.read('ISO15118Ctrlr.SeccId')) || controls.identity(),
      organization: model.read(isV2g ? 'ISO15118Ctrlr.OrganizationName' : 'SecurityCtrlr.OrganizationName') || 'Dynamo',
    });
    requests += 1;
    const requestId = version === '2.1' ? requests : undefined;
    // A02.FR.17–19: it asks again, and waits twice as long each time.
    const waitMs = Number(model.read('SecurityCtrlr.CertSigningWaitMinimum')) * 1000 * 2 ** attempt;
    const isLast = attempt >= Number(model.read('SecurityCtrlr.CertSigningRepeatTimes'));
    pending.get(type)?.cancel();
    const cancel = isLast ? () => undefined : controls.after(waitMs, () => void request(type, controls, attempt + 1)); // never rejects
    pending.set(type, { key: made.key, requestId, cancel });
    const named = requestId === undefined ? {} : { requestId };
    controls.ask({ action: 'SignCertificate', payload: { csr: made.csr, certificateType: type, ...named } }, (said) => {
      if (said?.['status'] !== 'Rejected') return;
      cancel();
      pending.delete(type);
    });
  }

  /** The certificates of a chain, as they stand in the text. */
  function chainOf(pem: unknown): X509Certificate[] {
    const blocks = textOf(pem)?.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    return blocks.flatMap((block) => readPem(block) ?? []);
  }

  return {
    install({ certificateType, certificate }, controls) {
      const type = String(certificateType);
      const read = readPem(certificate);
      if (!types.includes(type)) return { status: 'Rejected' };
      // M05.FR.07: what cannot be read or is out of date is not kept.
      if (read === undefined || Date.parse(read.validTo) < controls.now().getTime()) {
        if (type !== 'CSMSRootCertificate') return { status: 'Rejected' };
        return { status: 'Rejected', afterwards: securityEvent('InvalidCsmsCertificate', controls) };
      }
      const hash = hashDataOf(read);
      if (roots.some((each) => each.type === type && sameCertificate(each.hash, hash))) return { status: 'Accepted' };
      if (roots.length >= MOST) return { status: 'Failed' };
      roots.push({ type, hash });
      return { status: 'Accepted' };
    },

    remove({ certificateHashData }) {
      const wanted = certificateHashData as CertificateHashData; // as: compared text by text below
      if (typeof wanted?.serialNumber !== 'string') return 'Failed';
      const left = roots.filter(({ hash }) => !sameCertificate(hash, wanted));
      const isChain = chain !== undefined && sameCertificate(chain.hash, wanted);
      const found = left.length < roots.length || isChain;
      roots = left;
      if (isChain) chain = undefined;
      return found ? 'Accepted' : 'NotFound';
    },

    list(asked) {
      const wanted = Array.isArray(asked) ? asked : undefined;
      const found: Payload[] = roots.map(({ type, hash }) => ({ certificateType: type, certificateHashData: hash }));
      if (chain !== undefined)
        found.push({
          certificateType: 'V2GCertificateChain',
          certificateHashData: chain.hash,
          ...(chain.children.length === 0 ? {} : { childCertificateHashData: chain.children }),
        });
      return wanted === undefined ? found : found.filter((each) => wanted.includes(each['certificateType']));
    },

    request: (type, controls) => void request(type, controls, 0), // never rejects: the key is ours

    signed({ certificateChain, certificateType, requestId }, controls) {
      const type = (textOf(certificateType) ?? 'ChargingStationCertificate') as OwnType; // as: only looked up
      const certificates = chainOf(certificateChain);
      const [own, ...issuers] = certificates;
      const waiting = pending.get(type);
      const isLate = numberOf(requestId) !== undefined && numberOf(requestId) !== waiting?.requestId;
      const isTooLong = String(certificateChain).length > Number(model.read('SecurityCtrlr.MaxCertificateChainSize'));
      if (waiting === undefined || own === undefined || isLate || isTooLong || !own.checkPrivateKey(waiting.key))
        return { status: 'Rejected', afterwards: securityEvent('InvalidChargingStationCertificate', controls) };
      waiting.cancel();
      pending.delete(type);
      if (type !== 'ChargingStationCertificate') {
        const hash = hashDataOf(own, issuers[0] ?? own);
        chain = { hash, children: issuers.map((each, index) => hashDataOf(each, issuers[index + 1] ?? each)) };
        return { status: 'Accepted', afterwards: () => undefined };
      }
      const key = waiting.key.export({ type: 'pkcs8', format: 'pem' }).toString();
      return { status: 'Accepted', afterwards: () => controls.useCertificate(String(certificateChain), key) };
    },
  };
}
