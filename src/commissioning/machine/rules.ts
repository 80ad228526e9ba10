/**
 * The phases of a commissioning run and what moves them: the whole table. docs/commissioning.md shows it as a diagram.
 * Besides, every phase that is not an end goes to `failed` and to `cancelled`. Pure.
 */

export const stepNames = ['connectivity', 'heartbeat', 'configuration', 'connectors', 'test_transaction'] as const;
export type StepName = (typeof stepNames)[number];

/** Which step each phase is of. */
export const STEP_OF = {
  connecting: 'connectivity',
  listening: 'heartbeat',
  applying: 'configuration',
  resetting: 'configuration',
  rebooting: 'configuration',
  verifying: 'configuration',
  inspecting: 'connectors',
  starting: 'test_transaction',
  metering: 'test_transaction',
  stopping: 'test_transaction',
} as const satisfies Readonly<Record<string, StepName>>;

export type OpenPhase = keyof typeof STEP_OF;
export type Phase = OpenPhase | 'commissioned' | 'failed' | 'cancelled';
export type Sign =
  /** It is connected, its boot was accepted, and it is the one that was registered. */
  | 'reachable'
  /** It spoke by itself within 1.5 heartbeats, and its clock is right. */
  | 'alive'
  /** No template wants anything of it. */
  | 'nothing_to_set'
  | 'set'
  /** Some setting is in force after a reboot only. */
  | 'reboot_needed'
  | 'reset_accepted'
  | 'rebooted'
  /** After the reboot all settings are as the template wants them. */
  | 'kept'
  /** Every expected connector was reported, none is faulted. */
  | 'connectors_fine'
  | 'connectors_fine_test_skipped'
  | 'session_started'
  | 'energy_read'
  | 'session_ended';

export const rules = {
  connecting: { reachable: 'listening' },
  listening: { alive: 'applying' },
  applying: { nothing_to_set: 'inspecting', set: 'inspecting', reboot_needed: 'resetting' },
  // A charger may reboot before its answer is on the wire.
  resetting: { reset_accepted: 'rebooting', rebooted: 'verifying' },
  rebooting: { rebooted: 'verifying' },
  verifying: { kept: 'inspecting' },
  inspecting: { connectors_fine: 'starting', connectors_fine_test_skipped: 'commissioned' },
  starting: { session_started: 'metering' },
  metering: { energy_read: 'stopping' },
  stopping: { session_ended: 'commissioned' },
  commissioned: {},
  failed: {},
  cancelled: {},
} as const satisfies Readonly<Record<Phase, Readonly<Partial<Record<Sign, Phase>>>>>;

export const isOpen = (phase: Phase): phase is OpenPhase => phase in STEP_OF;

/** Where that sign leads; undefined: it means nothing there. */
export const nextOf = (phase: Phase, sign: Sign): Phase | undefined =>
  (rules[phase] as Readonly<Partial<Record<Sign, Phase>>>)[sign];
