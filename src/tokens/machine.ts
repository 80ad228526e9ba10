/** May this token charge? Pure. One function answers Authorize, Start and Stop; a start may break one rule more. */
import type { Step } from '../ingest/contract.ts';
import type { Authorization, AuthorizeReply, TokenInput } from '../ingest/inputs.ts';
import type { Place, Standing, TokenRow, TokenState } from './types.ts';

export function decide(state: TokenState, input: TokenInput, context: { readonly now: Date }): Step<TokenState> {
  const { chargePointId, receivedAt } = input;
  const place = { chargePointId, siteId: state.siteId };
  const uid = input.type === 'authorize_start' ? input.start.tokenUid : input.tokenUid;
  const after = collect(state, uid, receivedAt);
  if (input.type === 'authorize') {
    return { state: after, effects: [{ do: 'reply', value: authorize(state, place, context.now) }] };
  }
  if (input.type === 'authorize_stop') {
    const authorized = authorize(state, place, context.now);
    return { state: after, effects: [{ do: 'feed', input: { ...input.stop, authorized } }] };
  }
  return {
    state: after,
    effects: [
      {
        do: 'feed',
        input: {
          room: 'sessions',
          type: 'started',
          chargePointId,
          receivedAt,
          start: input.start,
          tokenId: state.token?.id ?? null,
          tokenGroupId: state.token?.group?.id ?? null,
          isFree: state.policy === 'free',
          mayBeReserved: state.hasReservations,
          authorized: authorizeStart(state, place, context.now),
        },
      },
    ],
  };
}

/** What a charger is told of a token, whatever it asks for. */
export function authorize(
  { policy, token }: Pick<TokenState, 'policy' | 'token'>,
  place: Place,
  now: Date,
): AuthorizeReply {
  const group = token?.group ?? undefined;
  const ofGroup = group === undefined ? {} : { groupId: group.parentIdTag };
  // An expiry would make the charger refuse by itself, where everybody is welcome.
  if (policy === 'free') return { authorization: 'accepted', ...ofGroup };
  if (token === undefined) return { authorization: policy === 'open' ? 'accepted' : 'invalid' };
  const expiresAt = earliest(token.validUntil, group?.validUntil ?? null);
  return {
    authorization: standingOf(group === undefined ? [token] : [token, group], place, now),
    ...(expiresAt !== null && { expiresAt }),
    ...ofGroup,
  };
}

/** OCPP 1.6 §7.2: ConcurrentTx is said to a StartTransaction only, and only of a token that may charge. */
export function authorizeStart(state: TokenState, place: Place, now: Date): AuthorizeReply {
  const said = authorize(state, place, now);
  const isLimited = said.authorization === 'accepted' && state.policy !== 'free' && state.token !== undefined;
  return isLimited && isExhausted(state.token, state.sessionsElsewhere)
    ? { ...said, authorization: 'concurrent_tx' }
    : said;
}

function standingOf(all: readonly Standing[], place: Place, now: Date): Authorization {
  if (all.some(({ status }) => status === 'blocked')) return 'blocked';
  if (all.some(({ validUntil }) => validUntil !== null && validUntil <= now)) return 'expired';
  return all.every((each) => isAllowedAt(each, place)) ? 'accepted' : 'not_at_this_location';
}

/** Both lists empty: everywhere. */
export function isAllowedAt(
  { allowedSiteIds, allowedChargePointIds }: Pick<Standing, 'allowedSiteIds' | 'allowedChargePointIds'>,
  { chargePointId, siteId }: Place,
): boolean {
  if (allowedSiteIds.length === 0 && allowedChargePointIds.length === 0) return true;
  return allowedChargePointIds.includes(chargePointId) || (siteId !== null && allowedSiteIds.includes(siteId));
}

const isExhausted = (token: TokenRow, { ofToken, ofGroup }: TokenState['sessionsElsewhere']): boolean =>
  (token.maxConcurrent !== null && ofToken >= token.maxConcurrent) ||
  (token.group !== null && token.group.maxConcurrent !== null && ofGroup >= token.group.maxConcurrent);

/** Who is a stranger where everybody is welcome tells nothing. */
function collect(state: TokenState, uid: string, at: Date): TokenState {
  if (state.token !== undefined || state.policy === 'free' || uid.trim() === '') return state;
  return { ...state, strangers: [...state.strangers, { uid, at }] };
}

export const earliest = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b < a) ? b : a);
