/** Asks a charger to keep a connector free for somebody, and writes the wish down in the transaction that queues the request. */
import type { CommandReads, IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { createDescribeToken, mayChargeAt } from '../tokens/index.ts';
import { type ReservationView, reservationById, tagOfGroup } from './read-store.ts';
import { nextReservationNumber } from './store.ts';
import { isUnwanted } from './types.ts';

export type ReserveRequest = {
  readonly organizationId: string;
  readonly chargePointId: string;
  /** 0: any */
  readonly connectorId: number;
  readonly tokenUid: string;
  /** Of 2.x, with connectorId 0: which kind of plug. */
  readonly connectorType?: string | undefined;
  readonly groupId: string | undefined;
  readonly expiresAt: Date;
  /** An active one of the same charge point, whose place it takes once the charger accepts it. */
  readonly replaces: string | undefined;
  readonly requestedBy: string;
  readonly traceId: string | undefined;
  readonly timeoutS: number | undefined;
  readonly wait: boolean | undefined;
  readonly signal: AbortSignal | undefined;
};

/** A reservation for longer would be a parking space. */
export const LONGEST_MS = 7 * 86_400_000;

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly reads: Pick<CommandReads, 'target'>;
  readonly issue: IssueCommand;
  readonly newId: (prefix: 'rsv') => string;
  readonly clock: Clock;
};

/** Throws not_found, validation_failed, conflict, and what a command throws. */
export const createReserve =
  ({ db, reads, issue, newId, clock }: Needs) =>
  async (request: ReserveRequest): Promise<ReservationView> => {
    const { organizationId, chargePointId, connectorId, connectorType, groupId, expiresAt, requestedBy } = request;
    const tokenUid = request.tokenUid.trim();
    const target = await reads.target(organizationId, chargePointId);
    if (target === undefined) throw new AppError('not_found', 'There is no such charge point');
    const reservationId = newId('rsv');
    const known = await reservationById(db, organizationId, reservationId);
    if (known !== undefined) return known; // a repeat, whose reservation may have moved on (platform/request-ids.ts)
    const now = clock.now();
    if (expiresAt <= now) throw invalid('expires_at', 'has passed; name an instant in the future');
    if (expiresAt.getTime() - now.getTime() > LONGEST_MS)
      throw invalid('expires_at', 'must lie within the next 7 days');
    const tag = groupId === undefined ? undefined : await tagOfGroup(db, organizationId, groupId);
    if (groupId !== undefined && tag === undefined) throw invalid('group_id', 'there is no such token group');
    const standing = await mayChargeAt(db, chargePointId, tokenUid, now);
    if (standing !== 'accepted')
      throw new AppError('conflict', `Token ${tokenUid} may not charge at ${target.identity}: ${standing}`);
    const tokenKind = (await createDescribeToken(db)(organizationId, tokenUid)).tokenType;
    const replaced =
      request.replaces === undefined ? undefined : await replaceable(organizationId, chargePointId, request.replaces);
    const ocppId = replaced?.ocppId ?? (await nextReservationNumber(db));
    await issue({
      organizationId,
      chargePointId,
      requestedBy,
      traceId: request.traceId,
      timeoutS: request.timeoutS,
      wait: request.wait,
      signal: request.signal,
      command: { do: 'reserve', ocppId, connectorId, connectorType, tokenUid, tokenKind, parentIdTag: tag, expiresAt },
      alongside: (commandId) => ({
        room: 'reservations',
        type: 'requested',
        chargePointId,
        receivedAt: now,
        reservationId,
        ocppId,
        replacesId: replaced?.id ?? null,
        connectorId,
        connectorType: connectorType ?? null,
        tokenUid,
        tokenKind: tokenKind ?? null,
        groupId: groupId ?? null,
        parentIdTag: tag ?? null,
        expiresAt,
        requestedBy,
        commandId,
      }),
    });
    const reservation = await reservationById(db, organizationId, reservationId);
    if (reservation === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return reservation;

    async function replaceable(organization: string, chargePoint: string, id: string): Promise<ReservationView> {
      const row = await reservationById(db, organization, id);
      if (row === undefined || row.chargePointId !== chargePoint)
        throw invalid('replaces', 'there is no such reservation of this charge point');
      if (row.status !== 'active')
        throw new AppError('conflict', `Reservation ${id} is ${row.status}; only an active one can be replaced`);
      if (isUnwanted(row))
        throw new AppError('conflict', `Reservation ${id} is being cancelled; make a new one without replaces`);
      return row;
    }
  };
export type Reserve = ReturnType<typeof createReserve>;

const invalid = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The request body is not valid: ${field}: ${message}`, {
    details: [{ field, message }],
  });
