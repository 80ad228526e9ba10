/** What an OCPP 1.6 charger answers about local lists (§5.10, §5.15) and reservations (§5.1, §5.13). */
import { type Answering, badField, numberOf, result } from './answering.ts';

export const authorization: Readonly<Record<string, Answering>> = {
  GetLocalListVersion: (_payload, _controls, { localList }) => result({ listVersion: localList.version() }),
  SendLocalList: (payload, _controls, { localList }) => result({ status: localList.send(payload) }),

  ReserveNow(payload, controls, { configuration }) {
    const { idTag: token, expiryDate, parentIdTag } = payload;
    const connectorId = numberOf(payload['connectorId']);
    const id = numberOf(payload['reservationId']);
    const expiresAt = new Date(String(expiryDate));
    if (connectorId === undefined || id === undefined) return badField('connectorId or reservationId');
    if (typeof token !== 'string' || Number.isNaN(expiresAt.getTime())) return badField('idTag or expiryDate');
    const isOffered = configuration.read('SupportedFeatureProfiles').includes('Reservation');
    // §5.13: connector 0 stands for any of them, where ReserveConnectorZeroSupported says so; it never does here.
    if (!isOffered || expiresAt <= controls.now()) return result({ status: 'Rejected' });
    const parent = typeof parentIdTag === 'string' ? parentIdTag : undefined;
    const answer = controls.reserve(connectorId, { id, token, parentIdTag: parent, expiresAt });
    return answer === undefined ? result({ status: 'Rejected' }) : result({ status: answer.status }, answer.afterwards);
  },
  CancelReservation(payload, controls) {
    const id = numberOf(payload['reservationId']);
    if (id === undefined) return badField('reservationId');
    const afterwards = controls.cancelReservation(id);
    return result({ status: afterwards === undefined ? 'Rejected' : 'Accepted' }, afterwards);
  },
};
