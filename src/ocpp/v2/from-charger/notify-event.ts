/** OCPP 2.0.1 N07, N08 NotifyEvent: what happened to variables. Each event stands for itself, whichever part it comes in. */
import type { ReportedEvent } from '../../../ingest/inputs.ts';
import { isSecretSetting } from '../../../platform/secret-settings.ts';
import { type FromCharger, type InboundCall, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readInteger, readList, readRecord, readText } from '../../reading.ts';
import { readKey, readValue } from '../device-words.ts';
import { readId, readOrigin, readSeverity, readTrigger } from '../monitor-words.ts';

/** A message has at most 256 KiB, and an event not less than a hundred bytes. */
const MOST_EVENTS = 2000;
const MOST_NUMBER = Number.MAX_SAFE_INTEGER;

export const notifyEvent = ({ door, clocks, newId }: Pick<Needs, 'door' | 'clocks' | 'newId'>): FromCharger => {
  return {
    action: 'NotifyEvent',

    async handle(call) {
      const { payload, link, receivedAt, traceId } = call;
      const said = readList(payload['eventData']).slice(0, MOST_EVENTS);
      const events = said.flatMap((each) => eventOf(readRecord(each), call) ?? []);
      if (events.length === 0 && said.length > 0) throw new UnusableMessage('none of its events names a variable');
      const { chargePointId } = link;
      if (events.length > 0)
        await door({ room: 'monitoring', type: 'events_reported', chargePointId, receivedAt, events }, traceId);
      return {};
    },

    minimal: () => ({}),
  };

  function eventOf(data: Readonly<Record<string, unknown>>, call: InboundCall): ReportedEvent | undefined {
    const key = readKey(data);
    if (key === undefined) return undefined;
    return {
      id: newId('vev'),
      eventId: readInteger(data['eventId'], -MOST_NUMBER, MOST_NUMBER) ?? 0,
      at: clocks.read(data['timestamp'], call),
      // What is no known trigger is kept, and opens nothing.
      trigger: readTrigger(data['trigger']) ?? 'periodic',
      cause: readInteger(data['cause'], -MOST_NUMBER, MOST_NUMBER) ?? null,
      key,
      value: isSecretSetting(key) ? null : readValue(data['actualValue']),
      techCode: readText(data['techCode'], 50) ?? null,
      techInfo: readText(data['techInfo'], 500) ?? null,
      cleared: data['cleared'] === true,
      transactionId: readText(data['transactionId'], 64) ?? null,
      monitorId: readId(data['variableMonitoringId']) ?? null,
      origin: readOrigin(data['eventNotificationType']) ?? 'hard_wired_notification',
      severity: readSeverity(data['severity']) ?? null,
    };
  }
};
