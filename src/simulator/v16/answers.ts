/** What an OCPP 1.6 charger does when the CSMS calls it (§5). What it does not know gets NotImplemented. */
import type { Controls } from '../dialect.ts';
import type { Answer, Payload } from '../types.ts';
import { type Answering, badField, error, knows, numberOf, result } from './answering.ts';
import { authorization } from './answers-authorization.ts';
import { filesAndSecurity } from './answers-files.ts';
import { smartCharging } from './answers-smart-charging.ts';
import { COSTMSG } from './cost-display.ts';
import type { Device } from './device.ts';

/** The vendor whose messages this charger understands; it sends `data` back. */
const VENDOR = 'org.dynamo.simulator';

const answering: Readonly<Record<string, Answering>> = {
  RemoteStartTransaction(payload, controls, { profiles }) {
    const token = payload['idTag'];
    if (typeof token !== 'string') return badField('idTag');
    const connectorId = numberOf(payload['connectorId']);
    // §4.2: while its boot is pending the CSMS must not start transactions.
    const order = controls.isAccepted()
      ? controls.remoteStart({ token, ...(connectorId === undefined ? {} : { connectorId }) })
      : undefined;
    const said = payload['chargingProfile'];
    if (order === undefined || said === undefined)
      return result({ status: order === undefined ? 'Rejected' : 'Accepted' }, order?.begin);
    // §5.11: a profile for the transaction has the purpose TxProfile; it goes with the connector of the order.
    const profile = profiles.forRemoteStart(order.connectorId, said, controls);
    if (profile === undefined) return result({ status: 'Rejected' });
    return result({ status: 'Accepted' }, () => {
      profiles.keep(profile, controls);
      order.begin();
    });
  },
  RemoteStopTransaction(payload, controls) {
    const end = controls.isAccepted() ? controls.remoteStop(payload['transactionId']) : undefined;
    return result({ status: end === undefined ? 'Rejected' : 'Accepted' }, end);
  },
  Reset(payload, controls) {
    const { type } = payload;
    if (type !== 'Soft' && type !== 'Hard') return badField('type');
    return result({ status: 'Accepted' }, controls.reset(type === 'Soft' ? 'SoftReset' : 'HardReset'));
  },
  ChangeConfiguration(payload, controls, { configuration }) {
    const { key, value } = payload;
    if (typeof key !== 'string' || typeof value !== 'string') return badField('key or value');
    const status = configuration.write(key, value);
    const isDone = status === 'Accepted' || status === 'RebootRequired';
    if (isDone && key === 'AuthorizationKey') return result({ status }, controls.setPassword(value));
    return isDone ? result({ status }, controls.settingsChanged) : result({ status });
  },
  GetConfiguration(payload, _controls, { configuration }) {
    const { key } = payload;
    const asked = Array.isArray(key) ? key.map(String) : undefined;
    return result(configuration.list(asked));
  },
  TriggerMessage(payload, controls, { uploads, firmware }) {
    const connectorId = numberOf(payload['connectorId']);
    if (connectorId !== undefined && !knows(controls, connectorId)) return result({ status: 'Rejected' });
    const send = {
      BootNotification: controls.sendBoot,
      Heartbeat: controls.sendHeartbeat,
      StatusNotification: () => controls.sendStatus(connectorId),
      MeterValues: () => controls.sendReading(connectorId === 0 ? undefined : connectorId),
      DiagnosticsStatusNotification: () =>
        controls.say({ action: 'DiagnosticsStatusNotification', payload: { status: uploads.diagnosticsStatus() } }),
      FirmwareStatusNotification: () => {
        const { signed, status } = firmware.status();
        return controls.say({ action: 'FirmwareStatusNotification', payload: { status: signed ? 'Idle' : status } });
      },
    }[String(payload['requestedMessage'])];
    return send === undefined ? result({ status: 'NotImplemented' }) : result({ status: 'Accepted' }, send());
  },
  UnlockConnector(payload, controls) {
    const connectorId = numberOf(payload['connectorId']);
    if (connectorId === undefined) return badField('connectorId');
    const { outcome, afterwards } = controls.unlock(connectorId);
    return result({ status: outcome }, afterwards);
  },
  ClearCache: () => result({ status: 'Accepted' }),
  ChangeAvailability(payload, controls) {
    const connectorId = numberOf(payload['connectorId']);
    const { type } = payload;
    if (connectorId === undefined || (type !== 'Operative' && type !== 'Inoperative'))
      return badField('connectorId or type');
    if (!knows(controls, connectorId)) return result({ status: 'Rejected' });
    const { outcome, afterwards } = controls.setAvailability(connectorId, type === 'Operative');
    return result({ status: outcome }, afterwards);
  },
  DataTransfer({ vendorId, messageId, data }, controls, { costs }) {
    if (String(vendorId).toLowerCase() === COSTMSG) {
      const { status, afterwards } = costs.take(messageId, data, controls);
      return result({ status }, afterwards);
    }
    if (String(vendorId).toLowerCase() !== VENDOR) return result({ status: 'UnknownVendorId' });
    if (messageId !== 'Echo') return result({ status: 'UnknownMessageId' });
    return result({ status: 'Accepted', ...(typeof data === 'string' ? { data } : {}) });
  },
  ...authorization,
  ...smartCharging,
  ...filesAndSecurity,
};

export function answer(
  request: { readonly action: string; readonly payload: Payload },
  controls: Controls,
  device: Device,
): Answer {
  const known = Object.hasOwn(answering, request.action) ? answering[request.action] : undefined;
  if (known !== undefined) return known(request.payload, controls, device);
  return error('NotImplemented', `${request.action} is unknown here`);
}
