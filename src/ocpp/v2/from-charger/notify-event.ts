/**
 * OCPP 2.0.1 N07, N08 NotifyEvent: what happened to variables. Each event stands for itself, whichever part it comes in.
 * G01: one of a connector's AvailabilityState is what StatusNotification would say, and becomes the same.
 */
import type { ReportedEvent } from '../../../ingest/inputs.ts';
import { isSecretSetting } from '../../../platform/secret-settings.ts';
import { type FromCharger, type InboundCall, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { folded, readInteger, readList, readRecord, readText } from '../../reading.ts';
import { readKey, readValue } from '../device-words.ts';
import { readEvse } from '../fields.ts';
import { readId, readOrigin, readSeverity, readTrigger } from '../monitor-words.ts';
import { readStatus } from '../words.ts';

/** As many as a message of 2 MiB holds: to name its component and variable an event needs fifty bytes. */
const MOST_EVENTS = 42_000;
/** Each is a transaction of its own: of more the last ones, which say what holds, and all of them are kept as events. */
const MOST_STATUSES = 500;
const MOST_NUMBER = Number.MAX_SAFE_INTEGER;

export const notifyEvent = ({ door, clocks, newId }: Pick<Needs, 'door' | 'clocks' | 'newId'>): FromCharger => {
  return {
    action: 'NotifyEvent',

    async handle(call) {
      const { payload, link, receivedAt, traceId } = call;
      const said = dataOf(payload);
      const told = said.flatMap((data) => {
        const event = eventOf(data, call);
        return event === undefined ? [] : [{ event, status: statusOf(data) }];
      });
      const events = told.map(({ event }) => event);
      if (events.length === 0 && said.length > 0) throw new UnusableMessage('none of its events names a variable');
      const { chargePointId } = link;
      if (events.length > 0)
        await door({ room: 'monitoring', type: 'events_reported', chargePointId, receivedAt, events }, traceId);
      const statuses = told.flatMap(({ event, status }) => (status === undefined ? [] : [{ event, status }]));
      for (const { event, status } of statuses.slice(-MOST_STATUSES)) {
        const reported = {
          room: 'stations',
          type: 'status_reported',
          chargePointId,
          receivedAt,
          at: event.at,
        } as const;
        await door({ ...reported, ...status }, traceId);
      }
      return {};
    },

    tellsStatus: ({ payload }) => dataOf(payload).some((data) => statusOf(data) !== undefined),

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

const dataOf = (payload: InboundCall['payload']): Readonly<Record<string, unknown>>[] =>
  readList(payload['eventData']).slice(0, MOST_EVENTS).map(readRecord);

/**
 * The value holds, whichever trigger had it told. That of an EVSE or of the whole station sums up its connectors and is of none of
 * them; a word that is no status stays an event.
 */
function statusOf(data: Readonly<Record<string, unknown>>) {
  const [component, variable] = [readRecord(data['component']), readRecord(data['variable'])];
  if (folded(readText(component['name'], 50) ?? '') !== 'connector') return undefined;
  if (folded(readText(variable['name'], 50) ?? '') !== 'availabilitystate') return undefined;
  const place = readEvse(component['evse']);
  const rawStatus = readText(data['actualValue'], 50);
  const status = rawStatus === undefined ? undefined : readStatus(rawStatus);
  if (place === undefined || rawStatus === undefined || status === undefined) return undefined;
  return { ...place, status, rawStatus };
}
