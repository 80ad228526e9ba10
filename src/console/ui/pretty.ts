/** A text as JSON if it is; what comes from outside may be anything. */
export function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), undefined, 2);
  } catch {
    return raw;
  }
}
