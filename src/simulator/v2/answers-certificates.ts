/** How a 2.x station answers about certificates (2.0.1 A02, M03–M05). */
import { type Answering, badField, result } from './answering.ts';

export const certificates: Readonly<Record<string, Answering>> = {
  InstallCertificate(payload, controls, device) {
    if (typeof payload['certificate'] !== 'string') return badField('certificate');
    const { status, afterwards } = device.certificates.install(payload, controls);
    return result({ status }, afterwards);
  },
  DeleteCertificate: (payload, _controls, device) => result({ status: device.certificates.remove(payload) }),
  GetInstalledCertificateIds({ certificateType }, _controls, device) {
    const certificateHashDataChain = device.certificates.list(certificateType);
    return certificateHashDataChain.length === 0
      ? result({ status: 'NotFound' })
      : result({ status: 'Accepted', certificateHashDataChain });
  },
  CertificateSigned(payload, controls, device) {
    if (typeof payload['certificateChain'] !== 'string') return badField('certificateChain');
    const { status, afterwards } = device.certificates.signed(payload, controls);
    return result({ status }, afterwards);
  },
};
