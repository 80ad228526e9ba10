export { catalogue, type DomainEventInput, type EventType, eventTypes } from './catalogue.ts';
