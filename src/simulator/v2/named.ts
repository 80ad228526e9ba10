/** How a variable of the device model is named in messages, and which ones a request means. */
import { isPayload } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { Entry } from './model/index.ts';

const placeOf = ({ variable }: Entry): Payload => ({
  name: variable.name,
  ...(variable.instance === undefined ? {} : { instance: variable.instance }),
});

export const nameOf = (entry: Entry): { readonly component: Payload; readonly variable: Payload } => ({
  component: entry.component,
  variable: placeOf(entry),
});

const same = (a: unknown, b: unknown): boolean => String(a).toLowerCase() === String(b).toLowerCase();

/** What is left unsaid of a component or variable stands for all (B08.FR.08 ff). */
export function isAsked(entry: Entry, asked: Payload): boolean {
  const { component, variable } = asked;
  if (!isPayload(component) || !same(component['name'], entry.component.name)) return false;
  const { instance, evse } = component;
  if (instance !== undefined && !same(instance, entry.component.instance)) return false;
  if (isPayload(evse)) {
    if (evse['id'] !== entry.component.evse?.id) return false;
    if (evse['connectorId'] !== undefined && evse['connectorId'] !== entry.component.evse?.connectorId) return false;
  }
  if (!isPayload(variable)) return true;
  if (!same(variable['name'], entry.variable.name)) return false;
  return variable['instance'] === undefined || same(variable['instance'], entry.variable.instance);
}
