/** What scripts/doctor says: one finding for each thing it looked at, and with each that is not well what to do. */
export type Level = 'ok' | 'warning' | 'fault';
export type Finding = {
  readonly check: string;
  readonly level: Level;
  readonly what: string;
  /** Of all that is not ok. */
  readonly remedy?: string;
};

export const ok = (check: string, what: string): Finding => ({ check, level: 'ok', what });
export const warning = (check: string, what: string, remedy: string): Finding => ({
  check,
  level: 'warning',
  what,
  remedy,
});
export const fault = (check: string, what: string, remedy: string): Finding => ({
  check,
  level: 'fault',
  what,
  remedy,
});

/** For monitors: 0 all is well, 1 something should be looked at, 2 something is broken or about to break. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ level }) => level === 'fault')) return 2;
  return findings.some(({ level }) => level === 'warning') ? 1 : 0;
}

const GIB = 1_073_741_824;
export const sizeText = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.round(bytes / 1_048_576)} MiB`;

export function ageText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
