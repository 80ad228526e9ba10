export {
  additiveTypes,
  catalogue,
  type DomainEventInput,
  type EmittedType,
  type EventData,
  type EventType,
  eventTypes,
} from './catalogue.ts';
export { envelopeExample, envelopeOf } from './envelope.ts';
