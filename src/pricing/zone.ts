/**
 * The wall clock of a place: its offset from UTC at an instant, and when that offset changes. Out of the time zone database
 * that Node brings along (Intl); nothing here knows a rule of any country.
 */
const SECOND = 1000;

/** Making one costs more than a thousand uses; there are as many as zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, format);
  return format;
}

/** Wall clock minus UTC, in ms, at an instant. `zone`: IANA, and known to exist. Years 1 to 9999. */
export function offsetAt(zone: string, instant: number): number {
  const whole = Math.floor(instant / SECOND) * SECOND;
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (
    formatOf(zone).format(whole).match(/\d+/g) ?? []
  ).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

/** The first second after `from` and until `to` at which the offset is another one. At most one change lies between them. */
export function changeOfOffset(zone: string, from: number, to: number): number | undefined {
  const before = offsetAt(zone, from);
  if (offsetAt(zone, to) === before) return undefined;
  let same = Math.floor(from / SECOND);
  let other = Math.ceil(to / SECOND);
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(zone, middle * SECOND) === before) same = middle;
    else other = middle;
  }
  return other * SECOND;
}
