/**
 * What a charger says of showing prices and costs, and what that means. 1.6: the configuration keys of OCA's "OCPP & California
 * Pricing Requirements"; 2.x: variables of TariffCostCtrlr and CustomizationCtrlr. Pure.
 */
import type { Protocol } from '../commands/index.ts';
import { languagesIn } from '../pricing/index.ts';
import type { Place } from './types.ts';

const SHOWS = ['CustomDisplayCostAndPrice', 'TariffCostCtrlr.Enabled[Cost]'];
const COSTMSG = 'CustomizationCtrlr.CustomImplementationEnabled[org.openchargealliance.costmsg]';
const MULTI = 'CustomMultiLanguageMessages';
const LANGUAGES = 'SupportedLanguages';
const IDLE_AFTER_STOP = 'CustomIdleFeeAfterStop';

/** What is looked at, by the names that settings and variables have here. */
export const SAYS: readonly string[] = [...SHOWS, COSTMSG, MULTI, LANGUAGES, IDLE_AFTER_STOP];
export type Said = Readonly<Record<string, string>>;

type About = {
  readonly said: Said | null;
  readonly isOn: boolean;
  readonly protocol: Protocol | null;
  readonly language: string;
  readonly receiptUrl: string | null;
};

export function displayOf({
  said,
  isOn,
  protocol,
  language,
  receiptUrl,
}: About): Pick<Place, 'shownBy' | 'manner' | 'languages' | 'texts'> {
  const is = (key: string): boolean => said?.[key]?.trim().toLowerCase() === 'true';
  return {
    shownBy: isOn && SHOWS.some(is) ? protocol : null,
    manner: {
      ...{ language, receiptUrl },
      languages: is(MULTI) ? languagesIn(said?.[LANGUAGES]) : [],
      isIdleAfterStop: protocol === 'ocpp1.6' && is(IDLE_AFTER_STOP),
      hasDetails: is(COSTMSG),
    },
    ...{ languages: new Map(), texts: new Map() },
  };
}
