/** What ClearChargingProfile was asked to clear, in the domain's words. Shared by all versions. */
import type { ProfileCriteria } from '../ingest/inputs.ts';
import { MOST_INT32, readInteger } from './reading.ts';

type Said = { readonly [Criterion in keyof ProfileCriteria]-?: unknown };
type Purpose = NonNullable<ProfileCriteria['purpose']>;

/** undefined: one that was given cannot be read. It must not be taken for absent: none at all means all profiles. */
export function readCriteria(
  said: Said,
  purposeFromWire: (word: unknown) => Purpose | undefined,
): ProfileCriteria | undefined {
  const criteria = {
    profileId: readInteger(said.profileId, -MOST_INT32 - 1, MOST_INT32),
    connectorId: readInteger(said.connectorId, 0, 1000),
    purpose: purposeFromWire(said.purpose),
    stackLevel: readInteger(said.stackLevel, 0, MOST_INT32),
  };
  const isLost = (name: keyof ProfileCriteria): boolean => said[name] !== undefined && criteria[name] === undefined;
  return (['profileId', 'connectorId', 'purpose', 'stackLevel'] as const).some(isLost) ? undefined : criteria;
}
