/** The words of the configuration room. */
import type { Call, Protocol } from '../commands/index.ts';

export type { Call };

/** What is known of one setting of a charger. */
export type Setting = {
  readonly value: string | null;
  readonly readonly: boolean;
  readonly secret: boolean;
  /** false: the charger said that it has none of this name. */
  readonly known: boolean;
  readonly fetchedAt: Date;
};

export type ItemOutcome =
  | 'pending'
  /** It had this value already. */
  | 'unchanged'
  | 'accepted'
  | 'reboot_required'
  | 'rejected'
  | 'not_supported'
  /** The charger could not be asked. */
  | 'failed';
/** One setting that is to be changed. */
export type Item = {
  readonly key: string;
  /** null: secret. */
  readonly value: string | null;
  /** {value}, until it was sent for good. */
  readonly sealed: string | null;
  readonly outcome: ItemOutcome;
  readonly error: string | null;
  /** It stands in the command that is waited for. */
  readonly asked?: boolean;
  /** What the charger says afterwards; null: not read, or secret. */
  readonly readBack: string | null;
  /** It agreed, and says another value all the same. */
  readonly mismatch: boolean;
};

export type Phase = 'read' | 'change' | 'read_back' | 'reboot' | 'done';
/** Reading or changing the settings of a charger, command by command. A row of configuration_changes. */
export type Change = {
  readonly id: string;
  readonly kind: 'read' | 'change' | 'apply';
  readonly status: 'running' | 'completed' | 'failed';
  readonly phase: Phase;
  /** Keys that are still to be read in this phase; null: all that there are. */
  readonly toRead: readonly string[] | null;
  readonly items: readonly Item[];
  readonly reboot: 'never' | 'now' | 'when_idle';
  readonly rebooted: boolean;
  /** Commands asked for so far; tries of the current one. */
  readonly steps: number;
  readonly tries: number;
  /** The command that is waited for. */
  readonly commandId: string | null;
  readonly requestedBy: string;
  readonly waitingNode: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly dueAt: Date | null;
  readonly completedAt: Date | null;
  readonly error: string | null;
};

/** What decide needs of one charge point. */
export type ConfigurationState = {
  readonly connected: boolean;
  readonly protocol: Protocol | null;
  readonly isAccepted: boolean;
  readonly openSessions: number;
  readonly settings: ReadonlyMap<string, Setting>;
  /** Those that run. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Loaded for a boot only: what templates say for it. */
  readonly atBoot: Readonly<Record<string, string>>;
};

/** How a version of OCPP puts it; undefined: it cannot. */
export type Words = {
  read(protocol: Protocol, keys: readonly string[] | undefined): Call | undefined;
  change(protocol: Protocol, settings: readonly { readonly key: string; readonly value: string }[]): Call | undefined;
  reboot(protocol: Protocol): Call | undefined;
};
