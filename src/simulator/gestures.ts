/** What people, cars and grids can do to a 2.x station and to no other: for tests and demonstrations. Types only. */
import type { Payload } from './types.ts';

/** What came back; undefined: no answer. */
export type Said = Promise<Payload | undefined>;

export type V2Gestures = {
  /** A variable of the device model shows this from now on: `TemperatureSensor.Temperature`, `Connector@1.1.Problem`. */
  show(variable: string, value: string): void;
  securityEvent(type: string, techInfo?: string): void;
  /** A car with ISO 15118 tells what it wants; the station fills in the rest. */
  chargingNeeds(evseId: number, wants?: Payload): Promise<string | undefined>;
  /** A limit from outside (an energy manager); watt undefined: it is gone. evseId 0: the whole station. */
  externalLimit(evseId: number, watt: number | undefined, source?: string): Said;
  /** A contract certificate is wanted for a car (M01, M02). */
  contractCertificate(exiRequest: string, action?: 'Install' | 'Update'): Said;
  /** OCSP for the certificate of these hashes (M06). */
  certificateStatus(ocspRequestData: Payload): Said;
  /** Asks for a certificate of its own. */
  signCertificate(type?: 'ChargingStationCertificate' | 'V2GCertificate'): void;

  // 2.1
  /** A driver takes a full battery and leaves an empty one. */
  swapBattery(token: string, requestId?: number): void;
  priority(evseId: number, activated: boolean): Said;
  pullDynamicSchedule(chargingProfileId: number): Said;
  validateVat(vatNumber: string, evseId?: number): Said;
  /** A payment terminal on the station settled. */
  settle(payment: Payload): Said;
  derAlarm(controlType: string, more?: Payload): Said;
  certificateChainStatus(requests: readonly Payload[]): Said;
};
