/** The time that a report is about. */
const DAY_MS = 86_400_000;

/** To the end of this minute, so that the same question is the same all the while. */
export function rangeOf(days: number, now = Date.now()): { readonly from: string; readonly to: string } {
  const to = Math.ceil(now / 60_000) * 60_000;
  return { from: new Date(to - days * DAY_MS).toISOString(), to: new Date(to).toISOString() };
}
