/** What a 2.x station does when the CSMS calls it. What it does not know gets NotImplemented. */
import type { Controls } from '../dialect.ts';
import type { Answer, Payload } from '../types.ts';
import { type Answering, error } from './answering.ts';
import { authorization } from './answers-authorization.ts';
import { availability } from './answers-availability.ts';
import { certificates } from './answers-certificates.ts';
import { charging, charging21 } from './answers-charging.ts';
import { derControlling } from './answers-der.ts';
import { displaying } from './answers-displays.ts';
import { files } from './answers-files.ts';
import { monitoring } from './answers-monitors.ts';
import { networking } from './answers-network.ts';
import { reports } from './answers-reports.ts';
import { reservations } from './answers-reservations.ts';
import { streaming } from './answers-streams.ts';
import { tariffing } from './answers-tariffs.ts';
import { transactions } from './answers-transactions.ts';
import { variables } from './answers-variables.ts';
import { customers } from './customers.ts';
import type { Device } from './device.ts';
import { swapping } from './swapping.ts';

const inBoth: Readonly<Record<string, Answering>> = {
  ...authorization,
  ...availability,
  ...transactions,
  ...variables,
  ...reports,
  ...monitoring,
  ...charging,
  ...certificates,
  ...files,
  ...reservations,
  ...displaying,
  ...customers,
  ...networking,
};

const since21: Readonly<Record<string, Answering>> = {
  ...charging21,
  ...derControlling,
  ...streaming,
  ...swapping,
  ...tariffing,
};

export function answer(
  request: { readonly action: string; readonly payload: Payload },
  controls: Controls,
  device: Device,
): Answer {
  const { action } = request;
  const table = Object.hasOwn(inBoth, action) ? inBoth : device.version === '2.1' ? since21 : {};
  const known = Object.hasOwn(table, action) ? table[action] : undefined;
  if (known !== undefined) return known(request.payload, controls, device);
  return error('NotImplemented', `${request.action} is unknown here`);
}
