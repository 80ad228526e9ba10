/**
 * Every domain event there is: name, meaning, zod schema of `data`, example. Webhook subscriptions, OpenAPI and the tests read it.
 * The 14 of the seed never change meaning; additive ones are marked. Fields of BASE are filled in by the event writer.
 */
import { z } from 'zod';
import { alertData, alertWords, ofNoneOrOne } from './alerts.ts';
import { chargePointData, chargePointWords } from './charge-points.ts';
import { commandData, commandWords } from './commands.ts';
import { commissioningData, commissioningWords } from './commissioning.ts';
import { eventBase, example, instant } from './fields.ts';
import { firmwareData, firmwareWords } from './firmware.ts';
import { handoverData, handoverWords } from './handovers.ts';
import { reservationData, reservationWords } from './reservations.ts';
import { securityData, securityWords } from './security.ts';
import { sessionData, sessionWords } from './sessions.ts';
import { siteData, siteWords } from './sites.ts';

const dataSchemas = {
  ...chargePointData,
  ...sessionData,
  ...commissioningData,
  ...alertData,
  ...firmwareData,
  ...handoverData,
  ...reservationData,
  ...commandData,
  ...securityData,
  ...siteData,
} as const;

const words = {
  ...chargePointWords,
  ...sessionWords,
  ...commissioningWords,
  ...alertWords,
  ...firmwareWords,
  ...handoverWords,
  ...reservationWords,
  ...commandWords,
  ...securityWords,
  ...siteWords,
} as const;

export type EmittedType = keyof typeof dataSchemas;
export type EventData<T extends EmittedType> = z.infer<(typeof dataSchemas)[T]>;

/** What a machine emits; organization, charge point, sequence and the final text are added by the event writer. */
export type DomainEventInput = {
  [T in EmittedType]: {
    readonly type: T;
    readonly occurredAt: Date;
    readonly receivedAt: Date;
    readonly historical?: boolean;
    /** Whose it is, where that is not who holds the charge point as the transaction begins. */
    readonly owner?: { readonly organizationId: string; readonly siteId: string | null };
    readonly data: EventData<T>;
  };
}[EmittedType];

/** All types that can be subscribed to: the seed's 14 and the additive ones, whether their machine is running yet or not. */
export const eventTypes = [
  'charge_point.connected',
  'charge_point.disconnected',
  'charge_point.status_changed',
  'session.started',
  'session.ended',
  'session.cost_updated',
  'commissioning.started',
  'commissioning.completed',
  'commissioning.failed',
  'alert.triggered',
  'alert.resolved',
  'firmware.update_started',
  'firmware.update_completed',
  'handover.completed',
  'security.event',
  'command.completed',
  'webhook.test',
  'reservation.updated',
  'session.limit_reached',
  'firmware.update_failed',
  'site.load_changed',
] as const;
export type EventType = (typeof eventTypes)[number];

/** Beside the 14 of the seed. */
export const additiveTypes: ReadonlySet<EventType> = new Set<EventType>([
  'reservation.updated',
  'session.limit_reached',
  'firmware.update_failed',
  'security.event',
  'command.completed',
  'webhook.test',
  'site.load_changed',
]);

type CatalogueEntry = {
  readonly description: string;
  readonly data: z.ZodObject;
  readonly example: Record<string, unknown>;
};

/** An alert may be of no charge point, and a site is none; a test is of nothing but an endpoint. */
const ofItsKind = (type: EmittedType): CatalogueEntry => {
  const base = type in alertData || type in siteData ? eventBase.extend(ofNoneOrOne.shape) : eventBase;
  const { description, example: more } = words[type];
  return { description, data: base.extend(dataSchemas[type].shape), example: { ...example, ...more } };
};

const webhookTest: CatalogueEntry = {
  description: 'Somebody tries out a webhook endpoint (additive)',
  data: z.object({
    organization_id: z.string(),
    endpoint_id: z.string(),
    occurred_at: instant,
    test: z.literal(true),
  }),
  example: {
    organization_id: example.organization_id,
    endpoint_id: 'whe_01KAT3Z6Y8Q0000000000000AD',
    occurred_at: example.occurred_at,
    test: true,
  },
};

export const catalogue = Object.fromEntries(
  eventTypes.map((type) => [type, type === 'webhook.test' ? webhookTest : ofItsKind(type)]),
) as Readonly<Record<EventType, CatalogueEntry>>;
