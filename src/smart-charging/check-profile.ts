/** Checks a charging profile against the rules of its charger's OCPP and against what the charger has said of itself, and holds. */
import { randomInt } from 'node:crypto';
import type { FieldFault } from '../platform/errors.ts';
import { faultsOf, readLimits } from './checks.ts';
import { faultsOf2x, isRival, readStationLimits } from './checks-2x.ts';
import type { ProfileReads } from './store.ts';
import type { ChargingProfile } from './types.ts';

/** What a charger last said of its settings. Implemented by src/configuration. */
export type SettingsOf = (
  organizationId: string,
  chargePointId: string,
) => Promise<readonly { readonly key: string; readonly value: string | null }[]>;

type Where = { readonly organizationId: string; readonly chargePointId: string };
export type CheckProfile = {
  (where: Where, profile: ChargingProfile): Promise<FieldFault[]>;
  /**
   * The number that this profile should have to replace what it is meant to replace. In 1.6 a profile of the same purpose, level and
   * place does that by itself; in 2.x only one of the same number does (K04).
   */
  numberFor(where: Where, profile: ChargingProfile): Promise<number>;
};

/** Ids below are left to people, who like to number their profiles. */
const FIRST_OWN_ID = 1_000_000;
export const newProfileId = (): number => randomInt(FIRST_OWN_ID, 2 ** 31 - 1);

type Needs = {
  readonly reads: Pick<ProfileReads, 'installed' | 'protocol' | 'controller'>;
  readonly settingsOf: SettingsOf;
};

export function createCheckProfile({ reads, settingsOf }: Needs): CheckProfile {
  /** Who has never been connected is asked nothing: the command says so. */
  const protocolOf = async (where: Where) => (await reads.protocol(where)) ?? 'ocpp1.6';

  async function check(where: Where, profile: ChargingProfile): Promise<FieldFault[]> {
    const [installed, protocol] = await Promise.all([reads.installed(where), protocolOf(where)]);
    if (protocol !== 'ocpp1.6')
      return faultsOf2x(profile, protocol, readStationLimits(await reads.controller(where)), installed);
    const settings = await settingsOf(where.organizationId, where.chargePointId);
    const configuration = new Map(settings.map(({ key, value }) => [key, value ?? '']));
    const others = installed.filter((each) => each.profileId !== profile.profileId).length;
    return faultsOf(profile, readLimits(configuration), others);
  }

  async function numberFor(where: Where, profile: ChargingProfile): Promise<number> {
    const [installed, protocol] = await Promise.all([reads.installed(where), protocolOf(where)]);
    const replaced = protocol === 'ocpp1.6' ? undefined : installed.find((each) => isRival(each, profile));
    return replaced?.profileId ?? newProfileId();
  }

  return Object.assign(check, { numberFor });
}
