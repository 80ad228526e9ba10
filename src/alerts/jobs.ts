/** The periodic work of the room, each done by one process of the installation at a time. */
import type { Tx } from '../database/contract.ts';
import type { Ingest } from '../ingest/contract.ts';
import type { Mailer } from '../mail/index.ts';
import { claimJob } from '../nodes/index.ts';
import { forgetEmails } from './email-store.ts';
import { moveWindows } from './maintenance.ts';
import { sendEmails } from './send-emails.ts';
import { sweepAlerts } from './sweep.ts';
import { forgetAlerts } from './sweep-store.ts';
import { measureUptimes } from './uptime.ts';

type Needs = {
  readonly db: Tx;
  readonly submit: Ingest['submit'];
  readonly nodeId: string;
  readonly now: () => Date;
  readonly log: { warn(fields: object, message: string): void };
  /** undefined: no SMTP server, no e-mails. */
  readonly mailer: Mailer | undefined;
};

/** What ended longer ago than this is forgotten. */
const KEPT_MS = 400 * 86_400_000;
const EMAILS_KEPT_MS = 30 * 86_400_000;

export function createAlertJobs({ db, submit, nodeId, now, log, mailer }: Needs) {
  const needs = { db, submit, now };
  const ours = (name: string, everyMs: number): Promise<boolean> => claimJob(db, { name, nodeId, now: now(), everyMs });
  return {
    /** Every 10 s. */
    async sweep(): Promise<void> {
      if (await ours('alerts', 10_000)) await sweepAlerts(needs, 10);
    },
    /** Every minute: what costs more, or is in less of a hurry. */
    async sweepSlow(): Promise<void> {
      if (!(await ours('alerts_slow', 60_000))) return;
      await moveWindows({ db, now: now() });
      await measureUptimes({ db, now });
      await sweepAlerts(needs, 60);
    },
    /** Every 5 s, in every process: what is taken is its own. */
    async mail(): Promise<void> {
      if (mailer !== undefined) await sendEmails({ db, mailer, now, log });
    },
    /** Every day. */
    async forget(): Promise<void> {
      await forgetEmails(db, new Date(now().getTime() - EMAILS_KEPT_MS));
      await forgetAlerts(db, new Date(now().getTime() - KEPT_MS));
    },
  };
}
