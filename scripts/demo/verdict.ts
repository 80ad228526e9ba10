/** Whether the story happened: what the chargers believe, what REST shows, and what the webhooks told have to agree. */
import type { Rest } from '../kit/rest.ts';
import type { Played } from './acts.ts';
import type { Received } from './receiver.ts';

type SessionAnswer = {
  readonly id: string;
  readonly status: string;
  readonly energy_wh: number;
  readonly duration_s: number;
  readonly stop_reason: string | null;
  readonly transaction_id: number;
};
type Page<T> = { readonly data: readonly T[] };

export type Row = {
  readonly identity: string;
  readonly sessionId: string;
  readonly energyWh: number;
  readonly durationS: number;
  readonly stopReason: string;
  readonly readings: number;
  readonly events: number;
};
export type Verdict = { readonly rows: readonly Row[]; readonly faults: readonly string[] };

const PER_CHARGER = [
  'charge_point.connected',
  'charge_point.status_changed',
  'session.started',
  'session.ended',
  'charge_point.disconnected',
];

export const eventsOf = (received: readonly Received[], chargePointId: string): Received[] =>
  received.filter(({ event }) => event.data['charge_point_id'] === chargePointId);

/** All that has to have arrived before the curtain falls. */
export const missingEvents = (received: readonly Received[], chargePointIds: readonly string[]): string[] =>
  chargePointIds.flatMap((id) => {
    const types = new Set(eventsOf(received, id).map(({ event }) => event.event));
    return PER_CHARGER.filter((type) => !types.has(type)).map((type) => `${id}: ${type}`);
  });

export async function judge(options: {
  readonly rest: Rest;
  readonly endpointId: string;
  readonly played: readonly Played[];
  readonly received: readonly Received[];
}): Promise<Verdict> {
  const { rest, endpointId, played, received } = options;
  const faults: string[] = [];
  const rows: Row[] = [];
  for (const { part, session } of played) {
    const { data } = await rest.get<Page<SessionAnswer>>(`/sessions?charge_point_id=${part.chargePointId}`);
    const kept = data[0];
    if (data.length !== 1 || kept === undefined) {
      faults.push(`${part.identity}: the server has ${data.length} sessions instead of 1`);
      continue;
    }
    if (kept.status !== 'ended') faults.push(`${part.identity}: session ${kept.id} is ${kept.status}`);
    if (kept.energy_wh !== session.energyWh) {
      faults.push(`${part.identity}: ${kept.energy_wh} Wh at the server, ${session.energyWh} Wh at the charger`);
    }
    const told = eventsOf(received, part.chargePointId);
    const ended = told.filter(({ event }) => event.event === 'session.ended');
    if (ended.length !== 1) faults.push(`${part.identity}: ${ended.length} × session.ended`);
    else if (ended[0]?.event.data['energy_wh'] !== session.energyWh)
      faults.push(`${part.identity}: session.ended tells another energy`);
    const sequences = told.map(({ event }) => Number(event.data['sequence']));
    if (new Set(sequences).size !== sequences.length) faults.push(`${part.identity}: a sequence number came twice`);
    const readings = (await rest.get<Page<unknown>>(`/sessions/${kept.id}/meter-values?limit=100`)).data.length;
    if (readings < 3) faults.push(`${part.identity}: only ${readings} readings were kept`);
    rows.push({
      identity: part.identity,
      sessionId: kept.id,
      energyWh: kept.energy_wh,
      durationS: kept.duration_s,
      stopReason: kept.stop_reason ?? '',
      readings,
      events: told.length,
    });
  }
  for (const { event, fault } of received) if (fault !== undefined) faults.push(`${event.event} ${event.id}: ${fault}`);
  const ids = played.map(({ part }) => part.chargePointId);
  faults.push(...missingEvents(received, ids).map((missing) => `never arrived: ${missing}`));
  for (const status of ['failed', 'pending']) {
    const { data } = await rest.get<Page<{ event: string; last_error: string | null }>>(
      `/webhooks/endpoints/${endpointId}/deliveries?status=${status}&limit=100`,
    );
    for (const { event, last_error } of data)
      faults.push(`delivery of ${event} is ${status}: ${last_error ?? 'not sent yet'}`);
  }
  return { rows, faults };
}
