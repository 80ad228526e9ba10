/** The words of the commissioning room: a run, its steps, and what it sees of the charger. */
import type { Call, Protocol, TriggerMessage } from '../commands/index.ts';
import type { ExpectedOutlet } from '../ingest/inputs.ts';
import type { FailureCode } from './machine/failures.ts';
import type { Phase, StepName } from './machine/rules.ts';

export type { Call, ExpectedOutlet, FailureCode, Phase, Protocol, StepName };

export const lifecycles = ['registered', 'commissioning', 'commissioned', 'decommissioned'] as const;
export type Lifecycle = (typeof lifecycles)[number];

export const runStatuses = ['running', 'commissioned', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof runStatuses)[number];
export const stepStatuses = ['pending', 'running', 'passed', 'failed', 'skipped'] as const;
export type StepStatus = (typeof stepStatuses)[number];

/** Plain JSON: what a step found. */
export type Detail = Readonly<Record<string, unknown>>;
export type StepRow = {
  readonly name: StepName;
  readonly status: StepStatus;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly detail: Detail;
};

export type Failure = {
  readonly step: StepName;
  readonly code: FailureCode;
  readonly message: string;
  readonly remedy: string;
  readonly retryable: boolean;
  /** What the charger answered to the request that it failed with; null: it was not about an answer. */
  readonly ocpp_response: Detail | null;
};

/** A row of commissioning_runs. */
export type Run = {
  readonly id: string;
  readonly status: RunStatus;
  readonly phase: Phase;
  readonly templateId: string | null;
  readonly skipTest: boolean;
  readonly expected: readonly ExpectedOutlet[] | null;
  readonly stepTimeoutS: number;
  readonly testToken: string;
  /** What the phase waits for. */
  readonly commandId: string | null;
  readonly changeId: string | null;
  readonly sessionId: string | null;
  /** How often it has asked in this phase, and when last. */
  readonly tries: number;
  readonly askedAt: Date | null;
  /** How often the charger had booted when it was asked to. */
  readonly bootsBefore: number | null;
  readonly phaseAt: Date;
  /** Asked in all: what ids of commands are drawn from. */
  readonly asks: number;
  readonly steps: readonly StepRow[];
  readonly failure: Failure | null;
  readonly lifecycleBefore: Lifecycle;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly deadlineAt: Date;
  /** null: it has ended. */
  readonly dueAt: Date | null;
  readonly completedAt: Date | null;
};

/** The command that a run waits for, as far as it matters. */
export type SeenCommand = {
  readonly id: string;
  readonly action: string;
  readonly status: 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled';
  readonly result: Detail | null;
  readonly error: { readonly code: string; readonly message: string; readonly ocpp_code?: string } | null;
  readonly completedAt: Date | null;
};
/** The change of configuration that a run waits for. */
export type SeenChange = {
  readonly id: string;
  readonly status: 'running' | 'completed' | 'failed';
  readonly items: readonly {
    readonly key: string;
    readonly outcome: string;
    readonly error: string | null;
    readonly readBack: string | null;
    readonly mismatch: boolean;
  }[];
  readonly error: string | null;
};
export type SeenOutlet = {
  readonly evseId: number;
  /** 0: the charge point itself. */
  readonly connectorId: number;
  readonly status: string;
  readonly errorCode: string | null;
  readonly receivedAt: Date;
};
export type SeenSession = {
  readonly id: string;
  readonly transactionId: number;
  readonly ocppTransactionId: string | null;
  readonly evseId: number;
  readonly status: string;
  readonly authorization: string;
  readonly startedAt: Date;
  /** When the server learned of it. */
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly lastSampleAt: Date | null;
  readonly energyWh: number;
  readonly stopReason: string | null;
};

/** What the server knows of one charger at this moment; all of it read in the transaction that decides. */
export type Facts = {
  readonly connected: boolean;
  readonly protocol: Protocol | null;
  readonly securityProfile: number | null;
  readonly connectedAt: Date | null;
  readonly bootedAt: Date | null;
  readonly registration: 'accepted' | 'pending' | 'rejected';
  readonly bootStatus: 'accepted' | 'pending' | 'rejected' | null;
  readonly bootCount: number;
  /** As its record says; null: nothing was registered. */
  readonly vendor: string | null;
  readonly model: string | null;
  readonly serialNumber: string | null;
  readonly reportedVendor: string | null;
  readonly reportedModel: string | null;
  readonly reportedSerial: string | null;
  readonly firmwareVersion: string | null;
  readonly heartbeatIntervalS: number;
  /** Its clock minus ours; null: not measured. */
  readonly clockOffsetMs: number | null;
  /** The last call of its own (no answer) since the current step began. */
  readonly heardAt: Date | null;
  /** Of all times, also of a unit that was swapped since. */
  readonly outlets: readonly SeenOutlet[];
  /** EVSEs with an open session, the test's own not among them. */
  readonly busyEvses: readonly number[];
  readonly command: SeenCommand | undefined;
  readonly change: SeenChange | undefined;
  /** What the template, or all that match, want of its settings; undefined: the template is gone. */
  readonly wanted: readonly { readonly key: string; readonly value: string }[] | undefined;
  readonly session: SeenSession | undefined;
};

/** What decide needs of one charge point. */
export type CommissioningState = {
  readonly lifecycle: Lifecycle;
  /** The open one, or the one that has just ended. */
  readonly run: Run | undefined;
  readonly facts: Facts;
};

/** How a version of OCPP puts it; undefined: it cannot. */
export type Words = {
  trigger(
    protocol: Protocol,
    message: TriggerMessage,
    place?: { readonly evseId?: number; readonly connectorId?: number },
  ): Call | undefined;
  reset(protocol: Protocol): Call | undefined;
  start(
    protocol: Protocol,
    of: { readonly token: string; readonly connectorId: number; readonly remoteStartId: number },
  ): Call | undefined;
  stop(protocol: Protocol, of: Pick<SeenSession, 'transactionId' | 'ocppTransactionId'>): Call | undefined;
};
