/**
 * The messages that say how a file fares: firmware on its way to the charger, logs on their way from it. Skipped, repeated and
 * unknown states are passed on as said; only a message without a status says nothing. Shared by all versions.
 */
import { type FromCharger, UnusableMessage } from './contract.ts';
import type { Needs } from './handler-needs.ts';
import { readText } from './reading.ts';

export type TransferStatus = {
  readonly action: string;
  readonly type: 'firmware_status_reported' | 'diagnostics_status_reported';
  /** The official spelling of a status of this message; undefined: it is none of them. */
  readonly read: (status: unknown) => string | undefined;
  /** What this message says besides. */
  readonly more?: (payload: Readonly<Record<string, unknown>>) => {
    readonly requestId: number | undefined;
    readonly info?: string | undefined;
  };
};

export const transferStatusNotification = (
  { door }: Pick<Needs, 'door'>,
  { action, type, read, more }: TransferStatus,
): FromCharger => ({
  action,

  async handle({ payload, link: { chargePointId }, receivedAt, traceId }) {
    const status = read(payload['status']) ?? readText(payload['status'], 50);
    if (status === undefined) throw new UnusableMessage('there is no status');
    await door({ room: 'stations', type, chargePointId, receivedAt, status, ...more?.(payload) }, traceId);
    return {};
  },

  minimal: () => ({}),
});
