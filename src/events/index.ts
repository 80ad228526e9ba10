export {
  additiveTypes,
  catalogue,
  type DescribedType,
  type DomainEventInput,
  descriptionOf,
  type EmittedType,
  type EventData,
  type EventType,
  eventTypes,
  isDescribed,
} from './catalogue.ts';
export { envelopeExample, envelopeOf } from './envelope.ts';
