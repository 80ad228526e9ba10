/** Certificates of chargers. Types only. */
import type { CertificateHash, CertificateUse } from './certificate-hash.ts';
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

/** What a CSR asks for, read and checked before (certificates/read-csr.ts). */
export type ReadCsr =
  | { readonly fault: string; readonly subject: string | null; readonly keyType: string | null }
  | { readonly fault: null; readonly subject: string; readonly keyType: string };

/** Certificates of chargers. */
export type CertificateInput = Common & { readonly room: 'certificates' } & (
    | {
        /** SignCertificate. Reply: {@link SigningReply}. */
        readonly type: 'signing_requested';
        readonly requestId: string;
        /** PEM, bounded. */
        readonly csr: string;
        readonly csrHash: string;
        readonly read: ReadCsr;
        readonly use: CertificateUse;
        /** 2.1: what the charger calls its request. */
        readonly ocppRequestId: number | undefined;
        /** 2.1: the root below which it wants its certificate. */
        readonly wantedRoot: CertificateHash | undefined;
        /** CERTIFICATE_SIGNER, or V2G_CERTIFICATE_SIGNER, is none. */
        readonly nobodySigns: boolean;
      }
    /** The signer gave a chain (PEM, leaf first). */
    | {
        readonly type: 'signed';
        readonly requestId: string;
        readonly chain: string;
        readonly serialNumber: string;
        readonly expiresAt: Date;
      }
    | { readonly type: 'signing_failed'; readonly requestId: string; readonly why: string; readonly final: boolean }
    /** A command is about to take the chain to the charger. Reply: {@link SendingReply}. */
    | { readonly type: 'sending'; readonly requestId: string; readonly commandId: string }
    /** That command could not even be queued. */
    | { readonly type: 'not_sent'; readonly requestId: string; readonly commandId: string; readonly why: string }
    | CommandEnded
  );

export type SigningReply = { readonly accepted: boolean };

/** chain undefined: there is nothing to send. */
export type SendingReply = {
  readonly chain: string | undefined;
  readonly use: CertificateUse;
  readonly ocppRequestId: number | undefined;
};
