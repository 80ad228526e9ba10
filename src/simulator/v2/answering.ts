/** What the answers of a 2.x station are made of. */
import type { Controls } from '../dialect.ts';
import { numberOf } from '../payload.ts';
import type { Answer, Payload } from '../types.ts';
import type { Device } from './device.ts';

export type Answering = (payload: Payload, controls: Controls, device: Device) => Answer;

export const result = (payload: Payload, afterwards?: () => void): Answer =>
  afterwards === undefined ? { ok: true, result: payload } : { ok: true, result: payload, afterwards };
export const error = (code: string, description: string): Answer => ({ ok: false, code, description });
export const badField = (field: string): Answer =>
  error('OccurrenceConstraintViolation', `${field} is missing or wrong`);
/** With the reason in a word, as a station's log would show it (2.0.1 StatusInfoType). */
export const refused = (reasonCode: string, status = 'Rejected'): Answer =>
  result({ status, statusInfo: { reasonCode } });

export const knowsEvse = (controls: Controls, evseId: number): boolean => controls.connectorIds().includes(evseId);
/** An EVSE, perhaps with one of its connectors, that this station has. */
export function knowsPlace(controls: Controls, evse: Payload): boolean {
  const id = numberOf(evse['id']);
  if (id === undefined || !knowsEvse(controls, id)) return false;
  const connectorId = evse['connectorId'];
  return connectorId === undefined || isPlugOf(controls, id, connectorId);
}
export const isPlugOf = (controls: Controls, evseId: number, connectorId: unknown): boolean =>
  typeof connectorId === 'number' && connectorId >= 1 && connectorId <= (controls.spec(evseId)?.plugs ?? 1);
