/**
 * The tariff that is a driver's own, or his fleet's, for a station of 2.x that says it shows tariffs: what he reads of it (2.0.1 I01),
 * and the tariff itself, for one of 2.1 that computes the cost (2.1 I08).
 */
import type { StationTariff } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { tokenKey } from '../platform/token-key.ts';
import { baseOf, priceText } from '../pricing/index.ts';
import { driverTariffAt } from './driver-tariff-store.ts';
import { shownTerms, termsOf } from './terms.ts';
import { keptTexts } from './texts.ts';

type Where = { readonly organizationId: string; readonly chargePointId: string; readonly tokenUid: string };
export type OwnTariff = {
  readonly tariff: StationTariff;
  /** undefined: drivers are not to be told anything there. */
  readonly message: { readonly language: string; readonly text: string } | undefined;
};
/**
 * undefined: he has none of his own, or the station says that it shows none (TariffCostCtrlr.Enabled[Tariff]). One that has not said so is
 * sent the tariff, without words: it may ask before its first report, and the session begins by what it is told then. Where it turns out to
 * show none, the field is one of the schema that it ignores; where it shows some, it is asked no more than one that said so.
 */
export type DriverTariff = (where: Where) => Promise<OwnTariff | undefined>;

export const createDriverTariff =
  (db: Pick<Database, 'rows'>): DriverTariff =>
  async ({ tokenUid, ...where }) => {
    const found = await driverTariffAt(db, { ...where, uidKey: tokenKey(tokenUid) });
    if (found === undefined) return undefined;
    const { id, version, name, description, isOn, shows, language } = found;
    const terms = termsOf(shownTerms.parse(found.terms));
    const texts = keptTexts(found.texts);
    const own =
      texts.find((each) => each.language === language) ??
      texts.find((each) => baseOf(each.language) === baseOf(language));
    const text = own?.text ?? priceText(terms, language);
    return {
      tariff: { tariffId: `${id}:${version}`, terms, description: description ?? name },
      message: isOn && shows === true ? { language, text } : undefined,
    };
  };
