/**
 * What a browser keeps between its leaving for the identity provider and its coming back: state, nonce and PKCE verifier (RFC 7636),
 * signed, for ten minutes. It is of this browser alone, so that nobody is logged in by another's link (RFC 9700 §4.7).
 */
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { KeyRing } from '../secrets/index.ts';

export const TICKET_S = 600;
const AUDIENCE = 'dynamo-csms-sso';

const ticket = z.object({
  organizationId: z.string(),
  issuer: z.string(),
  state: z.string().min(20),
  nonce: z.string().min(20),
  verifier: z.string().min(43),
  /** Of the refresh token that the browser had when it left, as it is kept: it sends none when it comes from elsewhere. */
  before: z.base64().max(64).optional(),
  /** Who is logged in and wants to be linked with whom he comes back as. */
  linking: z.object({ userId: z.string(), loginId: z.string().optional() }).optional(),
});
export type Ticket = z.infer<typeof ticket>;
export type Tickets = ReturnType<typeof createTickets>;

export function createTickets({
  keys,
  clock,
}: {
  readonly keys: ReturnType<KeyRing['jwtKeys']>;
  readonly clock: Clock;
}) {
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  return {
    issue(held: Ticket): string {
      const { kid, key } = keys.current;
      const iat = seconds();
      const claims = { ...held, iat, exp: iat + TICKET_S };
      return jwt.sign(claims, key, { algorithm: 'HS256', audience: AUDIENCE, keyid: kid });
    },
    /** Undefined: it is none, or too old. */
    open(text: string): Ticket | undefined {
      try {
        const kid = jwt.decode(text, { complete: true })?.header.kid;
        const key = keys.all.find((each) => each.kid === kid)?.key;
        if (key === undefined) return undefined;
        const claims = jwt.verify(text, key, {
          ...{ algorithms: ['HS256'], audience: AUDIENCE, maxAge: TICKET_S, clockTimestamp: seconds() },
        });
        return ticket.safeParse(claims).data;
      } catch {
        return undefined; // expired, tampered or no ticket at all: all the same to the caller
      }
    },
  };
}
