/**
 * One request to many charge points. Its members are rows before anybody is answered; a job turns them into commands, batch by
 * batch, on whatever process its tick comes first. Command ids are drawn with the rows: what is done twice asks once.
 */
import type { Database } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { CommandReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { LEASE_MS } from '../platform/lease.ts';
import { splitSecrets } from '../platform/secret-settings.ts';
import * as store from './bulk-store.ts';
import { type CallRules, checkedCall } from './checked-call.ts';
import type { Call, FriendlyCommand } from './types.ts';

export const MOST_MATCHED = 10_000;
const BATCH = 200;

export type BulkRequest = {
  readonly organizationId: string;
  readonly requestedBy: string;
  readonly filter: store.BulkFilter;
  readonly command: Call | FriendlyCommand;
  readonly timeoutS: number;
  readonly queueForS: number | undefined;
  readonly traceId?: string | undefined;
};
export type Fault = { readonly code: string; readonly message: string };
/** What a bulk would do. */
export type BulkPlan = {
  readonly targets: readonly store.BulkTarget[];
  readonly refused: readonly { readonly target: store.BulkTarget; readonly fault: Fault }[];
};

export type Bulks = {
  /** Throws validation_failed when nothing or too much is matched. Nothing happens. */
  plan(request: BulkRequest): Promise<BulkPlan>;
  /** Resolves when its rows are there. */
  create(request: BulkRequest): Promise<store.StoredBulk>;
  /** The periodic job: issues what is pending. Resolves when nothing is. */
  run(): Promise<void>;
};

type Needs = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly submit: Ingest['submit'];
  readonly calls: CallRules;
  readonly newId: (prefix: 'cmd' | 'blk', chargePointId?: string) => string;
  readonly clock: Clock;
  readonly log: { error(fields: object, message: string): void };
};

export function createBulks({ db, submit, calls, newId, clock, log }: Needs): Bulks {
  let running: Promise<void> | undefined;

  /** The request is kept as it was asked for, and shown: a secret has no place in it. */
  function refuseSecrets({ command }: BulkRequest): void {
    if (!('action' in command) || splitSecrets(command.payload) === undefined) return;
    const message = 'holds a secret; send it to each charge point by itself';
    throw new AppError('validation_failed', `The request body is not valid: payload ${message}`, {
      details: [{ field: 'payload', message }],
    });
  }

  async function targetsOf({ organizationId, filter }: BulkRequest): Promise<store.BulkTarget[]> {
    const targets = await store.matchTargets(db, organizationId, filter, MOST_MATCHED + 1);
    if (targets.length === 0) throw unfit('matches no charge point');
    if (targets.length > MOST_MATCHED) throw unfit(`matches more than ${MOST_MATCHED} charge points; narrow it`);
    return targets;
  }

  async function issue(bulk: store.StoredBulk, member: store.ClaimedMember, target: store.BulkTarget | undefined) {
    if (target === undefined) return { code: 'not_found', message: 'The charge point was deleted meanwhile' };
    const judged = judge(calls, target, commandOf(bulk.request), bulk.expiresAt !== null);
    if ('fault' in judged) return judged.fault;
    const { call } = judged;
    const reply = (await submit(
      {
        room: 'commands',
        type: 'requested',
        chargePointId: target.id,
        receivedAt: clock.now(),
        onlyFor: bulk.organizationId,
        commandId: member.commandId,
        action: call.action,
        payload: { ...call.payload },
        timeoutS: bulk.timeoutS,
        requestedBy: bulk.requestedBy,
        expiresAt: bulk.expiresAt ?? undefined,
      },
      { patienceMs: PATIENCE_MS, traceId: bulk.traceId ?? undefined },
    )) as CommandReply; // what `requested` promises, see ingest/inputs.ts
    if (reply.queued) return undefined;
    return reply.why === 'too_many'
      ? { code: 'too_many', message: 'Too many commands wait for this charge point' }
      : OFFLINE;
  }

  /**
   * What became of its charger since says nothing of a command that is there: it was issued, and whoever issued it died before
   * that was noted. It may be offline for no other reason than that it does what it was asked.
   */
  async function withoutIssued(settled: readonly store.Settled[]): Promise<store.Settled[]> {
    const refused = settled.filter(({ fault }) => fault !== undefined).map(({ commandId }) => commandId);
    const issued = await store.issuedAmong(db, refused);
    return settled.map((each) => (issued.has(each.commandId) ? { ...each, fault: undefined } : each));
  }

  /** False: nothing was pending. */
  async function batch(): Promise<boolean> {
    const now = clock.now();
    const members = await store.claimMembers(db, now, new Date(now.getTime() + LEASE_MS), BATCH);
    if (members.length === 0) return false;
    const bulks = new Map(
      (await store.bulksById(db, [...new Set(members.map((each) => each.bulkId))])).map((b) => [b.id, b]),
    );
    const targets = new Map<string, store.BulkTarget>();
    for (const { id, organizationId } of bulks.values()) {
      const ids = members.filter((each) => each.bulkId === id).map((each) => each.chargePointId);
      for (const target of await store.targetsOf(db, organizationId, ids)) targets.set(target.id, target);
    }
    const settled: store.Settled[] = [];
    const unsettled: store.ClaimedMember[] = [];
    const trouble: Error[] = [];
    await Promise.all(
      members.map(async (member) => {
        const bulk = bulks.get(member.bulkId);
        if (bulk === undefined) return;
        try {
          settled.push({ ...member, fault: await issue(bulk, member, targets.get(member.chargePointId)) });
        } catch (cause) {
          if (cause instanceof AppError && cause.code === 'not_found')
            settled.push({ ...member, fault: { code: 'not_found', message: cause.message } });
          else {
            trouble.push(cause instanceof Error ? cause : new Error(String(cause)));
            unsettled.push(member);
          }
        }
      }),
    );
    await store.settleMembers(db, await withoutIssued(settled));
    const [first] = trouble;
    if (first === undefined) return true;
    await store.freeMembers(db, unsettled);
    throw first; // the database is away: the next tick goes on
  }

  async function all(): Promise<void> {
    while (await batch());
  }
  const run = (): Promise<void> => {
    running ??= all().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    async plan(request) {
      refuseSecrets(request);
      const targets = await targetsOf(request);
      const refused = targets.flatMap((target) => {
        const judged = judge(calls, target, request.command, request.queueForS !== undefined);
        return 'fault' in judged ? [{ target, fault: judged.fault }] : [];
      });
      return { targets, refused };
    },
    async create(request) {
      refuseSecrets(request);
      const { organizationId, requestedBy, timeoutS, queueForS, filter, command } = request;
      const id = newId('blk');
      const [known] = await store.bulksById(db, [id]);
      if (known !== undefined) return known; // a repeat (platform/request-ids.ts)
      const targets = await targetsOf(request);
      const now = clock.now();
      const bulk: store.StoredBulk = {
        id,
        organizationId,
        request: { filter, command },
        requestedBy,
        timeoutS,
        expiresAt: queueForS === undefined ? null : new Date(now.getTime() + queueForS * 1000),
        matched: targets.length,
        createdAt: now,
        traceId: request.traceId ?? null,
      };
      const members = targets.map((each) => ({ chargePointId: each.id, commandId: newId('cmd', each.id) }));
      await store.insertBulk(db, bulk, members);
      run().catch((cause: unknown) => log.error({ err: cause, bulkId: bulk.id }, 'a bulk waits for the next tick'));
      return bulk;
    },
    run,
  };
}

const OFFLINE: Fault = {
  code: 'offline',
  message: 'The charge point is offline, and the command was not to wait for it',
};

/** The call for this charger, or why there is none. */
function judge(
  calls: CallRules,
  target: store.BulkTarget,
  command: Call | FriendlyCommand,
  mayWait: boolean,
): { readonly call: Call } | { readonly fault: Fault } {
  if (target.protocol === null) {
    const message = 'It has never been connected, so nobody knows which version of OCPP it speaks';
    return { fault: { code: 'never_connected', message } };
  }
  if (!target.connected && !mayWait) return { fault: OFFLINE };
  try {
    return { call: checkedCall(calls, target, target.protocol, { command }) };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    return { fault: { code: 'invalid', message: cause.message } };
  }
}

/** Only create() writes it. */
const commandOf = (request: unknown): Call | FriendlyCommand =>
  (request as { command: Call | FriendlyCommand }).command;

const unfit = (message: string): AppError =>
  new AppError('validation_failed', `The request body is not valid: filter ${message}`, {
    details: [{ field: 'filter', message }],
  });
