/** Instants as people at a place read them. Pure. */
import { offsetAt } from '../pricing/index.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** 29 March 2026, 04:15:10 (UTC+02:00) */
export function wallTime(instant: Date, zone: string): string {
  const offset = offsetAt(zone, instant.getTime());
  const wall = new Date(instant.getTime() + offset);
  return `${dateText(wall)}, ${wall.toISOString().slice(11, 19)} (${offsetText(offset)})`;
}

export const wallDate = (instant: Date, zone: string): string =>
  dateText(new Date(instant.getTime() + offsetAt(zone, instant.getTime())));

const dateText = (wall: Date): string => `${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]} ${wall.getUTCFullYear()}`;

function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `UTC${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** 1 h 45 min 10 s */
export function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const said = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`);
  return said.length === 0 ? '0 s' : said.join(' ');
}

/** Wh as kWh with three digits. Whole numbers only: nothing is rounded. */
export function kwhText(wh: number): string {
  const whole = Math.trunc(Math.abs(wh) / 1000);
  return `${wh < 0 ? '-' : ''}${whole.toLocaleString('en-US')}.${String(Math.abs(wh) % 1000).padStart(3, '0')} kWh`;
}
