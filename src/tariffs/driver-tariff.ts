/** The tariff that is a driver's own, or his fleet's, for a station of 2.1 that computes the cost itself (2.1 I08). */
import type { StationTariff } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { uidKey } from '../tokens/index.ts';
import { driverTariffAt } from './driver-tariff-store.ts';
import { shownTerms, termsOf } from './terms.ts';

type Where = { readonly organizationId: string; readonly chargePointId: string; readonly tokenUid: string };
/** undefined: he has none of his own, or the station does not say that it computes (TariffCostCtrlr.Enabled[Tariff]). */
export type DriverTariff = (where: Where) => Promise<StationTariff | undefined>;

export const createDriverTariff =
  (db: Pick<Database, 'rows'>): DriverTariff =>
  async ({ tokenUid, ...where }) => {
    const found = await driverTariffAt(db, { ...where, uidKey: uidKey(tokenUid) });
    if (found === undefined) return undefined;
    const { id, version, name, description, terms } = found;
    return {
      tariffId: `${id}:${version}`,
      terms: termsOf(shownTerms.parse(terms)),
      description: description ?? name,
    };
  };
