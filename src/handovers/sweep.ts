/**
 * The job of the room: handovers that are due (nobody took them, or their charge point may be idle by now), and what is to be
 * taken to chargers after the cutover. It only asks: the machine decides, under the lock.
 */
import type { Call, FriendlyCommand, Protocol } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { HandoverInput, ReadyCall } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';
import { splitSecrets } from '../platform/secret-settings.ts';
import { type CaringHandover, caringHandovers, closeOrphans, dueHandovers } from './read-store.ts';
import type { CareItem } from './types.ts';

export type SweepNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly now: () => Date;
  readonly newId: (prefix: 'cmd') => string;
  /** undefined: this protocol cannot say that. */
  readonly translate: (protocol: Protocol, command: FriendlyCommand) => Call | undefined;
  /** How the charger's version takes a new key; undefined: it cannot. */
  readonly keyCall: (protocol: string, key: string) => Call | undefined;
  readonly makeKey: () => {
    readonly key: string;
    readonly hash: Uint8Array;
    readonly salt: Uint8Array;
    readonly kid: string;
  };
  readonly seal: (fields: Readonly<Record<string, unknown>>, chargePointId: string) => string;
};

const AT_ONCE = 100;

/** A second node that sweeps the same rows finds them moved on. */
export async function sweepHandovers(needs: SweepNeeds): Promise<void> {
  const { db, submit, now } = needs;
  const receivedAt = now();
  await closeOrphans(db, receivedAt);
  const due = await dueHandovers(db, receivedAt, AT_ONCE);
  const caring = await caringHandovers(db, receivedAt, AT_ONCE);
  const inputs: HandoverInput[] = [
    ...due.map(({ id, chargePointId }) => {
      const about = { room: 'handovers', chargePointId, receivedAt, handoverId: id } as const;
      return { ...about, type: 'due' } as const;
    }),
    ...caring.map((each) => careInput(needs, each, receivedAt)),
  ];
  await Promise.all(
    inputs.map((input) =>
      submit(input, { patienceMs: PATIENCE_MS }).catch((cause: unknown) => {
        if (!(cause instanceof AppError) || cause.code !== 'not_found') throw cause; // deleted meanwhile: the next run closes it
      }),
    ),
  );
}

function careInput(needs: SweepNeeds, row: CaringHandover, receivedAt: Date): HandoverInput {
  const { id: handoverId, chargePointId, care, protocol } = row;
  const calls: Record<string, ReadyCall> = {};
  for (const item of care) {
    if (item.state !== 'pending' || protocol === null) continue;
    const command = wishOf(item);
    const call = command && needs.translate(protocol as Protocol, command); // a column that the gate writes
    if (call !== undefined)
      calls[item.name] = { commandId: needs.newId('cmd'), action: call.action, payload: { ...call.payload } };
  }
  const key = row.keyChange === 'pending' || row.keyChange === 'offered' ? keyOf(needs, row) : undefined;
  return { room: 'handovers', type: 'care_due', chargePointId, receivedAt, handoverId, key, calls };
}

function wishOf({ what, number }: CareItem): FriendlyCommand | undefined {
  switch (what) {
    case 'reservation':
      return { do: 'cancel_reservation', ocppId: number ?? 0 };
    case 'charging_profiles':
      return { do: 'clear_charging_profiles', criteria: {} };
    case 'display_message':
      return { do: 'clear_display_message', messageId: number ?? 0 };
    case 'local_list':
      return undefined; // its own room sends it
  }
}

/** A fresh key each time: one that is not used is forgotten. */
function keyOf(needs: SweepNeeds, { chargePointId, protocol }: CaringHandover) {
  const { key, ...hashed } = needs.makeKey();
  const call = protocol === null ? undefined : needs.keyCall(protocol, key);
  if (call === undefined) return undefined;
  const split = splitSecrets(call.payload);
  if (split === undefined) throw new Error(`${call.action} does not hide the key that it carries`);
  const sealed = needs.seal(split.secret, chargePointId);
  return { commandId: needs.newId('cmd'), action: call.action, payload: { ...split.masked }, sealed, ...hashed };
}
