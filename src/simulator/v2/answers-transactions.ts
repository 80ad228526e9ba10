/** How a 2.x station answers about transactions: F01–F03 remote start and stop, E14 GetTransactionStatus, F05 unlock. */
import { numberOf, payloadOf, textOf } from '../payload.ts';
import { type Answering, badField, isPlugOf, knowsEvse, refused, result } from './answering.ts';

export const transactions: Readonly<Record<string, Answering>> = {
  RequestStartTransaction(payload, controls, { tokens, log, profiles, webPayments }) {
    const remoteStartId = numberOf(payload['remoteStartId']);
    const token = tokens.learn(payload['idToken']);
    if (remoteStartId === undefined || token === undefined) return badField('remoteStartId or idToken');
    const evseId = numberOf(payload['evseId']);
    // B02.FR.05: while its boot is pending the CSMS must not start transactions.
    if (!controls.isAccepted()) return refused('NotReady');
    if (evseId !== undefined && !knowsEvse(controls, evseId)) return refused('UnknownEvse');
    const parent = textOf(payloadOf(payload['groupIdToken'])['idToken']);
    const order = controls.remoteStart({
      token,
      remoteStartId,
      ...(evseId === undefined ? {} : { connectorId: evseId }),
      ...(parent === undefined ? {} : { parent }),
    });
    if (order === undefined) return refused('Occupied');
    const said = payload['chargingProfile'];
    // F01.FR.08–10: only a profile for the transaction to come.
    const profile = said === undefined ? undefined : profiles.forRemoteStart(order.connectorId, said, controls);
    if (said !== undefined && profile === undefined) return refused('InvalidProfile');
    const running = log.open(order.connectorId);
    const known = running === undefined ? {} : { transactionId: running.id };
    return result({ status: 'Accepted', ...known }, () => {
      webPayments.delete(order.connectorId);
      if (profile !== undefined) profiles.keep(profile, controls);
      order.begin();
    });
  },
  RequestStopTransaction({ transactionId }, controls, { log, transactions: told }) {
    if (typeof transactionId !== 'string') return badField('transactionId');
    const end = controls.isAccepted() ? controls.remoteStop(transactionId) : undefined;
    if (end !== undefined) return result({ status: 'Accepted' }, end);
    const open = log.find(transactionId);
    if (open === undefined || open.hasEnded) return refused('TxNotFound');
    return result({ status: 'Accepted' }, () => {
      controls.dismiss(open.evseId);
      told().endOpen(open, 'Remote');
    });
  },
  GetTransactionStatus({ transactionId }, _controls, { log }) {
    if (transactionId === undefined) return result({ messagesInQueue: log.waiting() > 0 });
    const known = log.find(transactionId);
    // E14.FR.01: of one it does not know.
    if (known === undefined) return result({ ongoingIndicator: false, messagesInQueue: false });
    return result({ ongoingIndicator: !known.hasEnded, messagesInQueue: known.waiting > 0 });
  },
  UnlockConnector({ evseId, connectorId }, controls, { log }) {
    if (typeof evseId !== 'number' || typeof connectorId !== 'number') return badField('evseId or connectorId');
    if (!knowsEvse(controls, evseId) || !isPlugOf(controls, evseId, connectorId))
      return result({ status: 'UnknownConnector' });
    // F05.FR.02: not under a transaction that somebody is authorized for.
    if (log.open(evseId)?.token !== undefined) return result({ status: 'OngoingAuthorizedTransaction' });
    const { outcome, afterwards } = controls.unlock(evseId);
    return result({ status: outcome === 'Unlocked' ? 'Unlocked' : 'UnlockFailed' }, afterwards);
  },
  CostUpdated(payload, _controls, device) {
    const { transactionId, totalCost } = payload;
    if (typeof transactionId !== 'string' || typeof totalCost !== 'number')
      return badField('transactionId or totalCost');
    const known = device.log.find(transactionId);
    if (known !== undefined) known.shownCost = totalCost;
    return result({});
  },
};
