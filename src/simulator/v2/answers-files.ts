/** How a 2.x station answers about logs (2.0.1 N01), firmware (L01, L02), and firmware for others (L03, L04). */
import { numberOf, payloadOf, textOf } from '../payload.ts';
import { type Answering, badField, result } from './answering.ts';

export const files: Readonly<Record<string, Answering>> = {
  GetLog(payload, controls, { logs }) {
    if (numberOf(payload['requestId']) === undefined || payload['log'] === undefined)
      return badField('requestId or log');
    const { begin, ...answer } = logs.send(payload, controls);
    return result(answer, begin);
  },
  UpdateFirmware(payload, controls, { firmware }) {
    if (numberOf(payload['requestId']) === undefined) return badField('requestId');
    const said = payloadOf(payload['firmware']);
    if (textOf(said['location']) === undefined) return badField('firmware');
    const isSigned = said['signingCertificate'] !== undefined || said['signature'] !== undefined;
    const { status, begin } = isSigned
      ? firmware.signedUpdate(payload, controls)
      : firmware.plainUpdate(payload, controls);
    return result({ status }, begin);
  },
  PublishFirmware(payload, controls, { publishing }) {
    if (textOf(payload['location']) === undefined || textOf(payload['checksum']) === undefined)
      return badField('location or checksum');
    return result({ status: 'Accepted' }, publishing.publish(payload, controls));
  },
  UnpublishFirmware({ checksum }, _controls, { publishing }) {
    if (typeof checksum !== 'string') return badField('checksum');
    return result({ status: publishing.unpublish(checksum) });
  },
};
