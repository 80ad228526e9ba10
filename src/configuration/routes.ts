/** REST: the settings of a charge point, read, changed and compared with what templates want. */
import type { Response } from 'express';
import { z } from 'zod';
import { asking, type CommandWaiter, queueFor } from '../commands/index.ts';
import { boolParam, idField, idParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, aboutToChange, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { ConfigurationInput, ConfigurationReply, WantedSetting } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { isSecretSetting, splitSecrets } from '../platform/secret-settings.ts';
import { LONGEST_KEY } from '../platform/variable-key.ts';
import { keyFault, valueFault } from './machine/limits.ts';
import { changeSchema, configurationSchema, presentChange, presentConfiguration } from './present.ts';
import type { ConfigurationReads, ConfigurationTarget } from './read-store.ts';
import { settingsField } from './schemas.ts';
import type { TemplateStore } from './template-store.ts';
import type { Words } from './types.ts';

const tag = 'Configuration';
const params = z.object({ id: idParam('cp') });
const read = 'read:charge_points';
const write = 'write:commands';
const errors = {
  404: 'There is no such charge point',
  409: 'The charge point is offline (and may not wait: queue=true)',
  429: 'Too many changes wait for this charge point',
};
/** A charger that is connected has this long for all of it. */
const EXPIRES_S = 900;
const WAIT_MS = 60_000;
const reboots = ['never', 'now', 'when_idle'] as const;
const changing = {
  ...asking.query,
  wait: boolParam.optional().describe('true: answer with the outcome, at most 60 s later, instead of at once'),
  reboot: z
    .enum(reboots)
    .default('never')
    .describe('When a setting takes a reboot: never, now, or when_idle (no session runs; until it expires)'),
};
const keysParam = z
  .string()
  .max(20_000)
  .transform((text) => text.split(',').map((key) => key.trim()))
  .refine((keys) => keys.length <= 100 && keys.every((key) => key.length >= 1 && key.length <= LONGEST_KEY), {
    error: 'must be at most 100 names, separated by commas',
  })
  .meta({ type: 'string' });

type Needs = {
  readonly reads: ConfigurationReads;
  readonly templates: Pick<TemplateStore, 'find'>;
  readonly submit: SubmitFor;
  readonly waiter: Pick<CommandWaiter, 'settled'>;
  readonly words: Pick<Words, 'change'>;
  readonly seal: (fields: Readonly<Record<string, unknown>>, chargePointId: string) => string;
  readonly newId: (prefix: 'cfg') => string;
  /** Throws not_found; also knows one that the organization has handed over since. */
  readonly mustBeKnown: (organizationId: string, chargePointId: string) => Promise<unknown>;
  readonly nodeId: string;
  readonly clock: Clock;
};
type Query = {
  readonly wait?: boolean | undefined;
  readonly queue?: boolean | undefined;
  readonly expires_in_s?: number | undefined;
  readonly reboot?: (typeof reboots)[number] | undefined;
};
type Wish = Pick<Extract<ConfigurationInput, { type: 'requested' }>, 'kind' | 'keys' | 'wanted'>;

export function configurationRoutes(needs: Needs): AnyRoute[] {
  const { reads, templates, submit, waiter, words, seal, newId, nodeId, clock } = needs;

  async function targetOf(organizationId: string, id: string): Promise<ConfigurationTarget> {
    const target = await reads.target(organizationId, id);
    if (target === undefined) throw new AppError('not_found', 'There is no such charge point');
    return target;
  }

  /** Its id. With `wait` it has ended, or taken too long. */
  async function start(
    asked: {
      readonly organizationId: string;
      readonly requestedBy: string;
      readonly res: Response;
      readonly query: Query;
    },
    target: ConfigurationTarget,
    wish: Wish,
  ): Promise<string> {
    const { query, res } = asked;
    const changeId = newId('cfg');
    const now = clock.now();
    const queueForS = queueFor(query);
    const reply = (await submit(
      {
        room: 'configuration',
        type: 'requested',
        chargePointId: target.id,
        receivedAt: now,
        onlyFor: asked.organizationId,
        changeId,
        ...wish,
        reboot: query.reboot ?? 'never',
        expiresAt: new Date(now.getTime() + (queueForS ?? EXPIRES_S) * 1000),
        mayWait: queueForS !== undefined,
        requestedBy: asked.requestedBy,
        waitingNode: query.wait === true ? nodeId : undefined,
      },
      { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
    )) as ConfigurationReply; // what `requested` promises, see ingest/inputs.ts
    if (reply.why === 'offline') {
      const remedy =
        target.protocol === null ? 'connect it first' : 'try again when it is connected, or with queue=true';
      throw new AppError('charge_point_offline', `Charge point ${target.identity} is offline; ${remedy}`);
    }
    if (reply.why === 'too_many') {
      const message = `Charge point ${target.identity} has several changes of its configuration waiting; let them end first`;
      throw new AppError('too_many_requests', message, { retryAfterS: 30 });
    }
    if (query.wait === true) {
      const gone = new AbortController();
      res.once('close', () => gone.abort());
      await waiter.settled({ id: changeId, chargePointId: target.id }, { withinMs: WAIT_MS, signal: gone.signal });
    }
    return changeId;
  }

  /** Named as the charger's version names settings; secrets are sealed as they will stand in its command. */
  function wantedOf(
    { id, protocol }: ConfigurationTarget,
    settings: Readonly<Record<string, string>>,
  ): WantedSetting[] {
    const details: { field: string; message: string }[] = [];
    const wanted = Object.entries(settings).map(([key, value]): WantedSetting => {
      const fault = protocol === null ? undefined : (keyFault(protocol, key) ?? valueFault(protocol, value));
      if (fault !== undefined) details.push({ field: key, message: fault });
      if (!isSecretSetting(key)) return { key, value, sealed: null };
      const call = protocol === null ? undefined : words.change(protocol, [{ key, value }]);
      const secret = call === undefined ? { value } : (splitSecrets(call.payload)?.secret ?? call.payload);
      return { key, value: null, sealed: seal(secret, id) };
    });
    const [first] = details;
    if (first === undefined) return wanted;
    throw new AppError('validation_failed', `The request body is not valid: ${first.field}: ${first.message}`, {
      details,
    });
  }

  async function changeOf(organizationId: string, id: string) {
    const change = await reads.change(organizationId, id);
    if (change === undefined) throw new AppError('not_found', 'There is no such change of a configuration');
    return presentChange(change);
  }

  const change = (method: 'put' | 'patch', operationId: string): AnyRoute =>
    route({
      method,
      path: '/charge-points/{id}/configuration',
      operationId,
      summary: 'Change settings of a charge point',
      description:
        'One after the other, then read back. The change is kept and goes on by itself, also when the server restarts; read it ' +
        'at /configuration-changes/{id}. Settings that are not named stay as they are. Secret ones (passwords, keys) are written ' +
        'and never shown.',
      tag,
      access: write,
      status: 202,
      errors,
      params,
      query: z.strictObject(changing),
      body: settingsField,
      response: changeSchema,
      async handle({ params: { id }, query, body, principal, res }) {
        const { organizationId, id: requestedBy } = principal;
        const target = await targetOf(organizationId, id);
        const wanted = wantedOf(target, body);
        const changeId = await start({ organizationId, requestedBy, res, query }, target, { kind: 'change', wanted });
        return changeOf(organizationId, changeId);
      },
    });

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/configuration',
      operationId: 'getConfiguration',
      summary: 'Get the settings of a charge point, as it last told them',
      description:
        'With what templates expect of them, and whether they have drifted. `refresh=true` asks the charger first, for all of its ' +
        'settings or those of `keys`. A secret setting has no value.',
      tag,
      access: read,
      status: 200,
      errors: { ...errors, 409: 'With refresh=true: the charge point is offline' },
      params,
      query: z.strictObject({
        refresh: boolParam.optional(),
        keys: keysParam.optional().describe('Only these, separated by commas'),
      }),
      response: configurationSchema,
      async handle({ params: { id }, query, principal, res }) {
        const { organizationId, id: requestedBy } = principal;
        const target = await targetOf(organizationId, id);
        let refreshed: string | undefined;
        if (query.refresh === true) {
          const asked = { organizationId, requestedBy, res, query: { wait: true } };
          await aboutToChange(res); // the charger is asked
          refreshed = await start(asked, target, { kind: 'read', keys: query.keys, wanted: [] });
        }
        const settings = await reads.settings(organizationId, id);
        const change = refreshed === undefined ? undefined : await reads.change(organizationId, refreshed);
        const shown = query.keys === undefined ? settings : settings.filter(({ key }) => query.keys?.includes(key));
        return presentConfiguration(id, shown, change);
      },
    }),
    change('put', 'putConfiguration'),
    change('patch', 'patchConfiguration'),
    route({
      method: 'post',
      path: '/charge-points/{id}/configuration/apply',
      operationId: 'applyConfiguration',
      summary: 'Apply a template, or all that match, to a charge point',
      description: 'Reads the settings first, and changes only those that have drifted.',
      tag,
      access: write,
      status: 202,
      errors: { ...errors, 409: `${errors[409]}, or no template matches it` },
      params,
      query: z.strictObject(changing),
      body: z.strictObject({
        template_id: idField('cft').optional().describe('Applied whether it matches or not; absent: all that match'),
      }),
      response: changeSchema,
      async handle({ params: { id }, query, body, principal, res }) {
        const { organizationId, id: requestedBy } = principal;
        const target = await targetOf(organizationId, id);
        const template =
          body.template_id === undefined ? undefined : await templates.find(organizationId, body.template_id);
        if (body.template_id !== undefined && template === undefined) {
          const details = [{ field: 'template_id', message: 'there is no such template' }];
          throw new AppError(
            'validation_failed',
            'The request body is not valid: template_id: there is no such template',
            {
              details,
            },
          );
        }
        const settings =
          template === undefined
            ? await reads.expected(organizationId, id)
            : Object.entries(template.values).map(([key, value]) => ({ key, value }));
        if (settings.length === 0)
          throw new AppError(
            'conflict',
            `No template matches charge point ${target.identity}; name one as template_id`,
          );
        const wanted = settings.map((each): WantedSetting => ({ ...each, sealed: null }));
        const changeId = await start({ organizationId, requestedBy, res, query }, target, { kind: 'apply', wanted });
        return changeOf(organizationId, changeId);
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/configuration/changes',
      operationId: 'listConfigurationChanges',
      summary: 'List what was changed or read of the settings of a charge point, newest first',
      tag,
      access: read,
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(changeSchema),
      async handle({ params: { id }, query, principal: { organizationId } }) {
        await needs.mustBeKnown(organizationId, id);
        const page = readPage(query, idKey);
        return pageFrom(await reads.changes(organizationId, id, page), page.limit, (row) => row.id, presentChange);
      },
    }),
    route({
      method: 'get',
      path: '/configuration-changes/{id}',
      operationId: 'getConfigurationChange',
      summary: 'Get what became of a change, setting by setting',
      tag,
      access: read,
      status: 200,
      errors: { 404: 'There is no such change of a configuration' },
      params: z.object({ id: idParam('cfg') }),
      response: changeSchema,
      handle: ({ params: { id }, principal: { organizationId } }) => changeOf(organizationId, id),
    }),
  ];
}
