/** May this token charge? Pure. The same answer for Authorize and for a start, but for what only a start can break. */
import type { Step } from '../ingest/contract.ts';
import type { Authorization, AuthorizeReply, TokenInput } from '../ingest/inputs.ts';
import type { TokenState } from './types.ts';

export function decide(state: TokenState, input: TokenInput, context: { readonly now: Date }): Step<TokenState> {
  const authorization = authorize(state, input.type, context.now);
  const { token } = state;
  const authorized: AuthorizeReply = {
    authorization,
    ...(token?.validUntil != null && { expiresAt: token.validUntil }),
    ...(token?.groupId != null && { groupId: token.groupId }),
  };
  if (input.type === 'authorize') return { state, effects: [{ do: 'reply', value: authorized }] };
  if (input.type === 'authorize_stop')
    return { state, effects: [{ do: 'feed', input: { ...input.stop, authorized } }] };
  const { chargePointId, receivedAt, start } = input;
  return {
    state,
    effects: [
      {
        do: 'feed',
        input: {
          room: 'sessions',
          type: 'started',
          chargePointId,
          receivedAt,
          start,
          tokenId: token?.id ?? null,
          authorized,
        },
      },
    ],
  };
}

function authorize({ token, sessionsElsewhere }: TokenState, purpose: TokenInput['type'], now: Date): Authorization {
  if (token === undefined) return 'invalid';
  if (token.status === 'blocked') return 'blocked';
  if (token.validUntil !== null && token.validUntil <= now) return 'expired';
  // OCPP 1.6 §7.2: ConcurrentTx is said to a StartTransaction only.
  if (purpose === 'authorize_start' && token.maxConcurrent !== null && sessionsElsewhere >= token.maxConcurrent)
    return 'concurrent_tx';
  return 'accepted';
}
