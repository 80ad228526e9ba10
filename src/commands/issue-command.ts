/** Gives a charger a command: checks that it can be asked at all, puts it in the queue, and waits for the outcome if wanted. */
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { CommandReply, Input } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { splitSecrets } from '../platform/secret-settings.ts';
import { type CallRules, checkedCall } from './checked-call.ts';
import { ANSWER_GRACE_MS, MOST_OPEN, QUEUE_MS } from './machine/shared.ts';
import type { CommandReads, StoredCommand, Target } from './read-store.ts';
import type { Sealing } from './sealing.ts';
import type { Call, FriendlyCommand } from './types.ts';
import type { CommandWaiter } from './waiter.ts';

export type CommandRequest = {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly command: Call | FriendlyCommand;
  /** Drawn by the caller, who keeps it beforehand; default: a new one. What is asked for twice by one id is one command. */
  readonly commandId?: string | undefined;
  /** key_…, usr_… or system */
  readonly requestedBy: string;
  /** How long the charger has for its answer; default 30. */
  readonly timeoutS?: number | undefined;
  /** false: the payload goes out as it is, for laboratories. */
  readonly validate?: boolean | undefined;
  /** Resolve with the outcome instead of with the queued command; at most timeoutS and a few seconds. */
  readonly wait?: boolean | undefined;
  /** An offline charger gets it when it connects, at most so many seconds from now. */
  readonly queueForS?: number | undefined;
  /** Of the request that asks; default: a new one. */
  readonly traceId?: string | undefined;
  /** Ends the waiting early. */
  readonly signal?: AbortSignal | undefined;
  /** What the asking room writes down in the transaction that queues the command. */
  readonly alongside?: ((commandId: string) => Input) | undefined;
};
export type IssueCommand = (request: CommandRequest) => Promise<StoredCommand>;

export const DEFAULT_TIMEOUT_S = 30;
export const DEFAULT_EXPIRY_S = 86_400;
/** For the way into the queue and out of it again. */
const WAIT_EXTRA_MS = 5_000;

/** By then a command has ended that was issued at `since` and waits for no charger that is away: it was never sent, or has its answer or none. */
export const commandEndsBy = (since: Date, timeoutS = DEFAULT_TIMEOUT_S): Date =>
  new Date(since.getTime() + QUEUE_MS + 2 * timeoutS * 1000 + ANSWER_GRACE_MS);

type Needs = {
  readonly reads: Pick<CommandReads, 'target' | 'find'>;
  readonly submit: Ingest['submit'];
  readonly calls: CallRules;
  readonly waiter: Pick<CommandWaiter, 'settled'>;
  readonly newId: (prefix: 'cmd', chargePointId: string) => string;
  readonly seal: Sealing['seal'];
  /** This process: outcomes that somebody here waits for are told to it. */
  readonly nodeId: string;
  readonly clock: Clock;
};

/** Throws not_found, charge_point_offline, validation_failed, too_many_requests, unavailable. */
export const createIssueCommand =
  ({ reads, submit, calls, waiter, newId, seal, nodeId, clock }: Needs): IssueCommand =>
  async (request) => {
    const { organizationId, chargePointId, requestedBy, timeoutS = DEFAULT_TIMEOUT_S } = request;
    const target = await reads.target(organizationId, chargePointId);
    if (target === undefined) throw new AppError('not_found', 'There is no such charge point');
    const { queueForS } = request;
    const commandId = request.commandId ?? newId('cmd', chargePointId);
    const asked = async (): Promise<StoredCommand> => {
      if (request.wait === true) {
        const withinMs = timeoutS * 1000 + WAIT_EXTRA_MS;
        const { signal } = request;
        await waiter.settled(
          { id: commandId, chargePointId },
          { withinMs, ...(signal === undefined ? {} : { signal }) },
        );
      }
      const stored = await reads.find(organizationId, commandId);
      if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
      return stored;
    };
    const isOffline = !target.connected && queueForS === undefined;
    if (isOffline || target.protocol === null) {
      // A repeat of what was done while it was connected (platform/request-ids.ts).
      if ((await reads.find(organizationId, commandId)) !== undefined) return asked();
      throw isOffline ? offline(target) : neverSeen(target);
    }
    const call = checkedCall(calls, target, target.protocol, request);

    const split = splitSecrets(call.payload);
    const receivedAt = clock.now();
    const about = { chargePointId, receivedAt, onlyFor: organizationId };
    const input = { room: 'commands', type: 'requested', ...about, commandId } as const;
    const reply = (await submit(
      {
        ...input,
        action: call.action,
        payload: { ...(split?.masked ?? call.payload) },
        sealed: split === undefined ? undefined : seal(split.secret, chargePointId),
        unchecked: request.validate === false,
        timeoutS,
        requestedBy,
        expiresAt: queueForS === undefined ? undefined : new Date(receivedAt.getTime() + queueForS * 1000),
        waitingNode: request.wait === true ? nodeId : undefined,
        alongside: request.alongside?.(commandId),
      },
      { patienceMs: PATIENCE_MS, traceId: request.traceId },
    )) as CommandReply; // what `requested` promises, see ingest/inputs.ts
    if (reply.why === 'offline') throw offline(target);
    if (reply.why === 'too_many') {
      const message = `Charge point ${target.identity} has ${MOST_OPEN} commands waiting; let some of them end first`;
      throw new AppError('too_many_requests', message, { retryAfterS: DEFAULT_TIMEOUT_S });
    }
    return asked();
  };

const offline = ({ identity }: Target): AppError =>
  new AppError(
    'charge_point_offline',
    `Charge point ${identity} is offline; send the command again when it is connected, or with queue=true to let it wait`,
  );

const neverSeen = ({ identity }: Target): AppError =>
  new AppError(
    'charge_point_offline',
    `Charge point ${identity} has never been connected, so nobody knows which version of OCPP it speaks; connect it first`,
  );
