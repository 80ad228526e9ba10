/** How a 2.x station answers about reservations (2.0.1 H01, H02). */
import type { Controls } from '../dialect.ts';
import { instantOf, numberOf, payloadOf, textOf } from '../payload.ts';
import { type Answering, badField, knowsEvse, refused, result } from './answering.ts';
import type { Device } from './device.ts';

/** H01.FR.04, FR.07: without an EVSE any free one, perhaps of a kind of connector, is kept. */
function freeOne(connectorType: unknown, controls: Controls, { model }: Device): number | undefined {
  return controls
    .connectorIds()
    .find(
      (id) =>
        controls.shown(id).status === 'Available' &&
        (connectorType === undefined || model.read(`Connector@${id}.1.ConnectorType`) === connectorType),
    );
}

export const reservations: Readonly<Record<string, Answering>> = {
  ReserveNow(payload, controls, device) {
    const id = numberOf(payload['id']);
    const expiresAt = instantOf(payload['expiryDateTime']);
    const token = device.tokens.learn(payload['idToken']);
    if (id === undefined || expiresAt === undefined || token === undefined)
      return badField('id, expiryDateTime or idToken');
    if (device.model.read('ReservationCtrlr.Enabled') !== 'true') return refused('NotEnabled');
    if (expiresAt <= controls.now().getTime()) return refused('InvalidExpiry');
    const asked = numberOf(payload['evseId']);
    if (asked !== undefined && !knowsEvse(controls, asked)) return refused('UnknownEvse');
    const evseId = asked ?? freeOne(payload['connectorType'], controls, device);
    if (evseId === undefined) return result({ status: 'Occupied' });
    const parentIdTag = textOf(payloadOf(payload['groupIdToken'])['idToken']);
    const answer = controls.reserve(evseId, { id, token, parentIdTag, expiresAt: new Date(expiresAt) });
    return answer === undefined ? refused('UnknownEvse') : result({ status: answer.status }, answer.afterwards);
  },
  CancelReservation(payload, controls) {
    const id = numberOf(payload['reservationId']);
    if (id === undefined) return badField('reservationId');
    const afterwards = controls.cancelReservation(id);
    return afterwards === undefined ? refused('UnknownReservation') : result({ status: 'Accepted' }, afterwards);
  },
};
