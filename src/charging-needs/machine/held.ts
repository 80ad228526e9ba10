/** The profiles that a station holds for one session, and which of them a person has decided. Pure. */
import type { ChargingNeedsState, ChargingProfile, HeldProfile, RunningSession } from '../types.ts';

/** The highest first, each with the transaction: what came with a remote start names none, and is of the session that this start began. */
export function heldFor({ profiles }: Pick<ChargingNeedsState, 'profiles'>, session: RunningSession): HeldProfile[] {
  const { transactionId, ocppTransactionId, commandId } = session;
  if (ocppTransactionId === null) return [];
  return profiles
    .filter(({ profile }) => profile.purpose === 'tx')
    .filter((each) =>
      each.profile.ocppTransactionId === undefined
        ? commandId !== null && each.commandId === commandId
        : each.profile.ocppTransactionId === ocppTransactionId,
    )
    .map((each) => ({ ...each, profile: { ...each.profile, transactionId, ocppTransactionId } }))
    .sort((a, b) => b.profile.stackLevel - a.profile.stackLevel);
}

/** It holds, whatever the EV would like. */
export const setByPerson = (held: readonly HeldProfile[]): ChargingProfile | undefined =>
  held.find(({ requestedBy }) => requestedBy !== 'system')?.profile;

/** Who decided a profile of that number; it stays theirs when it is sent once more. */
export const authorOf = (held: readonly HeldProfile[], { profileId }: ChargingProfile): string =>
  held.find(({ profile }) => profile.profileId === profileId)?.requestedBy ?? 'system';
