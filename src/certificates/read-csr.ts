/**
 * Reads and checks a CSR. Rules of the security whitepaper for OCPP 1.6 and of 2.0.1 A02, as decided here: CN is the serial
 * number of the charge point, as registered or reported (unless it names another one), or its identity; O is the name of the organization; RSA ≥ 2048 or
 * P-256, P-384, P-521; the signature proves that the charger has the key.
 */
import type { Pkcs10CertificateRequest } from '@peculiar/x509';
import type { ReadCsr } from '../ingest/inputs.ts';
import { csrOf, keyTypeOf, publicKeyOf } from './x509.ts';

export type Expected = { readonly names: readonly string[]; readonly organization: string };

const LONGEST_SUBJECT = 500;

/** For the connection to us. */
export async function readCsr(pem: string, { names, organization }: Expected): Promise<ReadCsr> {
  const read = open(pem);
  if ('fault' in read) return { fault: read.fault, subject: null, keyType: null };
  const { csr, subject, keyType } = read;
  const fault = (text: string): ReadCsr => ({ fault: text, subject, keyType: keyType ?? null });
  if (keyType === undefined) return fault('Its key is neither RSA of 2048 bits or more nor P-256, P-384 or P-521');
  const [name, ...moreNames] = csr.subjectName.getField('CN');
  const [given, ...moreGiven] = csr.subjectName.getField('O');
  if (name === undefined || moreNames.length > 0 || !names.includes(name.trim()))
    return fault(`Its CN must be the serial number or the identity of the charge point: ${names.join(' or ')}`);
  if (given === undefined || moreGiven.length > 0 || !isSameName(given, organization))
    return fault(
      `Its O must be the name of the organization, ${organization}: set the configuration key CpoName of the charger to it`,
    );
  return proven(csr, subject, keyType);
}

/**
 * For cars (ISO 15118-2, annex F; ISO 15118-20): an elliptic key. Its CN is the name of the place for drivers and roaming (an
 * EVSE id as a rule), which nobody here knows; an O, if there is one, is that of the organization. The signer may ask for more.
 */
export async function readCarCsr(pem: string, { organization }: Expected): Promise<ReadCsr> {
  const read = open(pem);
  if ('fault' in read) return { fault: read.fault, subject: null, keyType: null };
  const { csr, subject, keyType } = read;
  const fault = (text: string): ReadCsr => ({ fault: text, subject, keyType: keyType ?? null });
  if (keyType === undefined || keyType.startsWith('RSA')) return fault('Its key is none of P-256, P-384 and P-521');
  const [name, ...moreNames] = csr.subjectName.getField('CN');
  if (name === undefined || name.trim() === '' || moreNames.length > 0) return fault('It must have one CN');
  if (csr.subjectName.getField('O').some((given) => !isSameName(given, organization)))
    return fault(`Its O must be the name of the organization, ${organization}, or absent`);
  return proven(csr, subject, keyType);
}

function open(pem: string) {
  const csr = csrOf(pem);
  if (csr === undefined) return { fault: 'It is no CSR (PKCS#10) in PEM form' };
  const key = publicKeyOf(csr);
  return {
    csr,
    subject: csr.subject.slice(0, LONGEST_SUBJECT),
    keyType: key === undefined ? undefined : keyTypeOf(key),
  };
}

async function proven(csr: Pkcs10CertificateRequest, subject: string, keyType: string): Promise<ReadCsr> {
  if (await csr.verify().catch(() => false)) return { fault: null, subject, keyType };
  return { fault: 'Its signature does not fit its key', subject, keyType };
}

/** Of organizations in certificates: case and blanks around it do not count. */
export const isSameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();
