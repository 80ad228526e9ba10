export {
  catalogue,
  type DomainEventInput,
  type EmittedType,
  type EventData,
  type EventType,
  eventTypes,
} from './catalogue.ts';
