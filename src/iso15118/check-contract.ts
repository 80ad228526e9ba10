/** Whether the certificates of a contract are good (2.0.1 C07): by the chain itself, or by the hashes that the station made of it. */
import 'reflect-metadata';
import { AuthorityInfoAccessExtension, type X509Certificate } from '@peculiar/x509';
import { hashOf } from '../certificates/index.ts';
import type { Clock } from '../platform/clock.ts';
import { followChain, type Link } from './chain.ts';
import { isSameContract, verdictOf, type WhenUnavailable } from './contract-rules.ts';
import type { OcspClient } from './ocsp-client.ts';
import type { ContractVerdict, StatusQuestion } from './types.ts';

export type ContractQuestion = {
  readonly organizationId: string;
  /** PEM, where the station leaves the validation to us (C07.FR.06). */
  readonly certificate: string | undefined;
  readonly hashes: readonly StatusQuestion[];
  /** The eMAID that the certificate has to be of; undefined: the token is none. */
  readonly contractId: string | undefined;
};
export type CheckContract = (question: ContractQuestion) => Promise<ContractVerdict>;

type Needs = {
  readonly ask: OcspClient;
  /** Of V2G and of mobility operators, as this organization trusts them. */
  readonly rootsOf: (organizationId: string) => Promise<readonly X509Certificate[]>;
  readonly whenUnavailable: WhenUnavailable;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void };
};

export function createCheckContract({ ask, rootsOf, whenUnavailable, clock, log }: Needs): CheckContract {
  return async ({ organizationId, certificate, hashes, contractId }) => {
    const roots = await rootsOf(organizationId);
    const questions: { readonly question: StatusQuestion; readonly authorities: readonly X509Certificate[] }[] = [];
    if (certificate !== undefined) {
      const followed = followChain(certificate, roots, clock.now());
      if (followed.at === 'refused') {
        log.info({ organizationId, verdict: followed.verdict, why: followed.why }, 'a contract was refused');
        return followed.verdict;
      }
      const [name = ''] = followed.leaf.subjectName.getField('CN');
      if (contractId !== undefined && !isSameContract(name, contractId)) return 'chain_error';
      questions.push(...followed.links.flatMap((link) => questionOf(link) ?? []));
    }
    // A chain that names no responder may still come with hashes that do.
    if (questions.length === 0) questions.push(...hashes.map((question) => ({ question, authorities: roots })));
    if (certificate === undefined && questions.length === 0) return 'no_certificate';
    const answers = await Promise.all(questions.map(({ question, authorities }) => ask(question, authorities)));
    const verdict = verdictOf(answers, whenUnavailable);
    const faults = answers.flatMap((each) => (each.at === 'failed' ? [each.why] : []));
    if (faults.length > 0) log.info({ organizationId, verdict, faults }, 'the status of a contract is not known');
    return verdict;
  };
}

function questionOf({ certificate, issuer }: Link) {
  const [where] = certificate.getExtension(AuthorityInfoAccessExtension)?.ocsp ?? [];
  if (where === undefined) return undefined; // its issuer revokes nothing, or tells it elsewhere
  return { question: { hash: hashOf(certificate, issuer), url: where.value }, authorities: [issuer] };
}
