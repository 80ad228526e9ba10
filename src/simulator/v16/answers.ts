/** What an OCPP 1.6 charger does when the CSMS calls it (§5). Actions it knows but does not support get NotSupported. */
import type { Controls } from '../dialect.ts';
import type { Answer, Payload } from '../types.ts';
import type { Configuration } from './configuration.ts';

type Answering = (payload: Payload, controls: Controls, configuration: Configuration) => Answer;

const result = (payload: Payload, afterwards?: () => void): Answer =>
  afterwards === undefined ? { ok: true, result: payload } : { ok: true, result: payload, afterwards };
const error = (code: string, description: string): Answer => ({ ok: false, code, description });
const badField = (field: string): Answer => error('PropertyConstraintViolation', `${field} is missing or wrong`);

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const knows = (controls: Controls, connectorId: number): boolean =>
  connectorId === 0 || controls.connectorIds().includes(connectorId);

const answering: Readonly<Record<string, Answering>> = {
  RemoteStartTransaction(payload, controls) {
    const token = payload['idTag'];
    if (typeof token !== 'string') return badField('idTag');
    const connectorId = numberOf(payload['connectorId']);
    // §4.2: while its boot is pending the CSMS must not start transactions.
    const begin = controls.isAccepted()
      ? controls.remoteStart({ token, ...(connectorId === undefined ? {} : { connectorId }) })
      : undefined;
    return result({ status: begin === undefined ? 'Rejected' : 'Accepted' }, begin);
  },
  RemoteStopTransaction(payload, controls) {
    const end = controls.isAccepted() ? controls.remoteStop(payload['transactionId']) : undefined;
    return result({ status: end === undefined ? 'Rejected' : 'Accepted' }, end);
  },
  Reset(payload, controls) {
    const { type } = payload;
    if (type !== 'Soft' && type !== 'Hard') return badField('type');
    return result({ status: 'Accepted' }, controls.reset(type));
  },
  ChangeConfiguration(payload, controls, configuration) {
    const { key, value } = payload;
    if (typeof key !== 'string' || typeof value !== 'string') return badField('key or value');
    const status = configuration.write(key, value);
    const isDone = status === 'Accepted' || status === 'RebootRequired';
    if (isDone && key === 'AuthorizationKey') return result({ status }, controls.setPassword(value));
    return isDone ? result({ status }, controls.settingsChanged) : result({ status });
  },
  GetConfiguration(payload, _controls, configuration) {
    const { key } = payload;
    const asked = Array.isArray(key) ? key.map(String) : undefined;
    return result(configuration.list(asked));
  },
  TriggerMessage(payload, controls) {
    const connectorId = numberOf(payload['connectorId']);
    if (connectorId !== undefined && !knows(controls, connectorId)) return result({ status: 'Rejected' });
    const send = {
      BootNotification: controls.sendBoot,
      Heartbeat: controls.sendHeartbeat,
      StatusNotification: () => controls.sendStatus(connectorId),
      MeterValues: () => controls.sendReading(connectorId === 0 ? undefined : connectorId),
      DiagnosticsStatusNotification: () =>
        controls.say({ action: 'DiagnosticsStatusNotification', payload: { status: 'Idle' } }),
      FirmwareStatusNotification: () =>
        controls.say({ action: 'FirmwareStatusNotification', payload: { status: 'Idle' } }),
    }[String(payload['requestedMessage'])];
    return send === undefined ? result({ status: 'NotImplemented' }) : result({ status: 'Accepted' }, send());
  },
  UnlockConnector(payload, controls) {
    const connectorId = numberOf(payload['connectorId']);
    if (connectorId === undefined) return badField('connectorId');
    if (connectorId === 0 || !knows(controls, connectorId)) return result({ status: 'NotSupported' });
    return result({ status: 'Unlocked' }, controls.unlock(connectorId));
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
  DataTransfer: () => result({ status: 'UnknownVendorId' }),
  // §5.10: −1 says that there is no local list here.
  GetLocalListVersion: () => result({ listVersion: -1 }),
  SendLocalList: () => result({ status: 'NotSupported' }),
};

/** Actions of 1.6 and its security extension that this charger knows of, without the feature. */
const UNSUPPORTED = new Set([
  'CancelReservation',
  'CertificateSigned',
  'ClearChargingProfile',
  'DeleteCertificate',
  'ExtendedTriggerMessage',
  'GetCompositeSchedule',
  'GetDiagnostics',
  'GetInstalledCertificateIds',
  'GetLog',
  'InstallCertificate',
  'ReserveNow',
  'SetChargingProfile',
  'SignedUpdateFirmware',
  'UpdateFirmware',
]);

export function answer(
  request: { readonly action: string; readonly payload: Payload },
  controls: Controls,
  configuration: Configuration,
): Answer {
  const known = Object.hasOwn(answering, request.action) ? answering[request.action] : undefined;
  if (known !== undefined) return known(request.payload, controls, configuration);
  return UNSUPPORTED.has(request.action)
    ? error('NotSupported', `${request.action} is not supported by this charger`)
    : error('NotImplemented', `${request.action} is unknown here`);
}
