/**
 * Takes limits back where nobody shares a supply any more: the site's load management was switched off, or the charge point was moved or
 * is not managed any more. A limit that nobody keeps up would stay for ever.
 */
import type { IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { LOAD_PROFILE_ID } from '../smart-charging/index.ts';
import { LONGEST_RETRY_MS } from './machine/ledger.ts';
import { askedBack, forgetLine, forgetOrphans, leftLines } from './release-store.ts';

type Needs = { readonly db: Pick<Database, 'rows'>; readonly issue: IssueCommand; readonly now: () => Date };

const AT_ONCE = 100;

/**
 * Who is offline is asked when he is back, and who does not answer again, until he does. Throws what the first failed one threw, when all
 * were tried.
 */
export async function releaseLeft({ db, issue, now }: Needs): Promise<void> {
  await forgetOrphans(db);
  const left = await leftLines(db, AT_ONCE, new Date(now().getTime() - LONGEST_RETRY_MS));
  const done = await Promise.allSettled(
    left.map(async (line) => {
      const { chargePointId, organizationId } = line;
      if (line.isDone) return forgetLine(db, organizationId, chargePointId);
      const command = { do: 'clear_charging_profiles', criteria: { profileId: LOAD_PROFILE_ID } } as const;
      const { id } = await issue({ organizationId, chargePointId, command, requestedBy: 'system', queueForS: 86_400 });
      await askedBack(db, line, id);
    }),
  );
  const failed = done.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
