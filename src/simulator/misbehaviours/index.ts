/**
 * The one table of misbehaviours, by their ids in 3-ocpp.md. B1 is not in it: not booting after a mere reconnect is what a good
 * charger does, and what this one does. X14 and M-ids that need a broken server or another version are not a client's to show.
 */
import type { Misbehaviour } from '../contract.ts';
import type { Traits } from '../types.ts';
import { boot } from './boot.ts';
import { events2x } from './events.ts';
import { framing } from './framing.ts';
import { meter } from './meter.ts';
import { transactions } from './transactions.ts';
import { transport } from './transport.ts';

export const misbehaviours: Readonly<Record<string, Misbehaviour>> = {
  ...transport,
  ...framing,
  ...boot,
  ...transactions,
  ...meter,
  ...events2x,
  U1: { does: 'says that it has installed firmware, and boots with that of before', traits: { installsNothing: true } },
};

export function misbehavioursNamed(names: readonly string[]): readonly Misbehaviour[] {
  return names.map((name) => {
    const found = Object.hasOwn(misbehaviours, name) ? misbehaviours[name] : undefined;
    if (found === undefined)
      throw new Error(`misbehaviour ${name}: known are ${Object.keys(misbehaviours).join(', ')}`);
    return found;
  });
}

const WELL_BEHAVED: Traits = {
  answersCalls: true,
  answerDelayMs: 0,
  actsBeforeAnswering: false,
  oneCallAtATime: true,
  messageIds: 'random',
  keepsMessageId: false,
  repeatsOnErrorForEver: false,
  reportsStatusAfterBoot: true,
  restartsWhenCalledBeforeBoot: false,
  restartsOnBootTrigger: false,
  ignoresRemoteStart: false,
  configurationNeedsReboot: false,
  chargesUnauthorized: false,
  authorizesFirst: true,
  jitterlessReconnect: false,
  installsNothing: false,
};

export const traitsOf = (chosen: readonly Misbehaviour[]): Traits =>
  Object.assign({}, WELL_BEHAVED, ...chosen.map(({ traits }) => traits ?? {}));
