/** Asks the charger to stop sessions: by their transaction, by their connector, or the only one there is. */
import { AppError } from '../platform/errors.ts';
import type { CommandRequest, IssueCommand } from './issue-command.ts';
import type { CommandReads, OpenSession, StoredCommand } from './read-store.ts';

type Asked = Pick<
  CommandRequest,
  'organizationId' | 'chargePointId' | 'requestedBy' | 'timeoutS' | 'wait' | 'signal' | 'traceId'
>;

/** For `POST /sessions/{id}/stop`: the caller has made sure that the session is open and of this organization. */
export type StopSession = (
  request: Asked & { readonly transactionId: number; readonly ocppTransactionId: string | null },
) => Promise<StoredCommand>;

export const createStopSession =
  ({ issue }: { readonly issue: IssueCommand }): StopSession =>
  ({ transactionId, ocppTransactionId, ...asked }) =>
    issue({ ...asked, command: stopOf({ transactionId, ocppTransactionId }) });

export const stopOf = ({
  transactionId,
  ocppTransactionId,
}: Pick<OpenSession, 'transactionId' | 'ocppTransactionId'>) =>
  ({ do: 'stop', transactionId, ocppTransactionId: ocppTransactionId ?? undefined }) as const;

/** Which session does somebody mean who stands before this charge point? Throws not_found or conflict. */
export async function findSessionToStop(
  reads: Pick<CommandReads, 'session' | 'openSessions'>,
  { organizationId, chargePointId }: Pick<Asked, 'organizationId' | 'chargePointId'>,
  meant: { readonly sessionId?: string | undefined; readonly connectorId?: number | undefined },
): Promise<OpenSession> {
  if (meant.sessionId !== undefined) {
    const session = await reads.session(organizationId, chargePointId, meant.sessionId);
    if (session === undefined) throw new AppError('not_found', 'There is no such session on this charge point');
    if (session.ended) throw new AppError('conflict', 'This session has already ended');
    if (meant.connectorId !== undefined && meant.connectorId !== session.evseId) {
      throw new AppError('conflict', `This session is on connector ${session.evseId}`);
    }
    return session;
  }
  const open = (await reads.openSessions(organizationId, chargePointId)).filter(
    ({ evseId }) => meant.connectorId === undefined || evseId === meant.connectorId,
  );
  const where = meant.connectorId === undefined ? 'this charge point' : `connector ${meant.connectorId}`;
  const [session, second] = open;
  if (session === undefined) throw new AppError('conflict', `No session is running on ${where}`);
  if (second !== undefined) {
    const names = open.map(({ id, evseId }) => `${id} (connector ${evseId})`).join(', ');
    throw new AppError('conflict', `Several sessions are running on ${where}; name one as session_id: ${names}`);
  }
  return session;
}
