/**
 * A charger that was refused, for the audit log of its organization (nobody's: of the oldest). Refusals of one registered charger for one
 * reason within seconds are one entry, wherever they come from; of strangers those from one address. Who shows no credentials yet asks for
 * the challenge (RFC 7235 §2.1): that is no refusal. Pure but for what it is given.
 */
import type { Audit } from '../platform/audited.ts';
import type { Knock } from './refusals.ts';

const STATUS: Readonly<Record<string, number>> = { throttled: 429, bad_identity: 400, no_subprotocol: 400 };
const CODE: Readonly<Record<number, string>> = {
  400: 'validation_failed',
  401: 'unauthorized',
  429: 'too_many_requests',
};
const MOST_IDENTITY = 64;

export function auditRefusal(
  audit: Pick<Audit, 'refused'>,
  {
    identity,
    reason,
    organizationId,
    remoteAddress,
  }: Pick<Knock, 'identity' | 'reason' | 'organizationId' | 'remoteAddress'>,
): void {
  if (reason === 'missing_credentials') return;
  const status = STATUS[reason] ?? 401;
  const said = identity.replace(/[\p{Cc}\p{Cs}]/gu, '').slice(0, MOST_IDENTITY);
  const isKnown = organizationId !== undefined;
  const call = {
    ...{ requestId: '', subject: undefined, address: remoteAddress, operation: 'connectCharger' },
    ...{ method: 'GET', path: '/ocpp/{identity}' },
    target: { identity: said },
  };
  audit.refused(
    call,
    { status, code: CODE[status], untold: { organizationId, reason } },
    isKnown
      ? { among: 'chargers', alike: said, name: remoteAddress }
      : { among: 'strangers', alike: remoteAddress, name: said },
  );
}
