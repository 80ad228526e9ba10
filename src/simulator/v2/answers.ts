/** What a 2.x station does when the CSMS calls it. What it does not know gets NotImplemented. */
import type { Controls } from '../dialect.ts';
import type { Answer, Payload } from '../types.ts';
import { type Answering, error } from './answering.ts';
import { authorization } from './answers-authorization.ts';
import { availability } from './answers-availability.ts';
import { transactions } from './answers-transactions.ts';
import { variables } from './answers-variables.ts';
import type { Device } from './device.ts';

const inBoth: Readonly<Record<string, Answering>> = {
  ...authorization,
  ...availability,
  ...transactions,
  ...variables,
};

export function answer(
  request: { readonly action: string; readonly payload: Payload },
  controls: Controls,
  device: Device,
): Answer {
  const known = Object.hasOwn(inBoth, request.action) ? inBoth[request.action] : undefined;
  if (known !== undefined) return known(request.payload, controls, device);
  return error('NotImplemented', `${request.action} is unknown here`);
}
