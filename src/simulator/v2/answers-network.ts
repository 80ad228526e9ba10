/** How a 2.x station answers about network profiles (2.0.1 B09). */
import { isPayload, numberOf } from '../payload.ts';
import { type Answering, badField, refused, result } from './answering.ts';

export const networking: Readonly<Record<string, Answering>> = {
  SetNetworkProfile(payload, _controls, { network }) {
    const slot = numberOf(payload['configurationSlot']);
    const data = payload['connectionData'];
    if (slot === undefined || !isPayload(data)) return badField('configurationSlot or connectionData');
    const status = network.set(slot, data);
    return status === 'Rejected' ? refused('InvalidProfile') : result({ status });
  },
};
