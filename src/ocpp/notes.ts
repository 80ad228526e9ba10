/** What mending a payload found on its way. Bounded: a hostile payload cannot make the list long. */
import type { Deviation } from './contract.ts';

export type Kind = Deviation['kind'];
/** The field is to be left out of the payload. */
export const LEAVE_OUT = Symbol('leave out');

const MAX_DEVIATIONS = 50;
const MAX_UNKNOWN_FIELDS = 10;
const MAX_FIELD = 150;
const MAX_EXAMPLE = 200;

export class Notes {
  /** Nothing was left in the payload that breaks its schema. */
  sound = true;
  readonly deviations: Deviation[] = [];
  #unknownFields = 0;

  add(field: string, kind: Kind, value: unknown): void {
    if (this.deviations.length >= MAX_DEVIATIONS) return;
    if (kind === 'unknown_field') {
      this.#unknownFields += 1;
      if (this.#unknownFields > MAX_UNKNOWN_FIELDS) return;
    }
    this.deviations.push({ field: field.slice(0, MAX_FIELD), kind, example: exampleOf(value) });
  }

  /** Left as it is, and the payload is unsound by it. */
  hopeless(field: string, kind: Kind, value: unknown): unknown {
    this.sound = false;
    this.add(field, kind, value);
    return value;
  }
}

/** Beyond mending: an optional field is left out (the frame log has it), a required one stays and makes the payload unsound. */
export function useless(notes: Notes, path: string, kind: Kind, value: unknown, required: boolean): unknown {
  if (required) return notes.hopeless(path, kind, value);
  notes.add(path, kind, value);
  return LEAVE_OUT;
}

function exampleOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MAX_EXAMPLE);
  if (value === undefined) return '';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value).slice(0, MAX_EXAMPLE);
}
