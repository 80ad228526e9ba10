/**
 * Chargers that are none: real OCPP clients for tests, demonstrations and load. An independent implementation of the wire;
 * it must never import the server's code.
 */

export { createCharger } from './charger.ts';
export { acceleratedClock, seededRandom } from './clock.ts';
export type {
  Behaviour,
  ChargePlan,
  ChargeResult,
  Charger,
  ChargerOptions,
  ConnectorView,
  Misbehaviour,
} from './contract.ts';
export { describe, type Line } from './describe.ts';
export { createFleet, type Fleet } from './fleet.ts';
export { SimulatorClosed } from './happenings.ts';
export { misbehaviours } from './misbehaviours/index.ts';
export { type Scenario, scenarios } from './scenarios.ts';
export type {
  CallOutcome,
  Car,
  ConnectorSpec,
  ConnectorStatus,
  Happening,
  HappeningOf,
  LocalSession,
  Reading,
  SimulatorClock,
  StopReason,
} from './types.ts';
export { dialects } from './versions.ts';
