/** May this token charge? Pure. One function answers Authorize, Start and Stop; a start may break one rule more. */
import type { Effect, Step } from '../ingest/contract.ts';
import type { Authorization, AuthorizeReply, Input, TokenInput, TransactionEvent } from '../ingest/inputs.ts';
import { type Place, type Standing, type TokenRow, type TokenState, TYPED_TYPE } from './types.ts';

type Context = { readonly now: Date };

export function decide(loaded: TokenState, input: TokenInput, context: Context): Step<TokenState> {
  const { chargePointId, receivedAt } = input;
  const state = known(loaded, input);
  const place = { chargePointId, siteId: state.siteId };
  const after = state.payment === undefined ? collect(loaded, askedUid(input), receivedAt) : loaded;
  if (input.type === 'authorize') {
    const said = authorize(state, place, context.now);
    const value: AuthorizeReply =
      state.hasOwnTariff && state.token !== undefined ? { hasOwnTariff: true, ...said } : said;
    return { state: after, effects: [{ do: 'reply', value }, ...priceShown(state, input, value)] };
  }
  if (input.type === 'authorize_stop') {
    const authorized = authorize(state, place, context.now);
    return { state: after, effects: [{ do: 'feed', input: { authorized, ...input.stop } }] };
  }
  if (input.type === 'authorize_event') {
    const authorized = authorizeEvent(state, input, place, context.now);
    const token = { id: state.token?.id ?? null, groupId: state.token?.group?.id ?? null };
    return {
      state: after,
      effects: [
        {
          do: 'feed',
          input: {
            room: 'sessions',
            type: 'transaction_event',
            chargePointId,
            receivedAt,
            event: input.event,
            ...priceOf(state),
            mayBeReserved: state.hasReservations,
            ...(authorized && { token: { ...token, authorized } }),
          },
        },
      ],
    };
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
          ...priceOf(state),
          mayBeReserved: state.hasReservations,
          authorized: authorizeStart(state, place, context.now, { began: beganEarlier(input) }),
        },
      },
    ],
  };
}

/** OCA's note §3.1.2: he reads it before he charges. Whether his charger shows it is for the room of sessions to know. */
function priceShown(
  { policy, token, test, hasOwnTariff }: TokenState,
  { readsPrice, tokenUid, chargePointId, receivedAt }: Extract<TokenInput, { type: 'authorize' }>,
  { authorization }: AuthorizeReply,
): Effect[] {
  if (readsPrice !== true || token === undefined || !hasOwnTariff || policy === 'free' || test !== undefined) return [];
  if (authorization !== 'accepted') return [];
  const driver = { tokenUid, tokenId: token.id, tokenGroupId: token.group?.id ?? null };
  return [{ do: 'feed', input: { room: 'sessions', type: 'driver_authorized', chargePointId, receivedAt, ...driver } }];
}

const priceOf = ({ policy, test }: TokenState) => ({
  isFree: policy === 'free' || test !== undefined,
  ...(test !== undefined && { isTest: true as const }),
});

/** To the session, as if the token might do what it asks for. */
export function foresee(input: TokenInput): readonly Input[] {
  const authorized: AuthorizeReply = { authorization: 'accepted' };
  const { chargePointId, receivedAt } = input;
  const told = { isFree: false, mayBeReserved: false } as const;
  switch (input.type) {
    case 'authorize':
      return [];
    case 'authorize_stop':
      return [{ authorized, ...input.stop }];
    case 'authorize_start':
      return [
        {
          room: 'sessions',
          type: 'started',
          chargePointId,
          receivedAt,
          start: input.start,
          tokenId: null,
          tokenGroupId: null,
          authorized,
          ...told,
        },
      ];
    case 'authorize_event': {
      const { event } = input;
      const token = event.token && { token: { id: null, groupId: null, authorized } };
      return [{ room: 'sessions', type: 'transaction_event', chargePointId, receivedAt, event, ...told, ...token }];
    }
  }
}

/** '' where nobody is named. */
export function askedUid(input: TokenInput): string {
  switch (input.type) {
    case 'authorize':
    case 'authorize_stop':
      return input.tokenUid;
    case 'authorize_start':
      return input.start.tokenUid;
    case 'authorize_event':
      return input.event.token?.uid ?? '';
  }
}

/** When a start was that is told afterwards, by our clock; undefined: it begins now. */
export function beganEarlier(input: TokenInput): Date | undefined {
  if (input.type !== 'authorize_start' && input.type !== 'authorize_event') return undefined;
  const { at } = input.type === 'authorize_start' ? input.start : input.event;
  const isReplayed = at.historical || (input.type === 'authorize_event' && input.event.offline);
  return isReplayed ? (at.ours ?? at.at) : undefined;
}

/** It may break the rule of concurrent sessions. */
export const asksToStart = ({ token }: TransactionEvent): boolean =>
  token !== undefined && token.uid !== null && token.asks === 'start';

/**
 * A uid is unique in its organization whatever its type, and types are told carelessly (ISO14443, Central, Local for one card):
 * they do not tell tokens apart. Except that what is typed on a keypad is never a card: anybody can read the number of a card.
 */
function known(state: TokenState, input: TokenInput): TokenState {
  const isPayment =
    input.type === 'authorize' ? input.isPayment : input.type === 'authorize_event' && input.event.token?.isPayment;
  // C18: what a terminal has authorized nobody here was asked about.
  if (isPayment && state.payment === undefined) return { ...state, token: undefined, payment: 'unheard' };
  const isTyped =
    input.type === 'authorize'
      ? input.isTyped
      : input.type === 'authorize_event'
        ? input.event.token?.isTyped
        : undefined;
  if (isTyped === undefined || state.token === undefined) return state;
  return isTyped === (state.token.type === TYPED_TYPE) ? state : { ...state, token: undefined };
}

/** undefined: it brought no token. Where nobody need say who he is (2.0.1 C02), everybody may charge. */
function authorizeEvent(
  state: TokenState,
  input: Extract<TokenInput, { type: 'authorize_event' }>,
  place: Place,
  now: Date,
): AuthorizeReply | undefined {
  const { event } = input;
  if (event.token === undefined) return undefined;
  if (event.token.uid === null) return { authorization: 'accepted' };
  if (!asksToStart(event)) return authorize(state, place, now);
  return authorizeStart(state, place, now, { began: beganEarlier(input), transactionId: event.ocppTransactionId });
}

/** What a charger is told of a token, whatever it asks for. */
export function authorize(
  { policy, token, test, payment }: Pick<TokenState, 'policy' | 'token' | 'test' | 'payment'>,
  place: Place,
  now: Date,
): AuthorizeReply {
  if (test !== undefined) return { authorization: test === 'open' ? 'accepted' : 'invalid' };
  if (payment !== undefined) return { authorization: 'accepted' };
  const group = token?.group ?? undefined;
  const ofGroup = group === undefined ? {} : { groupId: group.parentIdTag };
  // An expiry would make the charger refuse by itself, where everybody is welcome.
  if (policy === 'free') return { authorization: 'accepted', ...ofGroup };
  if (token === undefined) return { authorization: policy === 'open' ? 'accepted' : 'invalid' };
  const standing = standingOf(group === undefined ? [token] : [token, group], place, now);
  const { credit } = token;
  // 2.1 C17.FR.01, FR.02: nobody may remember it, as it may be spent by then.
  if (credit !== null) {
    const authorization = standing === 'accepted' && !hasCredit(credit) ? 'no_credit' : standing;
    return { authorization, expiresAt: alreadyOver(now), credit, ...ofGroup };
  }
  const expiresAt = earliest(token.validUntil, group?.validUntil ?? null);
  return { authorization: standing, ...(expiresAt !== null && { expiresAt }), ...ofGroup };
}

/** OCPP 1.6 §7.2: ConcurrentTx is said to a StartTransaction only, and only of a token that may charge. */
export function authorizeStart(
  state: TokenState,
  place: Place,
  now: Date,
  { began, transactionId }: { readonly began?: Date | undefined; readonly transactionId?: string } = {},
): AuthorizeReply {
  const { payment } = state;
  if (typeof payment === 'object') return { authorization: startOf(payment, now, began, transactionId) };
  const said = authorize(state, place, now);
  const isLimited = said.authorization === 'accepted' && state.policy !== 'free' && state.token !== undefined;
  return isLimited && isExhausted(state.token, state.sessionsElsewhere)
    ? { ...said, authorization: 'concurrent_tx' }
    : said;
}

const STEP_MS = 5 * 60_000;
/** Never later than now; what is said to an Authorize and to the start that follows is the same, unless a step ends between them. */
const alreadyOver = (now: Date): Date => new Date(Math.floor(now.getTime() / STEP_MS) * STEP_MS);

const hasCredit = (credit: string): boolean => /[1-9]/.test(credit);

/** One session, in time; events that name the payment again are of the session that it began. */
function startOf(
  { until, used, isKept, ocppTransactionId }: Exclude<NonNullable<TokenState['payment']>, string>,
  now: Date,
  began: Date | undefined,
  transactionId: string | undefined,
): Authorization {
  if (used) return ocppTransactionId !== null && ocppTransactionId === transactionId ? 'accepted' : 'concurrent_tx';
  if (began === undefined) return until > now ? 'accepted' : 'expired';
  // Told afterwards it was in time if it was then; unless it is so late that nobody could hold it to what was paid.
  return until > began && isKept ? 'accepted' : 'expired';
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
  if (state.token !== undefined || state.test !== undefined || state.policy === 'free' || uid.trim() === '')
    return state;
  return { ...state, strangers: [...state.strangers, { uid, at }] };
}

export const earliest = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b < a) ? b : a);
