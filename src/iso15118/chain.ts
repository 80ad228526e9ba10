/**
 * Follows a contract's certificates to a root that is trusted here (ISO 15118-2 §7.9, RFC 5280 §6.1 as far as it matters: names,
 * signatures, authorities, lengths of paths, times). What comes is hostile, and whatever it holds this ends.
 */
import 'reflect-metadata';
import { BasicConstraintsExtension, type X509Certificate } from '@peculiar/x509';
import { chainOf, isIssuedBy } from '../certificates/index.ts';
import type { ContractVerdict } from './types.ts';

/** A contract, two authorities and a root are usual. */
const MOST_CERTIFICATES = 8;
const LONGEST_PEM = 40_000;

export type Link = { readonly certificate: X509Certificate; readonly issuer: X509Certificate };
export type FollowedChain =
  /** From the contract upwards; the last link's issuer is a root. */
  | { readonly at: 'trusted'; readonly leaf: X509Certificate; readonly links: readonly Link[] }
  | { readonly at: 'refused'; readonly verdict: ContractVerdict; readonly why: string };

const refused = (verdict: ContractVerdict, why: string): FollowedChain => ({ at: 'refused', verdict, why });

/** `pem`: the contract first, the others in any order, with or without their root. */
export function followChain(pem: string, roots: readonly X509Certificate[], now: Date): FollowedChain {
  const given = pem.length > LONGEST_PEM ? undefined : chainOf(pem);
  const [leaf, ...others] = given ?? [];
  if (leaf === undefined) return refused('no_certificate', 'There is no certificate in PEM form');
  if (others.length >= MOST_CERTIFICATES) return refused('chain_error', 'There are too many certificates');
  const links: Link[] = [];
  for (let certificate = leaf; ; ) {
    const step = issuerOf(certificate, roots, others);
    if ('verdict' in step) return refused(step.verdict, step.why);
    const { issuer, isRoot } = step;
    links.push({ certificate, issuer });
    if (links.length > MOST_CERTIFICATES) return refused('chain_error', 'It leads in a circle');
    // The contract is no authority: those above it are counted from zero.
    const why = authorityFault(issuer, links.length - 1);
    if (why !== undefined) return refused('chain_error', why);
    if (isRoot) break;
    certificate = issuer;
  }
  const ended = [leaf, ...links.map(({ issuer }) => issuer)].find(
    (each) => now < each.notBefore || now > each.notAfter,
  );
  if (ended !== undefined) return refused('expired', `${ended.subject} is not valid now`);
  return { at: 'trusted', leaf, links };
}

type Step =
  | { readonly issuer: X509Certificate; readonly isRoot: boolean }
  | { readonly verdict: ContractVerdict; readonly why: string };

function issuerOf(
  certificate: X509Certificate,
  roots: readonly X509Certificate[],
  others: readonly X509Certificate[],
): Step {
  const isNamed = (each: X509Certificate): boolean => each.subject === certificate.issuer;
  const root = roots.find((each) => isNamed(each) && isIssuedBy(certificate, each));
  if (root !== undefined) return { issuer: root, isRoot: true };
  const other = others.find((each) => each !== certificate && isNamed(each) && isIssuedBy(certificate, each));
  if (other !== undefined && !isSame(other, certificate)) return { issuer: other, isRoot: false };
  const isForged = [...roots, ...others].some((each) => !isSame(each, certificate) && isNamed(each));
  return isForged
    ? { verdict: 'signature_error', why: `${certificate.subject} is not signed by ${certificate.issuer}` }
    : { verdict: 'chain_error', why: `${certificate.issuer} is not known here` };
}

/** `below`: how many authorities stand between it and the contract. */
function authorityFault(issuer: X509Certificate, below: number): string | undefined {
  const constraints = issuer.getExtension(BasicConstraintsExtension);
  if (constraints?.ca !== true) return `${issuer.subject} is no authority`;
  const { pathLength } = constraints;
  return pathLength !== undefined && below > pathLength ? `${issuer.subject} may not appoint so many` : undefined;
}

const isSame = (a: X509Certificate, b: X509Certificate): boolean =>
  Buffer.from(a.rawData).equals(Buffer.from(b.rawData));
