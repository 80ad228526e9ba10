/** OCPP 2.0.1 L03 PublishFirmwareStatusNotification: how a local controller gets on with firmware that it is to offer to others. */
import { readRequestId } from '../../common-words.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList, readText } from '../../reading.ts';
import { readStatusInfo } from '../fields.ts';
import { readPublishStatus } from '../words.ts';

const MOST_LOCATIONS = 20;

export const publishFirmwareStatusNotification = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'PublishFirmwareStatusNotification',

  async handle({ payload, link, receivedAt, traceId }) {
    const status = readPublishStatus(payload['status']) ?? readText(payload['status'], 50);
    if (status === undefined) throw new UnusableMessage('there is no status');
    await door(
      {
        room: 'firmware',
        type: 'status_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        kind: 'publish',
        status,
        requestId: readRequestId(payload['requestId']),
        info: readStatusInfo(payload['statusInfo']),
        locations: readList(payload['location'])
          .slice(0, MOST_LOCATIONS)
          .flatMap((each) => readText(each, 2000) ?? []),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
