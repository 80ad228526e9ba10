/** Gives a charger a command: checks that it can be asked at all, puts it in the queue, and waits for the outcome if wanted. */
import type { Ingest } from '../ingest/contract.ts';
import type { CommandReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError, type FieldFault } from '../platform/errors.ts';
import { MOST_OPEN } from './machine.ts';
import type { CommandReads, StoredCommand, Target } from './read-store.ts';
import type { Call, FriendlyCommand, Protocol } from './types.ts';
import type { CommandWaiter } from './waiter.ts';

/** What the versions of OCPP know about calls to chargers. Implemented by src/ocpp. */
export type CallRules = {
  /** Actions that may be sent over this protocol, sorted. */
  actions(protocol: Protocol): readonly string[];
  /** What the schema finds wrong; empty: nothing. Field names are paths within the payload, '' is the payload itself. */
  validate(protocol: Protocol, call: Call): readonly FieldFault[];
  /** Why this call must not be sent as it is, validated or not; undefined: it may. */
  refuse(protocol: Protocol, call: Call): string | undefined;
  /** undefined: this protocol cannot say that. */
  translate(protocol: Protocol, command: FriendlyCommand): Call | undefined;
};

export type CommandRequest = {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly command: Call | FriendlyCommand;
  /** key_…, usr_… or system */
  readonly requestedBy: string;
  /** How long the charger has for its answer; default 30. */
  readonly timeoutS?: number | undefined;
  /** false: the payload goes out as it is, for laboratories. */
  readonly validate?: boolean | undefined;
  /** Resolve with the outcome instead of with the queued command; at most timeoutS and a few seconds. */
  readonly wait?: boolean | undefined;
  /** Ends the waiting early. */
  readonly signal?: AbortSignal | undefined;
};
export type IssueCommand = (request: CommandRequest) => Promise<StoredCommand>;

export const DEFAULT_TIMEOUT_S = 30;
/** For the way into the queue and out of it again. */
const WAIT_EXTRA_MS = 5_000;
/** While the database is away a person would rather be told. */
const PATIENCE_MS = 10_000;

type Needs = {
  readonly reads: Pick<CommandReads, 'target' | 'find'>;
  readonly submit: Ingest['submit'];
  readonly calls: CallRules;
  readonly waiter: Pick<CommandWaiter, 'settled'>;
  readonly newId: (prefix: 'cmd') => string;
  readonly clock: Clock;
};

/** Throws not_found, charge_point_offline, validation_failed, too_many_requests, unavailable. */
export const createIssueCommand =
  ({ reads, submit, calls, waiter, newId, clock }: Needs): IssueCommand =>
  async (request) => {
    const { organizationId, chargePointId, requestedBy, timeoutS = DEFAULT_TIMEOUT_S } = request;
    const target = await reads.target(organizationId, chargePointId);
    if (target === undefined) throw new AppError('not_found', 'There is no such charge point');
    if (!target.connected || target.protocol === null) throw offline(target);
    const call = checkedCall(calls, target, target.protocol, request);

    const commandId = newId('cmd');
    const receivedAt = clock.now();
    const input = { room: 'commands', type: 'requested', chargePointId, receivedAt, commandId } as const;
    const reply = (await submit(
      {
        ...input,
        action: call.action,
        payload: { ...call.payload },
        unchecked: request.validate === false,
        timeoutS,
        requestedBy,
      },
      { deadline: new Date(Date.now() + PATIENCE_MS) }, // counted by a timer of this process, not by the clock of the domain
    )) as CommandReply; // what `requested` promises, see ingest/inputs.ts
    if (reply.why === 'offline') throw offline(target);
    if (reply.why === 'too_many') {
      const message = `Charge point ${target.identity} has ${MOST_OPEN} commands waiting; let some of them end first`;
      throw new AppError('too_many_requests', message, { retryAfterS: DEFAULT_TIMEOUT_S });
    }
    if (request.wait === true) {
      const withinMs = timeoutS * 1000 + WAIT_EXTRA_MS;
      const { signal } = request;
      await waiter.settled({ id: commandId, chargePointId }, { withinMs, ...(signal === undefined ? {} : { signal }) });
    }
    const stored = await reads.find(organizationId, commandId);
    if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
    return stored;
  };

const offline = ({ identity }: Target): AppError =>
  new AppError(
    'charge_point_offline',
    `Charge point ${identity} is offline; send the command again when it is connected`,
  );

function checkedCall(calls: CallRules, target: Target, protocol: Protocol, request: CommandRequest): Call {
  const { command } = request;
  const call = 'do' in command ? calls.translate(protocol, command) : command;
  if (call === undefined) {
    const message = `cannot be asked of charge point ${target.identity}, which speaks ${protocol}`;
    throw invalid([{ field: '', message }], `The request ${message}`);
  }
  const offered = calls.actions(protocol);
  if (!offered.includes(call.action)) {
    const message = `is not an action of ${protocol} that can be sent; there are ${offered.join(', ')}`;
    throw invalid([{ field: 'action', message }]);
  }
  const refused = calls.refuse(protocol, call);
  if (refused !== undefined) throw invalid([{ field: 'payload', message: refused }]);
  const faults = request.validate === false ? [] : calls.validate(protocol, call);
  if (faults.length > 0) {
    const inRequest = (field: string): string => (field === '' ? 'payload' : `payload.${field}`);
    throw invalid(faults.map(({ field, message }) => ({ field: inRequest(field), message })));
  }
  return call;
}

const invalid = (details: readonly FieldFault[], message?: string): AppError =>
  new AppError(
    'validation_failed',
    message ?? `The command is not valid: ${details[0]?.field ?? ''} ${details[0]?.message ?? ''}`,
    { details },
  );
