/** What scripts/doctor says of certificates: how long they are valid, and whether a chain is one. That a key fits is the configuration's rule. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from '../../src/config/index.ts';
import { ageText, type Finding, fault, ok, warning } from './finding.ts';

const BLOCKS = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

/** PEM that the configuration has read before. */
export const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(BLOCKS) ?? []).map((block) => new X509Certificate(block));

const nameOf = ({ subject }: X509Certificate): string => subject.split('\n').at(-1) ?? subject;

const AT_ONCE = 'new files are taken within a minute, without a restart';
const AT_START = 'it is read when the server starts: restart it then';

export function judgeValidity(
  where: string,
  certificates: readonly X509Certificate[],
  now: Date,
  taken = AT_ONCE,
): Finding[] {
  return certificates.flatMap((certificate) => {
    const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    const what = `${where}, ${nameOf(certificate)}`;
    const remedy = `Replace it in ${where}; ${taken}.`;
    const leftMs = to.getTime() - now.getTime();
    if (leftMs <= 0) return [fault('certificates', `${what} has expired (${to.toISOString()})`, remedy)];
    if (from > now)
      return [
        fault(
          'certificates',
          `${what} is not valid before ${from.toISOString()}`,
          'Look at the clock of this machine, or wait.',
        ),
      ];
    if (leftMs < SOON_DAYS * DAY_MS)
      return [warning('certificates', `${what} expires in ${ageText(leftMs / 1000)}`, remedy)];
    return [];
  });
}

/** Chargers know a root and are shown the rest: each certificate must be signed by the one behind it. */
export function judgeChain(where: string, chain: readonly X509Certificate[]): Finding[] {
  const broken = chain.findIndex((certificate, i) => {
    const next = chain[i + 1];
    return next !== undefined && !(certificate.checkIssued(next) && certificate.verify(next.publicKey));
  });
  if (broken >= 0)
    return [
      fault(
        'certificates',
        `${where}: certificate ${broken + 2} did not sign certificate ${broken + 1}`,
        "Put the server's own certificate first and behind each the one that signed it.",
      ),
    ];
  const [leaf] = chain;
  if (chain.length === 1 && leaf !== undefined && !leaf.checkIssued(leaf))
    return [
      ok(
        'certificates',
        `${where}: one certificate, signed by ${leaf.issuer.split('\n').at(-1)}. Right, if chargers have that one itself; else add what lies between`,
      ),
    ];
  return [];
}

export function checkCertificates({ tls, webhooks, mail, iso15118 }: Config, now: Date): Finding[] {
  const findings: Finding[] = [];
  let looked = 0;
  const look = (where: string, pem: string | undefined, taken?: string): X509Certificate[] => {
    const found = pem === undefined ? [] : certificatesIn(pem);
    looked += found.length;
    findings.push(...judgeValidity(where, found, now, taken));
    return found;
  };
  for (const { chain } of tls?.files.certificates ?? [])
    findings.push(...judgeChain(chain, look(chain, readFileSync(chain, 'utf8'))));
  const clientCa = tls?.files.clientCa;
  if (clientCa !== undefined) look(clientCa, readFileSync(clientCa, 'utf8'));
  look('WEBHOOK_CA_FILE', webhooks.ca, AT_START);
  look('SMTP_CA_FILE', mail?.caPem, AT_START);
  look('V2G_ROOTS_FILE', iso15118.roots, AT_START);
  if (looked > 0 && findings.every(({ level }) => level === 'ok'))
    findings.unshift(ok('certificates', `${looked} certificates are valid for ${SOON_DAYS} days and more`));
  return findings;
}
