export {
  additiveTypes,
  catalogue,
  type DomainEventInput,
  type EmittedType,
  type EventData,
  type EventType,
  eventTypes,
} from './catalogue.ts';
export { connectorStatuses } from './charge-points.ts';
export { envelopeExample, envelopeOf } from './envelope.ts';
export { reservationStatuses } from './reservations.ts';
export { notLoweredReasons } from './sites.ts';
