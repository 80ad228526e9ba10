/**
 * 1.6, SetUserPrice: a driver who has a tariff of his own, or his fleet's, reads it before he charges. Others read the default price of
 * the charger. Pure. Nothing is reckoned by it.
 */
import type { Effect } from '../../ingest/contract.ts';
import { baseOf, priceText } from '../../pricing/index.ts';
import type { Place, SessionState } from '../types.ts';
import { holdingFor, mannerFor } from './cost.ts';
import { asked, type Words } from './driver.ts';
import { inLanguages } from './driver-texts.ts';
import type { Input, Next } from './shared.ts';

type Driver = { readonly tokenUid: string; readonly tokenId: string | null; readonly tokenGroupId: string | null };
type About = { readonly chargePointId: string; readonly receivedAt: Date };

export function driverAuthorized(
  state: SessionState,
  input: Input<'driver_authorized'>,
  words: Words | undefined,
): Next {
  const { tokenUid, receivedAt } = input;
  const effects = priceOf(state.place, input, input, words, `${tokenUid} ${receivedAt.getTime()}`);
  return { state, effects, ...(effects.length === 0 && { ignored: 'not_shown' }) };
}

/** `about`: what makes it another message than the one before. */
export function priceOf(
  place: Place | undefined,
  driver: Driver,
  { chargePointId, receivedAt }: About,
  words: Words | undefined,
  about: string,
): Effect[] {
  if (place?.shownBy !== 'ocpp1.6' || words === undefined) return [];
  const holding = holdingFor(place, driver);
  if (holding === undefined || (holding.level !== 'token' && holding.level !== 'token_group')) return [];
  const own = place.texts.get(holding.tariffId) ?? [];
  const say = (language: string): string => {
    const exact = own.find((each) => each.language === language);
    const near = exact ?? own.find((each) => baseOf(each.language) === baseOf(language));
    return near?.text ?? priceText(holding.plan.terms, language);
  };
  const texts = inLanguages(mannerFor(place, driver.tokenId), say);
  // Commands go out in the order of their ids: what he pays at all before what he pays now.
  const before = new Date(receivedAt.getTime() - 1);
  const call = words.show(place.shownBy, { do: 'show_price', tokenUid: driver.tokenUid, ...texts });
  return call === undefined
    ? []
    : [asked(call, words.idOf(`${chargePointId} price ${about}`, 0, before), { chargePointId, receivedAt })];
}
