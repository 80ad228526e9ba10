/** Checks a charging profile against the rules of OCPP and against what its charger has said of itself, and holds already. */
import { randomInt } from 'node:crypto';
import type { FieldFault } from '../platform/errors.ts';
import { faultsOf, readLimits } from './checks.ts';
import type { ProfileReads } from './store.ts';
import type { ChargingProfile } from './types.ts';

/** What a charger last said of its settings. Implemented by src/configuration. */
export type SettingsOf = (
  organizationId: string,
  chargePointId: string,
) => Promise<readonly { readonly key: string; readonly value: string | null }[]>;

type Where = { readonly organizationId: string; readonly chargePointId: string };
export type CheckProfile = (where: Where, profile: ChargingProfile) => Promise<FieldFault[]>;

/** Ids below are left to people, who like to number their profiles. */
const FIRST_OWN_ID = 1_000_000;
export const newProfileId = (): number => randomInt(FIRST_OWN_ID, 2 ** 31 - 1);

type Needs = { readonly reads: Pick<ProfileReads, 'installed'>; readonly settingsOf: SettingsOf };

export const createCheckProfile =
  ({ reads, settingsOf }: Needs): CheckProfile =>
  async (where, profile) => {
    const [settings, installed] = await Promise.all([
      settingsOf(where.organizationId, where.chargePointId),
      reads.installed(where),
    ]);
    const configuration = new Map(settings.map(({ key, value }) => [key, value ?? '']));
    const others = installed.filter((each) => each.profileId !== profile.profileId).length;
    return faultsOf(profile, readLimits(configuration), others);
  };
