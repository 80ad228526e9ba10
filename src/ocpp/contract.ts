/** What the transport (gate, connection, registry) and the version adapters (v16, v2) know of each other. Types only. */
import type { CertificateHash, CertificateUse, Learned } from '../ingest/inputs.ts';

export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';

/** The connected charger as an adapter sees it. One per socket. */
export type ChargerLink = {
  readonly chargePointId: string;
  readonly number: number;
  readonly identity: string;
  readonly organizationId: string;
  readonly protocol: Protocol;
  readonly generation: number;
  readonly connectedAt: Date;
  /** Its clock minus ours, as an earlier connection measured it; null: none has (clock-watch.ts). */
  readonly clockOffsetMs: number | null;
  readonly strict: boolean;
};

/** What was wrong with an inbound payload and was mended: counted per charger and field. */
export type Deviation = {
  /** Dotted path; array positions as []: meterValue[].sampledValue[].value */
  readonly field: string;
  readonly kind: 'missing' | 'type' | 'enum' | 'too_long' | 'unknown_field' | 'null' | 'format' | 'range' | 'envelope';
  /** What was there, cut to 200 characters; of the envelope, what is odd about it. */
  readonly example: string;
};

/** One CALL from a charger, tolerantly validated: mended where that was possible, never trusted beyond `unknown`. */
export type InboundCall = {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The payload satisfies its schema after mending. False: read defensively, and throw {@link Unusable} if it cannot be used. */
  readonly valid: boolean;
  readonly deviations: readonly Deviation[];
  readonly receivedAt: Date;
  /** Of this message (platform/trace.ts): goes with all that is handed in for it. */
  readonly traceId: string;
  readonly link: ChargerLink;
  /** A boot that we asked for on this connection, where one was accepted before: it has not rebooted. */
  readonly isTriggered?: true;
};

/** One action that a charger may send. One file each in <version>/from-charger. */
export type FromCharger = {
  readonly action: string;
  /** Also served while the charger's boot is pending or rejected. */
  readonly beforeBoot?: boolean;
  /** Of what may stand in place of StatusNotification: whether this one tells how a connector stands. */
  readonly tellsStatus?: (call: InboundCall) => boolean;
  /** Resolves after the commit with a result that satisfies the schema. Throws {@link UnusableMessage} for hopeless content. */
  handle(call: InboundCall): Promise<Record<string, unknown>>;
  /** The smallest valid result: the answer to a message that went into quarantine. Nothing is ever refused for its content. */
  minimal(call: InboundCall): Record<string, unknown>;
};

/** One action that we may send. One file each in <version>/to-charger. */
export type ToCharger = {
  readonly action: string;
  /** Whether this result means that the charger agreed. */
  accepted(result: Readonly<Record<string, unknown>>): boolean;
  /** URLs in the payload that the charger is to fetch from or send to: only allowed schemes go out. */
  readonly urls?: (payload: Readonly<Record<string, unknown>>) => readonly unknown[];
  /** What an answer that agreed tells the room that follows this action (commands/followers.ts), in the domain's words. */
  readonly learn?: (
    payload: Readonly<Record<string, unknown>>,
    result: Readonly<Record<string, unknown>>,
  ) => Learned | undefined;
  /** The same for an answer that did not agree. */
  readonly learnRefusal?: (
    payload: Readonly<Record<string, unknown>>,
    result: Readonly<Record<string, unknown>>,
  ) => Learned | undefined;
  /** A payload that satisfies the schema: shown in OpenAPI and the documents. */
  readonly example: Readonly<Record<string, unknown>>;
};

/**
 * Takes in a charger's request for a certificate (PEM, PKCS#10). Accepted: it will be signed, and sent with CertificateSigned.
 * Resolves after the commit; rejects only while the database is away.
 */
export type SignCertificate = (request: {
  readonly csr: string;
  readonly use: CertificateUse;
  /** 2.1: comes back with CertificateSigned. */
  readonly requestId?: number | undefined;
  /** 2.1: the root that it is wanted to lead to. */
  readonly wantedRoot?: CertificateHash | undefined;
  readonly link: ChargerLink;
  readonly receivedAt: Date;
  readonly traceId: string;
}) => Promise<'accepted' | 'rejected'>;

/** A version of OCPP: routing as data. The transport serves whatever versions it is given. */
export type Version = {
  readonly protocol: Protocol;
  readonly fromCharger: ReadonlyMap<string, FromCharger>;
  readonly toCharger: ReadonlyMap<string, ToCharger>;
};

/** The content of a message is beyond use: it goes into quarantine raw and gets the minimal answer. */
export class UnusableMessage extends Error {
  override readonly name = 'UnusableMessage';
}
