/** Reading what somebody else sent, with nothing taken for granted. */
import type { Payload } from './types.ts';

export const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const payloadOf = (value: unknown): Payload => (isPayload(value) ? value : {});
export const listOf = (value: unknown): readonly Payload[] => (Array.isArray(value) ? value.filter(isPayload) : []);
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const instantOf = (value: unknown): number | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
};
