/** The words of the display-messages room: what the displays of one charging station hold, and what it was asked of that. */
import type { DisplayMessage } from '../ingest/inputs.ts';
import type { Parts } from '../platform/parts.ts';

export const priorities = [
  'always_front',
  'in_front',
  'normal_cycle',
] as const satisfies readonly DisplayMessage['priority'][];
export const states = [
  'charging',
  'faulted',
  'idle',
  'unavailable',
  'suspended',
  'discharging',
] as const satisfies readonly NonNullable<DisplayMessage['state']>[];
export const formats = [
  'ascii',
  'html',
  'uri',
  'utf8',
  'qrcode',
] as const satisfies readonly DisplayMessage['text']['format'][];

/** A row of the table display_messages: what a station holds. It goes when the station holds it no more. */
export type MessageRow = {
  readonly message: DisplayMessage;
  /** csms: set by a command from here; station: found there. */
  readonly origin: 'csms' | 'station';
  /** The command that set it last. */
  readonly commandId: string | null;
  readonly createdAt: Date;
  /** When the station last said that it holds it. */
  readonly confirmedAt: Date;
  /** Of the one that it is bound to, as far as its session shows; not kept here. */
  readonly transactionEndedAt: Date | null;
};

/** Has the station removed it by itself until then (2.0.1 O01, O02): with its time, or with its transaction? */
export function isGone({ message, transactionEndedAt }: MessageRow, at: Date): boolean {
  const isOver = message.endsAt !== undefined && Date.parse(message.endsAt) <= at.getTime();
  return isOver || (transactionEndedAt !== null && transactionEndedAt <= at);
}

export const refreshStatuses = ['requested', 'receiving', 'completed', 'failed', 'timed_out'] as const;
export type RefreshStatus = (typeof refreshStatuses)[number];

/** A row of the table display_message_refreshes: what became of the question what a station holds. */
export type RefreshRow = {
  readonly id: string;
  readonly requestId: number;
  readonly commandId: string;
  readonly status: RefreshStatus;
  /** Why it failed. */
  readonly why: string | null;
  readonly parts: Parts;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
  /** null: it has ended */
  readonly dueAt: Date | null;
};

export type DisplayState = {
  /** By messageId: all that the station holds. */
  readonly messages: ReadonlyMap<number, MessageRow>;
  /** By id: the open ones, and those that the inputs name. */
  readonly refreshes: ReadonlyMap<string, RefreshRow>;
};
