/**
 * Reads and checks a CSR. Rules of the security whitepaper for OCPP 1.6, as decided here: CN is the serial number of the charge
 * point, as registered or reported, or its identity; O is the name of the organization; RSA ≥ 2048 or P-256, P-384, P-521; the
 * signature proves that the charger has the key.
 */
import type { ReadCsr } from '../ingest/inputs.ts';
import { csrOf, keyTypeOf, publicKeyOf } from './x509.ts';

export type Expected = { readonly names: readonly string[]; readonly organization: string };

const LONGEST_SUBJECT = 500;

export async function readCsr(pem: string, { names, organization }: Expected): Promise<ReadCsr> {
  const csr = csrOf(pem);
  if (csr === undefined) return { fault: 'It is no CSR (PKCS#10) in PEM form', subject: null, keyType: null };
  const subject = csr.subject.slice(0, LONGEST_SUBJECT);
  const key = publicKeyOf(csr);
  const keyType = key === undefined ? undefined : keyTypeOf(key);
  const fault = (text: string): ReadCsr => ({ fault: text, subject, keyType: keyType ?? null });
  if (keyType === undefined) return fault('Its key is neither RSA of 2048 bits or more nor P-256, P-384 or P-521');
  const [name, ...moreNames] = csr.subjectName.getField('CN');
  const [given, ...moreGiven] = csr.subjectName.getField('O');
  if (name === undefined || moreNames.length > 0 || !names.includes(name.trim()))
    return fault(`Its CN must be the serial number or the identity of the charge point: ${names.join(' or ')}`);
  if (given === undefined || moreGiven.length > 0 || !isSame(given, organization))
    return fault(
      `Its O must be the name of the organization, ${organization}: set the configuration key CpoName of the charger to it`,
    );
  const isSigned = await csr.verify().catch(() => false);
  return isSigned ? { fault: null, subject, keyType } : fault('Its signature does not fit its key');
}

const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();
