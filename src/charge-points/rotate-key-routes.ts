/** REST: a new key for a charger, to be set in it by hand or taken to it by OCPP. A key leaves the server once, or not at all. */
import type { Response } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { boolParam, idParam } from '../http/kit/fields.ts';
import { type AnyRoute, answerWith, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { ChargerKeyInput, CommandReply, KeyOfferReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Principal } from '../platform/principal.ts';
import { splitSecrets } from '../platform/secret-settings.ts';
import { generateChargerKey, hashChargerKey, type Peppers } from './credentials.ts';
import * as reads from './registry-read-store.ts';
import * as registry from './registry-store.ts';
import * as schemas from './schemas.ts';

/** How the charger's version takes a new key; undefined: it cannot. */
export type KeyCall = (
  protocol: string,
  key: string,
) => { readonly action: string; readonly payload: Readonly<Record<string, unknown>> } | undefined;

export type RotateKeyNeeds = {
  readonly db: Pick<Database, 'prisma' | 'rows' | 'transaction'>;
  readonly peppers: Peppers;
  /** After the commit: its record, key or profile changed. Its connection has to be looked at again. */
  readonly onChanged: (chargePointId: string) => void;
  readonly submit: SubmitFor;
  /** Hides the key from everybody but the connection that sends it (commands/sealing.ts). */
  readonly seal: (fields: Readonly<Record<string, unknown>>, chargePointId: string) => string;
  readonly keyCall: KeyCall;
  /** Resolves when the command has its outcome, or after so long. */
  readonly settled: (
    command: { readonly id: string; readonly chargePointId: string },
    withinMs: number,
  ) => Promise<void>;
  readonly nodeId: string;
  readonly newId: (prefix: 'cmd', chargePointId: string) => string;
  /** src/commands CommandReads */
  readonly findCommand: (organizationId: string, commandId: string) => Promise<unknown>;
  readonly clock: Clock;
};

const TIMEOUT_S = 30;
const WAIT_MS = 35_000;

const WHY: Readonly<Record<Exclude<KeyOfferReply['refused'], 'no_key'>, string>> = {
  offered: 'is being given a new key already; wait for the command, or cancel it',
  undecided:
    'has not said whether it took the last new key; its next login tells. Restart it, or set a key by hand (rotate-key without via)',
  handing_over: 'is being given a new key by its handover already; wait for it',
  until_used:
    'has been given a new key by its handover; it has to log in with it first. Restart it, or set a key by hand',
  after_reboot: 'uses its new key after its next boot; restart it first',
};

/** A key that travels by OCPP is known to nobody but the charger and the server. */
const chosenOverOcpp = (): AppError =>
  new AppError('validation_failed', 'The request body is not valid: key: with via=ocpp the key is made here', {
    details: [{ field: 'key', message: 'with via=ocpp the key is made here and shown to nobody; leave it out' }],
  });

export function rotateKeyRoute(needs: RotateKeyNeeds): AnyRoute {
  const { db, peppers, onChanged, submit, seal, keyCall, settled, nodeId, newId, findCommand, clock } = needs;
  const profile0 = (identity: string): AppError =>
    new AppError(
      'conflict',
      `Charge point ${identity} has security profile 0, which knows no key; change security_profile first`,
    );

  /** The id of the command that takes it there. */
  async function offer(row: reads.ChargePointRow, by: Principal, isWaiting: boolean, res: Response): Promise<string> {
    const { id, identity } = row;
    const commandId = newId('cmd', id);
    if ((await findCommand(by.organizationId, commandId)) !== undefined) return commandId; // a repeat of what was done
    const offline = `Charge point ${identity} is offline; a key can be taken to it by OCPP only while it is connected`;
    if (!row.connected || row.protocol === null) throw new AppError('charge_point_offline', offline);
    const key = generateChargerKey();
    const call = keyCall(row.protocol, key);
    if (call === undefined) throw new AppError('conflict', `A key cannot be given to a charger by ${row.protocol}`);
    const split = splitSecrets(call.payload);
    if (split === undefined) throw new Error(`${call.action} does not hide the key that it carries`);
    const input: ChargerKeyInput & { readonly onlyFor: string } = {
      room: 'charger_keys',
      type: 'offered',
      chargePointId: id,
      receivedAt: clock.now(),
      onlyFor: by.organizationId,
      commandId,
      key: hashChargerKey(peppers, key),
      sealed: seal(split.secret, id),
      action: call.action,
      payload: split.masked,
      timeoutS: TIMEOUT_S,
      requestedBy: by.id,
      waitingNode: isWaiting ? nodeId : undefined,
    };
    // What `offered` promises, see ingest/inputs.ts.
    const reply = (await submit(input, { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) })) as
      | KeyOfferReply
      | CommandReply;
    if ('refused' in reply) {
      if (reply.refused === 'no_key') throw profile0(identity);
      throw new AppError('conflict', `Charge point ${identity} ${WHY[reply.refused]}`);
    }
    if (reply.queued) return commandId;
    if (reply.why === 'offline') throw new AppError('charge_point_offline', offline);
    throw new AppError('too_many_requests', `Too many commands wait for charge point ${identity}`, {
      retryAfterS: TIMEOUT_S,
    });
  }

  return route({
    method: 'post',
    path: '/charge-points/{id}/rotate-key',
    operationId: 'rotateChargePointKey',
    summary: 'Give a charge point a new key',
    description:
      'Without `via` the new key is shown once and the old one stops working at once: set the new one in the charger itself; `key` in ' +
      'the body says which one the charger has got already. With ' +
      '`via=ocpp` the key is taken to the connected charger, and shown to nobody. When the charger accepts it, only the new ' +
      'key opens; when it refuses, only the old one; in between either does, until one is used (`key_rotation`).',
    tag: 'Charge points',
    access: 'write:charge_points',
    status: 200,
    otherStatuses: { 202: 'With via=ocpp: the key is on its way' },
    params: z.object({ id: idParam('cp') }),
    query: z.strictObject({
      via: z.literal('ocpp').optional(),
      wait: boolParam.optional().describe('With via=ocpp: answer when the charger has, or after 35 s'),
    }),
    body: schemas.newKey,
    response: schemas.rotatedKey,
    errors: { 409: 'Security profile 0 has no key; with via=ocpp: it is offline, or a new key is on its way already.' },
    async handle({ principal, params: { id }, query, body, res }) {
      const { organizationId } = principal;
      const row = await reads.chargePointById(db, organizationId, id);
      if (row === undefined) throw new AppError('not_found', 'There is no such charge point');
      const { identity } = row;
      if (query.via === 'ocpp') {
        if (body?.key !== undefined) throw chosenOverOcpp();
        if (row.securityProfile === 0 && row.nextSecurityProfile === null) throw profile0(identity);
        const commandId = await offer(row, principal, query.wait === true, res);
        if (query.wait === true) await settled({ id: commandId, chargePointId: id }, WAIT_MS);
        const after = await reads.chargePointById(db, organizationId, id);
        const keyRotation = (after?.keyRotation ?? null) as z.input<typeof schemas.rotatedKey>['key_rotation']; // key-rotation.ts writes it
        answerWith(res, 202);
        return { id, identity, command_id: commandId, key_rotation: keyRotation };
      }
      const made = body?.key === undefined ? generateChargerKey() : undefined;
      const key = body?.key ?? made ?? '';
      if (!(await registry.replaceKey(db, organizationId, id, hashChargerKey(peppers, key), clock.now())))
        throw profile0(identity);
      onChanged(id);
      return { id, identity, ...(made !== undefined && { key: made }), key_rotation: null };
    },
  });
}
