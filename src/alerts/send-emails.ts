/**
 * The job that sends what waits: one mail per alert and recipient, or one digest where many wait. Many are taken for a while, and each
 * mail once more when its turn comes, so that two processes do not both send it, however long those before it took; after a crash in
 * between it is sent again, with the same Message-ID.
 */
import type { Tx } from '../database/contract.ts';
import type { Mailer } from '../mail/index.ts';
import { type DueEmail, type HeldEmail, holdEmails, type Settled, settleEmails, takeEmails } from './email-store.ts';
import { alertMail, digestMail } from './email-text.ts';

type Log = { warn(fields: object, message: string): void };
export type SendNeeds = {
  readonly db: Tx;
  readonly mailer: Mailer;
  readonly now: () => Date;
  readonly log: Log;
};

/** As many for one recipient are sent one by one; more are a digest. */
export const MOST_SINGLE = 3;
const AT_ONCE = 1_000;
/** Longer than one mail can take. */
const TAKEN_MS = 5 * 60_000;
/** After the first, second … failed attempt. Then it is given up: some 13 hours after it was written. */
export const RETRY_S = [60, 300, 900, 3600, 10_800, 32_400];
/** Connections to the server side by side. */
const SIDE_BY_SIDE = 4;

/** Returns how many mails were sent. */
export async function sendEmails({ db, mailer, now, log }: SendNeeds): Promise<number> {
  const at = now();
  const untilFrom = (from: Date): Date => new Date(from.getTime() + TAKEN_MS);
  const taken = untilFrom(at);
  const due = await takeEmails(db, { now: at, until: taken, atMost: AT_ONCE });
  const dropped = due.filter(({ active }) => !active);
  if (dropped.length > 0)
    await settleEmails(
      db,
      dropped.map((each) => settled(each, 'dropped', null, null)),
      { now: at, until: taken },
    );
  const parcels = parcelsOf(due.filter(({ active }) => active));
  let sent = 0;
  const next = async (): Promise<void> => {
    for (let parcel = parcels.shift(); parcel !== undefined; parcel = parcels.shift()) {
      if (await send(parcel)) sent += 1;
    }
  };
  async function send(waiting: readonly DueEmail[]): Promise<boolean> {
    const until = untilFrom(now());
    const parcel = await holdEmails(db, waiting, { taken, until });
    const [first] = parcel;
    if (first === undefined) return false;
    const reader = { recipientId: first.recipientId, organization: first.organization, timezone: first.timezone };
    const mail = parcel.length === 1 ? alertMail(first, reader) : digestMail(parcel, reader);
    try {
      const id = `${first.alertId}.${first.kind}.${first.recipientId}.${parcel.length}`;
      await mailer.send({ to: first.email, ...mail, id });
      await settleEmails(
        db,
        parcel.map((each) => settled(each, 'sent', null, null)),
        { now: now(), until },
      );
      return true;
    } catch (cause) {
      const error = cause instanceof Error ? cause.message.slice(0, 500) : 'unknown';
      log.warn(
        { recipientId: first.recipientId, alerts: parcel.length, error },
        'an e-mail of alerts could not be sent',
      );
      await settleEmails(
        db,
        parcel.map((each) => failed(each, error, now())),
        { now: now(), until },
      );
      return false;
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, next));
  return sent;
}

/** One by one where they are few; else together. */
export function parcelsOf(due: readonly DueEmail[]): (readonly DueEmail[])[] {
  const byRecipient = new Map<string, DueEmail[]>();
  for (const each of due) byRecipient.set(each.recipientId, [...(byRecipient.get(each.recipientId) ?? []), each]);
  return [...byRecipient.values()].flatMap((some) => (some.length > MOST_SINGLE ? [some] : some.map((each) => [each])));
}

const settled = (
  { alertId, kind, recipientId }: DueEmail,
  status: Settled['status'],
  nextAt: Date | null,
  error: string | null,
): Settled => ({ alertId, kind, recipientId, status, nextAt, error });

function failed(email: HeldEmail, error: string, now: Date): Settled {
  const waitS = RETRY_S[email.attempts - 1];
  return waitS === undefined
    ? settled(email, 'failed', null, error)
    : settled(email, 'pending', new Date(now.getTime() + waitS * 1000), error);
}
