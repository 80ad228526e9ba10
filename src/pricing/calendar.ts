/**
 * Which components the calendar lets apply: weekday, time of day and date on the wall clock of the site. What the clock shows
 * decides, also when it jumps: an hour that does not exist costs nothing, one that comes twice counts twice.
 */
import { type Restrictions, weekdays } from './types.ts';
import { changeOfOffset, offsetAt } from './zone.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** `holds[i]`: the calendar restrictions of component i hold, from the instant that was asked about until `until`. */
export type Stretch = { readonly from: number; readonly until: number; readonly holds: readonly boolean[] };
export type Calendar = (at: number) => Stretch;

type Rule = {
  readonly days: ReadonlySet<number> | undefined;
  /** ms since midnight on the wall clock. */
  readonly start: number;
  readonly end: number;
  readonly wraps: boolean;
  /** Midnights on the wall clock, as if it were UTC. */
  readonly startDate: number;
  readonly endDate: number;
};

/** Answers for stretches; the last one is remembered, since time mostly goes on. */
export function createCalendar(all: readonly (Restrictions | undefined)[], zone: string): Calendar {
  const rules = all.map(ruleOf);
  if (rules.every((rule) => rule === undefined)) {
    const always: Stretch = { from: -Infinity, until: Infinity, holds: rules.map(() => true) };
    return () => always;
  }
  const times = [...new Set([DAY, ...rules.flatMap((rule) => (rule === undefined ? [] : [rule.start, rule.end]))])]
    .filter((time) => time > 0)
    .sort((a, b) => a - b);
  let last: Stretch = { from: 0, until: 0, holds: [] };
  return (at) => {
    if (at >= last.from && at < last.until) return last;
    const offset = offsetAt(zone, at);
    const wall = at + offset;
    const midnight = Math.floor(wall / DAY) * DAY;
    const next = midnight + (times.find((time) => time > wall - midnight) ?? DAY) - offset;
    const holds = rules.map((rule) => rule === undefined || holdsAt(rule, midnight, wall - midnight));
    last = { from: at, until: changeOfOffset(zone, at, next) ?? next, holds };
    return last;
  };
}

function holdsAt(rule: Rule, midnight: number, time: number): boolean {
  const { days, start, end, wraps, startDate, endDate } = rule;
  if (midnight < startDate || midnight >= endDate) return false;
  if (days !== undefined && !days.has(weekdayOf(midnight))) return false;
  return wraps ? time >= start || time < end : time >= start && time < end;
}

/** 0: Monday. 1970-01-01 was a Thursday. */
const weekdayOf = (midnight: number): number => (((midnight / DAY + 3) % 7) + 7) % 7;

function ruleOf(restrictions: Restrictions | undefined): Rule | undefined {
  if (restrictions === undefined) return undefined;
  const { weekdays: names, startTime, endTime, startDate, endDate } = restrictions;
  if ([names, startTime, endTime, startDate, endDate].every((part) => part === undefined)) return undefined;
  const start = startTime === undefined ? 0 : timeOf(startTime);
  const end = endTime === undefined || endTime === '00:00' ? DAY : timeOf(endTime);
  return {
    days: names === undefined ? undefined : new Set(names.map((name) => weekdays.indexOf(name))),
    start,
    end,
    wraps: end <= start,
    startDate: startDate === undefined ? -Infinity : Date.parse(startDate),
    endDate: endDate === undefined ? Infinity : Date.parse(endDate),
  };
}

const timeOf = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * MINUTE;
