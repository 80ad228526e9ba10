/** Gives a charger a charging profile: checks it, and keeps it as pending in the transaction that queues it; the charger's answer decides what it becomes. */
import type { CommandRequest, IssueCommand } from '../commands/index.ts';
import type { ChargingProfile } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError, type FieldFault } from '../platform/errors.ts';
import type { CheckProfile } from './check-profile.ts';
import { idOf } from './machine.ts';
import type { ProfileReads, StoredProfile } from './store.ts';

type Asked = Pick<
  CommandRequest,
  'organizationId' | 'chargePointId' | 'requestedBy' | 'traceId' | 'timeoutS' | 'wait' | 'signal' | 'queueForS'
>;
/** Which session a profile with the purpose tx is for. */
export type Meant = { readonly sessionId?: string | undefined; readonly connectorId?: number | undefined };
export type ProfileWish = {
  readonly purpose: ChargingProfile['purpose'];
  readonly meant: Meant;
  readonly profileId?: number | undefined;
  readonly build: (
    about: Pick<ChargingProfile, 'profileId' | 'connectorId' | 'purpose' | 'transactionId' | 'ocppTransactionId'>,
  ) => ChargingProfile;
};
export type SetProfile = (asked: Asked & { readonly wish: ProfileWish }) => Promise<StoredProfile>;

type Needs = {
  readonly reads: ProfileReads;
  readonly issue: IssueCommand;
  readonly check: CheckProfile;
  readonly newId: (prefix: 'cmd', chargePointId: string) => string;
  readonly clock: Clock;
};

/** Throws validation_failed, not_found, conflict, charge_point_offline, too_many_requests, unavailable. */
export const createSetProfile =
  ({ reads, issue, check, newId, clock }: Needs): SetProfile =>
  async ({ wish, ...asked }) => {
    const where = { organizationId: asked.organizationId, chargePointId: asked.chargePointId };
    const { purpose, meant } = wish;
    const session = purpose === 'tx' ? await sessionMeant(reads, where, meant) : undefined;
    if (purpose !== 'tx' && meant.sessionId !== undefined)
      throw invalid([{ field: 'session_id', message: 'is only for the purpose tx' }]);
    const built = wish.build({
      profileId: wish.profileId ?? 0,
      connectorId: session?.connectorId ?? meant.connectorId ?? 0,
      purpose,
      transactionId: session?.transactionId,
      ...(session?.ocppTransactionId != null && { ocppTransactionId: session.ocppTransactionId }),
    });
    const profile = { ...built, profileId: wish.profileId ?? (await check.numberFor(where, built)) };
    const faults = await check(where, profile);
    if (faults.length > 0) throw invalid(faults);

    const commandId = newId('cmd', asked.chargePointId);
    const id = idOf(commandId);
    const { requestedBy } = asked;
    const about = { room: 'smart_charging', chargePointId: asked.chargePointId, receivedAt: clock.now() } as const;
    await issue({
      ...asked,
      commandId,
      command: { do: 'set_charging_profile', profile },
      alongside: () => ({ ...about, type: 'requested', id, commandId, profile, requestedBy }),
    });
    const stored = await reads.find({ ...where, id });
    if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return stored;
  };

/** 1.6 §3.13.1, 2.x K01.FR.03: a TxProfile needs a transaction that runs. */
async function sessionMeant(
  reads: ProfileReads,
  where: { readonly organizationId: string; readonly chargePointId: string },
  { sessionId, connectorId }: Meant,
): Promise<{ transactionId: number; ocppTransactionId: string | null; connectorId: number }> {
  if (sessionId !== undefined) {
    const session = await reads.session({ ...where, sessionId });
    if (session === undefined) throw new AppError('not_found', 'There is no such session on this charge point');
    if (session.ended) throw new AppError('conflict', 'This session has already ended');
    if (connectorId !== undefined && connectorId !== session.connectorId)
      throw invalid([{ field: 'connector_id', message: `the session is on connector ${session.connectorId}` }]);
    return session;
  }
  if (connectorId === undefined || connectorId === 0)
    throw invalid([{ field: 'session_id', message: 'is required for the purpose tx, or connector_id' }]);
  const [session, second] = await reads.sessionsOn({ ...where, connectorId });
  if (session === undefined) throw new AppError('conflict', `No session is running on connector ${connectorId}`);
  if (second !== undefined)
    throw new AppError('conflict', `Several sessions are running on connector ${connectorId}; name one as session_id`);
  return { ...session, connectorId };
}

export const invalid = (details: readonly FieldFault[]): AppError =>
  new AppError('validation_failed', `The request is not valid: ${details[0]?.field} ${details[0]?.message}`, {
    details,
  });
