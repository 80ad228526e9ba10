/** OCPP 2.0.1 N02 NotifyMonitoringReport: one part of a report on monitors. */
import type { ToldMonitor } from '../../../ingest/inputs.ts';
import { defaultPartLimits } from '../../../platform/parts.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList, readRecord, readUpTo } from '../../reading.ts';
import { readKey } from '../device-words.ts';
import { readMonitor } from '../monitor-words.ts';
import { readPart } from '../parts.ts';

/** One more than a whole report may have: what is cut is too much, and never taken for all that there is. */
const MOST_MONITORS = defaultPartLimits.items + 1;

export const notifyMonitoringReport = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'NotifyMonitoringReport',

  async handle({ payload, link, receivedAt, traceId }) {
    const monitors = readUpTo(readList(payload['monitor']), MOST_MONITORS, monitorsOf);
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

function monitorsOf(data: unknown): ToldMonitor[] {
  const said = readRecord(data);
  const key = readKey(said);
  if (key === undefined) return [];
  return readList(said['variableMonitoring']).flatMap((each) => readMonitor(key, each) ?? []);
}
