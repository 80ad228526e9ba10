/** The range of a report, as a query says it: by default the last 30 days. */
import type { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import { instantIn } from '../platform/fields.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

export const rangeQuery = {
  from: instantIn.optional().meta({ description: `At or after. Default: ${DEFAULT_DAYS} days before to` }),
  to: instantIn.optional().meta({ description: 'Before. Default: now' }),
};
export type Range = { readonly from: Date; readonly to: Date };

/** Throws validation_failed where nothing lies between. */
export function rangeOf(asked: z.output<z.ZodObject<typeof rangeQuery>>, now: Date): Range {
  const to = asked.to ?? now;
  const from = asked.from ?? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS);
  if (from >= to) throw wrong('from', 'must be before to');
  return { from, to };
}

export const wrong = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The query is not valid: ${field} ${message}`, { details: [{ field, message }] });
