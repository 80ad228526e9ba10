/** What a session costs: terms and timeline in, lines and totals out. Pure; knows no database and no other room. */
export { costOf } from './cost.ts';
export { currencyDigits } from './currency.ts';
export { isSame as isSamePrice, type Outlook, outlookOf, type Prices } from './outlook.ts';
export { type Plan, planOf, UWH } from './plan.ts';
export { price, tallyOf } from './price.ts';
export { costText, type Ended, priceText } from './price-text.ts';
export type { RunningCost, ShowCost, ShownPrices, ShownText, ShowPrice, Texts } from './shown.ts';
export {
  addSample,
  beginTally,
  rank,
  runsByItself,
  settled,
  traced,
  truncated,
  withReservation,
} from './tally.ts';
export type { Tally, Traced } from './tally-types.ts';
export {
  type Component,
  type ComponentType,
  type Cost,
  type Line,
  type Phase,
  per,
  phases,
  type Restrictions,
  type Sample,
  type Tax,
  type Terms,
  type Timeline,
  weekdays,
} from './types.ts';
export { dayOf, isSameTime, sameTimeAfter, startOfDay, startOfMonth } from './wall-days.ts';
export { baseOf, languagesIn } from './wording.ts';
export { offsetAt } from './zone.ts';
