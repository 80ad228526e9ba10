/** The words of the room: certificates of contracts and of charging stations towards cars (ISO 15118). */
import type { CertificateHash } from '../ingest/inputs.ts';

/** How a certificate is to be asked about: its hashes and where. */
export type StatusQuestion = { readonly hash: CertificateHash; readonly url: string };

/** Why nothing is known of a certificate's status. */
export type StatusFault =
  /** The responder's address is none, or must not be asked. */
  | 'bad_url'
  /** It could not be asked, or answered that it cannot say. */
  | 'unavailable'
  /** What came is no answer to the question, is out of date, or its signature is wrong. */
  | 'invalid'
  /** Its signature cannot be judged: the issuing authority's certificate is not known here. */
  | 'unverified';

export type StatusAnswer =
  | {
      readonly at: 'known';
      readonly status: 'good' | 'revoked' | 'unknown';
      readonly thisUpdate: Date;
      readonly nextUpdate: Date | undefined;
      /** DER of the whole answer. */
      readonly der: Buffer;
    }
  | {
      readonly at: 'failed';
      readonly fault: StatusFault;
      readonly why: string;
      /** Of an unverified one: what came, for those who can judge it. */
      readonly der?: Buffer;
    };

/** What is said of a contract's certificates: AuthorizeCertificateStatusEnumType, in our words. */
export type ContractVerdict =
  | 'accepted'
  | 'signature_error'
  | 'expired'
  | 'revoked'
  | 'no_certificate'
  | 'chain_error'
  | 'contract_cancelled';

/** What a car asks its mobility operator for, through us: the EXI is not ours to read. */
export type EvCertificateRequest = {
  readonly action: 'install' | 'update';
  readonly schemaVersion: string;
  /** Base64. */
  readonly exiRequest: string;
  /** 2.1: how many contracts the car has room for. */
  readonly maximumContractCertificateChains: number | undefined;
  /** 2.1: those it wants first. */
  readonly prioritizedEmaids: readonly string[];
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly identity: string;
};

export type EvCertificateAnswer =
  | {
      readonly status: 'accepted';
      readonly exiResponse: string;
      /** 2.1: how many are left to fetch. */
      readonly remainingContracts: number | undefined;
    }
  | { readonly status: 'failed'; readonly reasonCode: string; readonly why: string; readonly exiResponse?: string };

/** Whoever has contract certificates. Throws when it could not be asked. */
export type EvCertificateProvider = (request: EvCertificateRequest) => Promise<EvCertificateAnswer>;
