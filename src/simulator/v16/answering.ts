/** What the answers of an OCPP 1.6 charger are made of. */
import type { Controls } from '../dialect.ts';
import type { Answer, Payload } from '../types.ts';
import type { Device } from './device.ts';

export type Answering = (payload: Payload, controls: Controls, device: Device) => Answer;

export const result = (payload: Payload, afterwards?: () => void): Answer =>
  afterwards === undefined ? { ok: true, result: payload } : { ok: true, result: payload, afterwards };
export const error = (code: string, description: string): Answer => ({ ok: false, code, description });
export const badField = (field: string): Answer => error('PropertyConstraintViolation', `${field} is missing or wrong`);

export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
export const knows = (controls: Controls, connectorId: number): boolean =>
  connectorId === 0 || controls.connectorIds().includes(connectorId);
