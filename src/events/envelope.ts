/** What an endpoint receives: the text around the data of every event. */
import { z } from 'zod';
import { catalogue, type EventType } from './catalogue.ts';

export const envelopeOf = (type: EventType) =>
  z.object({
    id: z.string().meta({ description: 'evt_…, the same on every repetition' }),
    event: z.literal(type),
    timestamp: z.iso.datetime({ precision: 3 }).meta({ description: 'When it occurred' }),
    data: catalogue[type].data,
  });

export const envelopeExample = (type: EventType): Readonly<Record<string, unknown>> => ({
  id: 'evt_01KAT3Z6Y8Q0000000000000AA',
  event: type,
  timestamp: catalogue[type].example['occurred_at'],
  data: catalogue[type].example,
});
