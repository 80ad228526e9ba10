/** What the files of this room share. Types only. */

/** Seals secrets at rest (src/secrets). `aad` binds a sealed secret to the row that it belongs to. */
export type KeyRing = {
  encrypt(plain: Buffer, aad: string): Buffer;
  decrypt(sealed: Buffer, aad: string): Buffer;
};

export type Log = {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

export type DeliveryStatus = 'pending' | 'succeeded' | 'failed';

/** What came of one attempt. A customer's dead URL is a result, not an error. */
export type Outcome =
  | {
      readonly kind: 'answered';
      /** HTTP status code */
      readonly status: number;
      /** Seconds that a 429 or 503 asked to wait. */
      readonly retryAfterS?: number | undefined;
    }
  /** No complete answer. `why` begins with a code: timeout, dns_failed, tls_failed, target_refused, … */
  | { readonly kind: 'unanswered'; readonly status?: number; readonly why: string };

/** As much of a receiver's reply as is kept (reply.ts). */
export type Reply = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** The signatures of a delivery as they were sent. */
export type Signatures = {
  /** X-Webhook-Signature */
  readonly plain: string;
  /** X-Webhook-Signature-Previous */
  readonly previous: string | undefined;
  /** webhook-signature */
  readonly standard: string;
};

/** One request that was made, or could not be. */
export type Attempt = {
  /** 1, 2, … */
  readonly number: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly durationMs: number;
  readonly url: string;
  readonly responseStatus: number | null;
  /** null: it succeeded */
  readonly error: string | null;
  readonly reply: Reply | undefined;
  readonly signatures: Signatures | undefined;
};

/** A delivery as its machine sees it. */
export type DeliveryState =
  | {
      readonly status: 'pending';
      readonly attempts: number;
      /** null: not attempted yet */
      readonly firstAttemptAt: Date | null;
      readonly nextAttemptAt: Date;
      /** What Retry-After demanded: nothing may bring the retry before it. */
      readonly notBefore: Date | null;
      readonly responseStatus: number | null;
      readonly lastError: string | null;
    }
  | {
      readonly status: 'succeeded';
      readonly attempts: number;
      readonly firstAttemptAt: Date;
      readonly completedAt: Date;
      readonly responseStatus: number;
    }
  | {
      readonly status: 'failed';
      readonly attempts: number;
      readonly firstAttemptAt: Date | null;
      readonly completedAt: Date;
      readonly responseStatus: number | null;
      readonly lastError: string;
    };

/** When to try again after a failed attempt; null: never (retry.ts). */
export type RetryRule = (failed: {
  /** The first attempt; of one in order, when it was first due. */
  readonly since: Date;
  /** Attempts made so far, this one included. */
  readonly attempts: number;
  readonly finishedAt: Date;
  readonly retryAfterS: number | undefined;
  /** 0 ≤ random < 1 */
  readonly random: number;
}) => Date | null;

/** What an endpoint signs with, sealed by the key ring (secrets.ts). */
export type SealedSecrets = {
  /** null: the endpoint has none. */
  readonly secret: Buffer | null;
  /** The one before the last rotation; signs too until then. */
  readonly previousSecret: Buffer | null;
  readonly previousSecretUntil: Date | null;
};

export type Lease = {
  readonly token: string;
  readonly ms: number;
  /** Counted from before the statement, so that ours ends before the one in the database. */
  readonly untilMs: number;
};

/** A pending delivery whose row is leased to this process, with all that is needed to send it. */
export type LeasedDelivery = SealedSecrets & {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly event: string;
  /** The exact text that is signed and sent. */
  readonly body: string;
  /** Of its event; null: the event is older than traces. */
  readonly traceId: string | null;
  readonly url: string;
  /** The charge point whose events this endpoint gets one at a time, in order; null: it goes out as soon as it is due. */
  readonly orderedKey: string | null;
  /** Whether its endpoint got its events in order when it was leased; tests and resends are not in order there. */
  readonly isOrdered: boolean;
  /** Of one in order: since when it is due, by which its 24 hours count; null: they count from its first attempt. */
  readonly waitsSince: Date | null;
  readonly attempts: number;
  readonly firstAttemptAt: Date | null;
  readonly nextAttemptAt: Date;
  readonly leaseToken: string;
  /** performance.now() until which the lease holds for certain. */
  readonly leasedUntilMs: number;
};

/** Just inserted, in a transaction that is committed by now. What goes in order is never born leased. */
export type BornDelivery = Omit<LeasedDelivery, 'orderedKey' | 'isOrdered' | 'waitsSince'>;

/** A finished attempt (or a delivery that ended without one) on its way into the database. */
export type Completion = {
  readonly id: string;
  readonly endpointId: string;
  readonly leaseToken: string;
  readonly leasedUntilMs: number;
  readonly state: DeliveryState;
  /** undefined: it ended without one */
  readonly attempt: Attempt | undefined;
  /** It answered 410: its endpoint is switched off, if it still has this URL. */
  readonly disable: { readonly url: string } | undefined;
};

export type WebhookMetrics = {
  /** One attempt is over. */
  attempted(outcome: 'success' | 'failure' | 'timeout' | 'refused_target', seconds: number): void;
  /** A delivery has come to its end. */
  completed(status: 'succeeded' | 'failed'): void;
  /** From the commit of the event to the begin of the first attempt. */
  waited(seconds: number): void;
  /** An endpoint is switched off by us: it answered 410, or has failed for days. */
  disabled(reason: 'gone' | 'failing'): void;
};
