/**
 * Keeps what chargers of 1.6 show as their price as the tariff has it that holds there: after a boot, after a new version, text or
 * assignment. The change itself is one of the room of configuration: it reads first, sets only what differs, and goes on by itself.
 */
import type { Database } from '../database/contract.ts';
import type { Ingest } from '../ingest/contract.ts';
import type { WantedSetting } from '../ingest/inputs.ts';
import { newId } from '../platform/ids.ts';
import { defaultPriceSettings, keys } from './default-price.ts';
import { claim, stalePrices, unaskedChargers } from './default-price-store.ts';
import { shownTerms, termsOf } from './terms.ts';
import { keptTexts } from './texts.ts';

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly now: Date;
};

const AT_ONCE = 50;
/** A charger has other things to do when it has just booted. */
const AFTER_BOOT_MS = 30_000;
const EXPIRY_MS = 3_600_000;
/** That it was asked whether it shows prices. */
const ASKED = 'asked';

/** Returns how many chargers were asked for something. */
export async function keepDefaultPrices(needs: Needs): Promise<number> {
  const { db, now } = needs;
  const unasked = await unaskedChargers(db, new Date(now.getTime() - AFTER_BOOT_MS), now, AT_ONCE);
  for (const { chargePointId } of unasked)
    await ask(needs, chargePointId, ASKED, { kind: 'read', keys: Object.values(keys), wanted: [] });
  const stale = await stalePrices(db, Object.values(keys), now, AT_ONCE);
  for (const { chargePointId, madeOf, terms, texts, language, said } of stale) {
    const settings = defaultPriceSettings({
      terms: terms === null ? undefined : termsOf(shownTerms.parse(terms)),
      texts: terms === null ? [] : keptTexts(texts),
      language,
      said,
    });
    const wanted = Object.entries(settings).map(([key, value]): WantedSetting => ({ key, value, sealed: null }));
    await ask(needs, chargePointId, madeOf, { kind: 'apply', wanted });
  }
  return unasked.length + stale.length;
}

type Wish = {
  readonly kind: 'read' | 'apply';
  readonly keys?: readonly string[];
  readonly wanted: readonly WantedSetting[];
};

async function ask({ db, submit, now }: Needs, chargePointId: string, madeOf: string, wish: Wish): Promise<void> {
  const changeId = newId('cfg');
  if (!(await claim(db, { chargePointId, madeOf, changeId, now }))) return;
  // A change that does not begin, as the charger has gone or this process ends, is missed in a minute (LOST in the store).
  await submit({
    ...({ room: 'configuration', type: 'requested', chargePointId, receivedAt: now, changeId } as const),
    ...wish,
    ...({ reboot: 'never', mayWait: false, requestedBy: 'system' } as const),
    expiresAt: new Date(now.getTime() + EXPIRY_MS),
  });
}
