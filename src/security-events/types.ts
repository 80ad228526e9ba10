/** The words of the security-events room: which events OCA's lists know, and how much each matters. */
import type { SecurityEventInput } from '../ingest/inputs.ts';

export type Severity = 'info' | 'warning' | 'critical';

type Known = {
  /** OCA's word: an event that a charger has to report, now or when it is back (guaranteed delivery). */
  readonly critical: boolean;
  /** Ours: how soon a person should look. A restart has to be reported and is no alarm. */
  readonly severity: Severity;
};

/** The list of security events of the 1.6 security whitepaper and of 2.x, in their spellings. */
const KNOWN: Readonly<Record<string, Known>> = {
  FirmwareUpdated: { critical: true, severity: 'info' },
  FailedToAuthenticateAtCentralSystem: { critical: false, severity: 'warning' },
  FailedToAuthenticateAtCsms: { critical: false, severity: 'warning' },
  CentralSystemFailedToAuthenticate: { critical: false, severity: 'warning' },
  CsmsFailedToAuthenticate: { critical: false, severity: 'warning' },
  SettingSystemTime: { critical: true, severity: 'info' },
  StartupOfTheDevice: { critical: true, severity: 'info' },
  ResetOrReboot: { critical: true, severity: 'info' },
  SecurityLogWasCleared: { critical: true, severity: 'critical' },
  ReconfigurationOfSecurityParameters: { critical: false, severity: 'info' },
  MemoryExhaustion: { critical: true, severity: 'warning' },
  InvalidMessages: { critical: false, severity: 'warning' },
  AttemptedReplayAttacks: { critical: false, severity: 'critical' },
  TamperDetectionActivated: { critical: true, severity: 'critical' },
  InvalidFirmwareSignature: { critical: false, severity: 'critical' },
  InvalidFirmwareSigningCertificate: { critical: false, severity: 'critical' },
  InvalidCentralSystemCertificate: { critical: false, severity: 'warning' },
  InvalidCsmsCertificate: { critical: false, severity: 'warning' },
  InvalidChargePointCertificate: { critical: false, severity: 'warning' },
  InvalidChargingStationCertificate: { critical: false, severity: 'warning' },
  InvalidTLSVersion: { critical: false, severity: 'warning' },
  InvalidTLSCipherSuite: { critical: false, severity: 'warning' },
  MaintenanceLoginAccepted: { critical: true, severity: 'warning' },
  MaintenanceLoginFailed: { critical: true, severity: 'warning' },
};

const byFold = new Map(Object.entries(KNOWN).map(([type, known]) => [type.toLowerCase(), { type, ...known }]));

/** A vendor's own event is nobody's list's: somebody should look, nobody must be woken. */
export const classify = (said: string): Known & { readonly type: string } =>
  byFold.get(said.trim().toLowerCase()) ?? { type: said, critical: false, severity: 'warning' };

/** A row of the table security_events. */
export type SecurityEventRow = {
  readonly id: string;
  readonly type: string;
  readonly critical: boolean;
  readonly severity: Severity;
  readonly at: Date;
  readonly rawAt: string | null;
  readonly historical: boolean;
  readonly techInfo: string | null;
  readonly receivedAt: Date;
};

/** What decide needs of one charge point. */
export type SecurityEventState = {
  /** Keys of those that are on record for the instants of these inputs. */
  readonly known: ReadonlySet<string>;
  readonly added: readonly SecurityEventRow[];
};

/** What makes two reports one: a charger repeats what was not acknowledged. */
export const eventKey = (event: {
  readonly type: string;
  readonly at: Date;
  readonly techInfo: string | null;
}): string => JSON.stringify([event.type, event.at.getTime(), event.techInfo]);

export type { SecurityEventInput };
