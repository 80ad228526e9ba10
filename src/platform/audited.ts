/**
 * What the router tells of each call that may change something, and of each refusal. Types only: who keeps it is src/audit.
 * A call is written down before its handler runs, so that nothing changes without an entry.
 */
import type { Untold } from './errors.ts';
import type { AuditSubject } from './principal.ts';

export type AuditedCall = {
  readonly requestId: string;
  /** Whose log it belongs to; undefined: the credential names nobody. */
  readonly subject: AuditSubject | undefined;
  readonly address: string;
  readonly operation: string;
  readonly method: string;
  /** The pattern, below /api/v1. */
  readonly path: string;
  /** Ids in the path, by their names. */
  readonly target: Readonly<Record<string, unknown>>;
};
export type AuditedEnd = {
  readonly status: number;
  /** Of the error that was answered. */
  readonly code?: string | undefined;
  /** What was created. */
  readonly id?: string | undefined;
  /** Of a refusal, what the caller was not told. */
  readonly untold?: Untold | undefined;
};

/** Of refusals that come in storms of their own: which of them are alike. */
export type Gathering = {
  readonly among: 'calls' | 'chargers' | 'strangers';
  readonly alike: string;
  /** By which one of several alike is told. */
  readonly name: string;
};

export type Audit = {
  /** Resolves when it is on disk. `body`: as it was parsed; what is secret in it is not kept. */
  called(call: AuditedCall, body: unknown): Promise<AuditedOutcome>;
  /** Refused before anything was done. Like refusals within seconds become one entry. */
  refused(call: AuditedCall, end: AuditedEnd, how?: Gathering): void;
};
export type AuditedOutcome = {
  /** Not waited for. */
  ended(end: AuditedEnd): void;
};
