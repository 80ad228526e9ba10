export { contextName, type MeterContext } from './contexts.ts';
export { meter } from './participant.ts';
