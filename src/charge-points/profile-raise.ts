/**
 * A security profile that is about to rise: once the charger has taken the setting, or may have, the next profile opens beside the present one,
 * and the first login with it makes it the present one (1.6 security whitepaper A05, 2.x A05.FR.07: from then on no lower one opens).
 * It must never lower a profile: only a person does. Pure.
 */
import type { ChangedSetting, CommandEnded, Learned } from '../ingest/inputs.ts';
import { foldedKey } from '../platform/variable-key.ts';

export type Profiles = {
  readonly current: number;
  /** Higher than `current`; null: none is expected. */
  readonly next: number | null;
  /** 2.x: the security profile of what each slot of the station holds, as far as it is known; of nobody else's inputs. */
  readonly slots: ReadonlyMap<number, number>;
};

const HIGHEST = 3;
const PRIORITY = 'ocppcommctrlr.networkconfigurationpriority';
/** 1.6, and 2.x for stations that let it be written; there it is read-only by the specification. */
const PROFILE: ReadonlySet<string> = new Set(['securityprofile', 'securityctrlr.securityprofile']);
const TAKEN: ReadonlySet<ChangedSetting['outcome']> = new Set(['accepted', 'reboot_required']);

/** Whether what the slots of the station hold has to be known to judge a change of this setting. */
export const namesSlots = (key: string): boolean => foldedKey(key) === PRIORITY;

/** The charger has answered; the same object: nothing moves. */
export function settingTaken(profiles: Profiles, learned: Learned | undefined): Profiles {
  if (learned?.about !== 'settings_changed') return profiles;
  return learned.changes.reduce((known, { key, value, outcome }) => {
    if (value === null || !TAKEN.has(outcome)) return known;
    if (namesSlots(key)) return expecting(known, firstHigher(known, value));
    return PROFILE.has(foldedKey(key)) ? expecting(known, wholeNumber(value)) : known;
  }, profiles);
}

/**
 * No answer came: what it was asked for may hold. A charger that has raised its profile does not go back, so the higher one opens as if it
 * had been taken. The present one stays open in any case; nothing is called off by what may not have happened.
 */
export const settingSent = (profiles: Profiles, mayHold: CommandEnded['mayHold'] = []): Profiles =>
  mayHold.reduce((known, setting) => {
    const changes = [{ ...setting, secret: false, outcome: 'accepted' as const }];
    return known.next === null ? settingTaken(known, { about: 'settings_changed', changes }) : known;
  }, profiles);

/** It logged in with this one. */
export function profileUsed(profiles: Profiles, profile: number): Profiles {
  return profiles.next === profile && profile > profiles.current
    ? { ...profiles, current: profile, next: null }
    : profiles;
}

/** A setting back at the present profile ends the expectation; a lower one, which no charger should take, moves nothing. */
function expecting(profiles: Profiles, wanted: number | undefined): Profiles {
  if (wanted === undefined || wanted > HIGHEST || wanted < profiles.current) return profiles;
  const next = wanted === profiles.current ? null : wanted;
  return next === profiles.next ? profiles : { ...profiles, next };
}

/** 2.x B10: the station tries its slots in this order. Lower ones behind it are what it falls back to. */
function firstHigher({ slots, current }: Profiles, order: string): number | undefined {
  for (const word of order.split(',')) {
    const profile = slots.get(wholeNumber(word) ?? -1);
    if (profile !== undefined && profile > current) return profile;
  }
  return undefined;
}

const wholeNumber = (text: string): number | undefined => (/^\s*\d{1,4}\s*$/.test(text) ? Number(text) : undefined);
