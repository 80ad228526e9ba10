/** How routes find handovers and look at their charge points: one's own, or by the token. */
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { factsOf } from './facts-store.ts';
import { type Check, checklist } from './machine/checks.ts';
import { presentHandover } from './present.ts';
import { type HandoverView, handoverById } from './read-store.ts';
import type { TokenThrottle } from './throttle.ts';
import { isToken } from './token.ts';

export const unknownHandover = (): AppError => new AppError('not_found', 'There is no such handover');

export function createLooking(db: Pick<Database, 'rows'>) {
  async function own(organizationId: string, id: string): Promise<HandoverView> {
    const row = await handoverById(db, organizationId, id);
    if (row === undefined) throw unknownHandover();
    return row;
  }
  return {
    own,
    show: async (organizationId: string, id: string) => presentHandover(await own(organizationId, id), organizationId),
    /** As things are now; of one that has ended, and of a charge point that is not there any more: nothing. */
    async checksOf({ chargePointId, mode, organizationId, dueAt }: HandoverView): Promise<Check[]> {
      if (dueAt === null) return [];
      const facts = (await factsOf(db, [chargePointId])).get(chargePointId);
      return facts === undefined || facts.organizationId !== organizationId ? [] : checklist(facts, mode);
    },
  };
}

const isSideOf = (row: HandoverView, organizationId: string): boolean =>
  row.toOrganizationId === organizationId || row.organizationId === organizationId;

/** Once somebody has taken or declined it, its token shows it to the two sides alone, and tells others no more than that they are late. */
export const mayLookAt = (row: HandoverView, organizationId: string): boolean =>
  row.toOrganizationId === null || isSideOf(row, organizationId);

/** A wrong token, a handover that is meant for somebody else and one that nobody has are the same. */
export const createFindByToken =
  (throttle: TokenThrottle) =>
  async (
    organizationId: string,
    token: string,
    find: () => Promise<HandoverView | undefined>,
  ): Promise<HandoverView> => {
    await throttle.attempt(organizationId);
    const row = await find();
    const isRight = isToken(token, row?.tokenHash);
    const isMeant = row !== undefined && (!row.named || isSideOf(row, organizationId));
    if (row === undefined || !isRight || !isMeant) throw unknownHandover();
    await throttle.succeeded(organizationId);
    return row;
  };
