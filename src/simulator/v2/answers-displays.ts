/** How a 2.x station answers about messages on its display (2.0.1 O01–O06). */
import type { Controls } from '../dialect.ts';
import { isPayload, numberOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { type Answering, badField, result } from './answering.ts';
import { inParts } from './parts.ts';

export const displaying: Readonly<Record<string, Answering>> = {
  SetDisplayMessage({ message }, controls, { displays }) {
    if (!isPayload(message)) return badField('message');
    return result({ status: displays.set(message, controls.now().getTime()) });
  },
  GetDisplayMessages(payload, controls, { displays }) {
    const requestId = numberOf(payload['requestId']);
    if (requestId === undefined) return badField('requestId');
    const { id: ids, priority, state } = payload;
    const found = displays
      .held(controls.now().getTime())
      .filter(
        (each) =>
          (!Array.isArray(ids) || ids.includes(each['id'])) &&
          (priority === undefined || each['priority'] === priority) &&
          (state === undefined || each['state'] === state),
      );
    if (found.length === 0) return result({ status: 'Unknown' });
    return result({ status: 'Accepted' }, tell(found, requestId, controls));
  },
  ClearDisplayMessage(payload, _controls, { displays }) {
    const id = numberOf(payload['id']);
    if (id === undefined) return badField('id');
    return result({ status: displays.remove(id) ? 'Accepted' : 'Unknown' });
  },
};

const tell = (found: readonly Payload[], requestId: number, controls: Controls) => () =>
  inParts(controls, 'NotifyDisplayMessages', found, (messageInfo) => ({ requestId, messageInfo }), 5);
