/** How the room takes part in the one door for every change, and the periodic jobs that look after what is due. */
import { createHash } from 'node:crypto';
import type { CallRules } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS, type Participant } from '../ingest/contract.ts';
import type { DeviceModelInput } from '../ingest/inputs.ts';
import { firstIdAt, idFrom } from '../platform/ids.ts';
import { type Context, decide } from './machine.ts';
import {
  closeOrphans,
  dueReports,
  forgetReports,
  loadDeviceModels,
  saveDeviceModels,
  wantedInventories,
} from './store.ts';
import type { DeviceState, Words } from './types.ts';

export const deviceWordsOf = (calls: Pick<CallRules, 'translate'>): Words => ({
  baseReport: (protocol, base, requestId) =>
    calls.translate(protocol, { do: 'device', ask: { of: 'base_report', base, requestId } }),
});

/** Drawn from what is known, not from chance: a decision that is taken again asks for the same command. */
const idsFor: Context['idsFor'] = (reason, now) => ({
  reportId: idFrom('rpt', now, reason),
  commandId: idFrom('cmd', now, reason),
  // Of the bytes behind those that the ids are drawn from.
  requestId: createHash('sha256').update(reason).digest().readUInt32BE(16) % (2 ** 31 - 1) || 1,
});

export function deviceModelParticipant(options: {
  readonly words: Words;
  /** DEVICE_INVENTORY */
  readonly automatic: boolean;
}): Participant<DeviceState, DeviceModelInput> {
  return {
    room: 'device_model',
    load: loadDeviceModels,
    decide: (state, input, { now, root }) =>
      decide(state, input, {
        ...options,
        number: root.number,
        idsFor: (reason, at) => idsFor(`${root.chargePointId} ${reason}`, at),
        now,
      }),
    save: saveDeviceModels,
  };
}

const MOST_AT_ONCE = 200;
/** Inventories are large: a fleet that comes back from an update is asked a few stations at a time. */
const MOST_INVENTORIES = 20;

export async function sweepDeviceModels(needs: {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly now: Date;
}): Promise<void> {
  const { db, submit, now } = needs;
  await closeOrphans(db, now);
  const [reports, wanted] = await Promise.all([
    dueReports(db, now, MOST_AT_ONCE),
    wantedInventories(db, now, MOST_INVENTORIES),
  ]);
  const about = (chargePointId: string) => ({ room: 'device_model', chargePointId, receivedAt: now }) as const;
  const inputs: DeviceModelInput[] = [
    ...reports.map(({ id, chargePointId }) => ({ ...about(chargePointId), type: 'overdue', reportId: id }) as const),
    ...wanted.map(({ chargePointId }) => ({ ...about(chargePointId), type: 'inventory_due' }) as const),
  ];
  await Promise.allSettled(inputs.map((input) => submit(input, { patienceMs: PATIENCE_MS })));
}

const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;

/** For the table of periodic jobs. Returns how many rows went. */
export function forgetDeviceReports(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = firstIdAt('rpt', new Date(now.getTime() - KEPT_DAYS * DAY_MS));
  return forgetReports(db, before);
}
