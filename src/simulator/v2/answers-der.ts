/** How a 2.1 station answers about DER controls (R04). */
import { numberOf, payloadOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { type Answering, badField, result } from './answering.ts';
import type { Control } from './der-controls.ts';

const isOf =
  ({ isDefault, controlType, controlId }: Payload) =>
  (control: Control): boolean =>
    (controlId === undefined || control.id === controlId) &&
    (isDefault === undefined || control.isDefault === isDefault) &&
    (controlType === undefined || control.type === controlType);

function reported(found: readonly Control[]): Payload {
  const parts: Record<string, Payload[]> = {};
  for (const { id, type, isDefault, isSuperseded, field, data } of found) {
    const isPlain = field === 'enterService' || field === 'gradient';
    const state = isPlain ? {} : { isDefault, isSuperseded };
    const content = field.startsWith('fixedPF') ? { fixedPF: data } : { [field]: data };
    const kind = field === 'curve' ? { curveType: type } : {};
    parts[field] = [...(parts[field] ?? []), { id, ...kind, ...state, ...content }];
  }
  return parts;
}

export const derControlling: Readonly<Record<string, Answering>> = {
  SetDERControl(payload, controls, { derControls }) {
    if (textOf(payload['controlId']) === undefined) return badField('controlId');
    const { status, supersededIds, afterwards } = derControls.set(payload, controls);
    return result({ status, ...(supersededIds.length === 0 ? {} : { supersededIds }) }, afterwards);
  },
  ClearDERControl: (payload, controls, { derControls }) =>
    result({ status: derControls.clear(isOf(payload), controls) ? 'Accepted' : 'NotFound' }),
  GetDERControl(payload, controls, { derControls }) {
    const requestId = numberOf(payload['requestId']);
    if (requestId === undefined) return badField('requestId');
    const found = derControls.all().filter(isOf(payload));
    if (found.length === 0) return result({ status: 'NotFound' });
    return result({ status: 'Accepted' }, () =>
      controls.say({ action: 'ReportDERControl', payload: { requestId, ...payloadOf(reported(found)) } })(),
    );
  },
};
