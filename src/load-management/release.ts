/**
 * Takes limits back where nobody shares a supply any more: the site's load management was switched off, or the charge point was moved. A
 * limit that nobody keeps up would stay for ever.
 */
import type { IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { forgetLine, forgetOrphans, leftLines } from './release-store.ts';
import { OWN_PROFILE_ID } from './types.ts';

type Needs = { readonly db: Pick<Database, 'rows'>; readonly issue: IssueCommand };

const AT_ONCE = 100;

/** Who is offline is asked when he is back. Throws what the first failed one threw, when all were tried. */
export async function releaseLeft({ db, issue }: Needs): Promise<void> {
  await forgetOrphans(db);
  const left = await leftLines(db, AT_ONCE);
  const done = await Promise.allSettled(
    left.map(async ({ chargePointId, organizationId }) => {
      const command = { do: 'clear_charging_profiles', criteria: { profileId: OWN_PROFILE_ID } } as const;
      await issue({ organizationId, chargePointId, command, requestedBy: 'system', queueForS: 86_400 });
      await forgetLine(db, organizationId, chargePointId);
    }),
  );
  const failed = done.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
