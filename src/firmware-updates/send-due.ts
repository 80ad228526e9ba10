/**
 * The job of the room: tells chargers of updates that are due, and gives up what is overdue. What it does twice is done once: the
 * machine sends an update only while it is scheduled, with its command in the same transaction.
 */
import { randomBytes } from 'node:crypto';
import { type CallRules, checkedCall, type UpdateFirmware } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import type { FirmwareImage } from '../firmware-images/index.ts';
import { isReady } from '../firmware-images/index.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { UpdateRefusal } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { LEASE_MS } from '../platform/lease.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { type Claimed, claimDue, closeOrphans, overdueUpdates, putOff } from './due-store.ts';
import { closedUntil } from './window.ts';

export type SendNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly calls: CallRules;
  readonly image: (organizationId: string, id: string) => Promise<FirmwareImage | undefined>;
  readonly newId: (prefix: 'cmd') => string;
  readonly nextRequestId: () => number;
  readonly clock: Clock;
  /** FIRMWARE_URL or PUBLIC_URL, without a slash at its end. */
  readonly baseUrl: () => string;
};

const AT_ONCE = 50;
const MOST_OVERDUE = 500;
/** A link lives as long as its stage may take, and a day more: a charger may fetch again what it has lost. */
const LINK_EXTRA_MS = 86_400_000;

export async function sendDueUpdates(needs: SendNeeds): Promise<void> {
  const { db, submit, clock } = needs;
  const now = clock.now();
  await closeOrphans(db, now);
  const [overdue, due] = await Promise.all([
    overdueUpdates(db, now, MOST_OVERDUE),
    claimDue(db, now, new Date(now.getTime() + LEASE_MS), AT_ONCE),
  ]);
  // A fault leaves its row due: the next tick finds it again, or the one after its lease.
  await Promise.allSettled([
    ...overdue.map(({ id: updateId, chargePointId }) =>
      submit(
        { room: 'firmware_updates', type: 'overdue', chargePointId, receivedAt: now, updateId },
        { patienceMs: PATIENCE_MS },
      ),
    ),
    ...due.map((update) => send(needs, update, now)),
  ]);
}

async function send(needs: SendNeeds, update: Claimed, now: Date): Promise<void> {
  const { id: updateId, organizationId, chargePointId, windowFrom: from, windowTo: to } = update;
  const until = from === null || to === null ? undefined : closedUntil({ from, to }, update.timezone, now);
  if (until !== undefined) return putOff(needs.db, updateId, until);
  const about = { room: 'firmware_updates', chargePointId, receivedAt: now, updateId } as const;
  const image = await needs.image(organizationId, update.imageId);
  const how = () => ({ patienceMs: PATIENCE_MS, traceId: update.traceId ?? undefined });
  const refuse = async (code: UpdateRefusal, message: string): Promise<void> =>
    void (await needs.submit({ ...about, type: 'refused', code, message }, how()));
  if (image === undefined || !isReady(image)) return refuse('image_gone', 'The image was deleted before it was sent');
  const token = image.source === 'upload' ? randomBytes(32).toString('base64url') : undefined;
  const requestId = needs.nextRequestId();
  const location = image.url ?? `${needs.baseUrl()}/firmware/${token}/${fileNameOf(image)}`;
  const command = updateCall({ update, image, requestId, location, now });
  try {
    const { action, payload } = checkedCall(needs.calls, update, update.protocol, { command });
    const link = {
      tokenHash: token === undefined ? null : tokenHashOf(token),
      linkExpiresAt: token === undefined ? null : linkEnd(update, now),
    };
    const fromVersion = update.firmwareVersion;
    const commandId = needs.newId('cmd');
    const sent = { ...about, ...link, type: 'send', commandId, requestId, action, payload, fromVersion } as const;
    await needs.submit(sent, how());
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'validation_failed') throw cause;
    await refuse('not_supported', cause.message.slice(0, 500));
  }
}

/** How a charger is asked; also before anything is kept, to see whether it can be asked at all. */
export function updateCall({
  update: { signed, retrieveAt, installAt },
  image: { signature, signingCertificate: certificate },
  requestId,
  location,
  now,
}: {
  readonly update: Pick<Claimed, 'signed' | 'retrieveAt' | 'installAt'>;
  readonly image: Pick<FirmwareImage, 'signature' | 'signingCertificate'>;
  readonly requestId: number;
  readonly location: string;
  readonly now: Date;
}): UpdateFirmware {
  const isSigned = signed && signature !== null && certificate !== null;
  return {
    do: 'update_firmware',
    requestId,
    location,
    retrieveAt: retrieveAt ?? now,
    installAt: installAt ?? undefined,
    signed: isSigned ? { signature, certificate } : undefined,
  };
}

/** Some chargers look at how a link ends. */
export const fileNameOf = ({ fileName, version }: Pick<FirmwareImage, 'fileName' | 'version'>): string =>
  fileName ?? `firmware-${version.replace(/[^A-Za-z0-9._-]/g, '_')}.bin`;

function linkEnd({ retrieveAt, stageTimeoutS }: Claimed, now: Date): Date {
  const from = retrieveAt !== null && retrieveAt > now ? retrieveAt : now;
  return new Date(from.getTime() + stageTimeoutS * 1000 + LINK_EXTRA_MS);
}
