/** OCPP 2.0.1 N02 NotifyMonitoringReport: one part of a report on monitors. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList, readRecord } from '../../reading.ts';
import { readKey } from '../device-words.ts';
import { readMonitor } from '../monitor-words.ts';
import { readPart } from '../parts.ts';

/** 256 KiB of them, a monitor being not less than a hundred bytes; stations send more in parts. */
const MOST_MONITORS = 3000;

export const notifyMonitoringReport = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'NotifyMonitoringReport',

  async handle({ payload, link, receivedAt, traceId }) {
    const monitors = readList(payload['monitor'])
      .flatMap((data) => {
        const said = readRecord(data);
        const key = readKey(said);
        if (key === undefined) return [];
        return readList(said['variableMonitoring']).flatMap((each) => readMonitor(key, each) ?? []);
      })
      .slice(0, MOST_MONITORS);
    const { requestId, part } = readPart(payload, monitors.length);
    if (requestId === undefined && monitors.length === 0) {
      throw new UnusableMessage('it names no request and reports nothing');
    }
    await door(
      {
        room: 'device_model',
        type: 'report_part',
        chargePointId: link.chargePointId,
        receivedAt,
        requestId: requestId ?? 0,
        part,
        kind: 'monitors',
        monitors,
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
