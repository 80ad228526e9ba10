/** At which time of day updates may be sent, on the clock of the charger's site. Pure. */
import { offsetAt } from '../pricing/index.ts';

/** HH:MM, `to` is not in it; over midnight when it is the earlier one. */
export type Window = { readonly from: string; readonly to: string };

const MINUTE_MS = 60_000;
const DAY_MIN = 1440;
/** It is looked at again at least so often: a clock that changes meanwhile then moves nothing by more than that. */
const LOOK_MIN = 15;

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** undefined: it is open now; else when to look again. */
export function closedUntil({ from, to }: Window, zone: string, now: Date): Date | undefined {
  const wall = Math.floor((now.getTime() + offsetAt(zone, now.getTime())) / MINUTE_MS);
  const minute = ((wall % DAY_MIN) + DAY_MIN) % DAY_MIN;
  const [opens, closes] = [minutesOf(from), minutesOf(to)];
  const isOpen = opens <= closes ? minute >= opens && minute < closes : minute >= opens || minute < closes;
  if (isOpen) return undefined;
  const wait = Math.min((opens - minute + DAY_MIN) % DAY_MIN, LOOK_MIN);
  const thisMinute = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  return new Date(thisMinute + Math.max(1, wait) * MINUTE_MS);
}
