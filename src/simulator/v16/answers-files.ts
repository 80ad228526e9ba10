/** How an OCPP 1.6 charger answers about logs, firmware and certificates (§5.9, §5.19 and the security extension). */
import { type Answering, badField, knows, numberOf, result } from './answering.ts';

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

export const filesAndSecurity: Readonly<Record<string, Answering>> = {
  GetDiagnostics(payload, controls, { uploads }) {
    if (!isFilled(payload['location'])) return badField('location');
    const { fileName, begin } = uploads.diagnostics(payload, controls);
    return result({ fileName }, begin);
  },
  GetLog(payload, controls, { uploads }) {
    if (numberOf(payload['requestId']) === undefined || payload['log'] === undefined)
      return badField('requestId or log');
    const { begin, ...answer } = uploads.log(payload, controls);
    return result(answer, begin);
  },
  UpdateFirmware(payload, controls, { firmware }) {
    if (!isFilled(payload['location'])) return badField('location');
    return result({}, firmware.update(payload, controls));
  },
  SignedUpdateFirmware(payload, controls, { firmware }) {
    if (numberOf(payload['requestId']) === undefined) return badField('requestId');
    const { status, begin } = firmware.signedUpdate(payload, controls);
    return result({ status }, begin);
  },
  InstallCertificate(payload, controls, { certificates }) {
    const { status, afterwards } = certificates.install(payload, controls);
    return result({ status }, afterwards);
  },
  DeleteCertificate: (payload, _controls, { certificates }) => result({ status: certificates.remove(payload) }),
  GetInstalledCertificateIds({ certificateType }, _controls, { certificates }) {
    const certificateHashData = certificates.list(certificateType);
    return certificateHashData.length === 0
      ? result({ status: 'NotFound' })
      : result({ status: 'Accepted', certificateHashData });
  },
  CertificateSigned(payload, controls, { certificates }) {
    const { status, afterwards } = certificates.signed(payload, controls);
    return result({ status }, afterwards);
  },
  ExtendedTriggerMessage(payload, controls, { uploads, firmware, certificates }) {
    const connectorId = numberOf(payload['connectorId']);
    if (connectorId !== undefined && !knows(controls, connectorId)) return result({ status: 'Rejected' });
    const send = {
      BootNotification: controls.sendBoot,
      Heartbeat: controls.sendHeartbeat,
      StatusNotification: () => controls.sendStatus(connectorId),
      MeterValues: () => controls.sendReading(connectorId === 0 ? undefined : connectorId),
      LogStatusNotification: () => controls.say({ action: 'LogStatusNotification', payload: uploads.logStatus() }),
      FirmwareStatusNotification: () => {
        const { signed, status, requestId } = firmware.status();
        const asked = signed && requestId !== undefined ? { requestId } : {};
        const said = signed ? status : 'Idle';
        return controls.say({ action: 'SignedFirmwareStatusNotification', payload: { status: said, ...asked } });
      },
      SignChargePointCertificate: () => () => certificates.request(controls),
    }[String(payload['requestedMessage'])];
    return send === undefined ? result({ status: 'NotImplemented' }) : result({ status: 'Accepted' }, send());
  },
};
