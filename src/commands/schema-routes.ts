/** REST: which OCPP requests a charge point may be sent, and what each holds: what a form is made of. Nothing is sent. */
import { z } from 'zod';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import type { CallRules } from './checked-call.ts';
import type { CommandReads } from './read-store.ts';
import { asking } from './send-routes.ts';
import type { Protocol } from './types.ts';

const { tag, access, params } = asking;
/** What the charger's version has to say; another one is not known before it connects. */
const json = z.record(z.string(), z.unknown());

type Needs = {
  readonly reads: Pick<CommandReads, 'target'>;
  readonly calls: Pick<CallRules, 'actions' | 'examples'>;
  /** JSON schema (draft 7) of a request; undefined: the version has none of that name. */
  readonly schemaOf: (protocol: Protocol, action: string) => Readonly<Record<string, unknown>> | undefined;
};

export function commandSchemaRoutes({ reads, calls, schemaOf }: Needs): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/command-schemas',
      operationId: 'getCommandSchemas',
      summary: 'Which OCPP requests a charge point may be sent, and the schema of one',
      description:
        'In the version of OCPP that it spoke last. With `action` the JSON schema of that request and an example that satisfies it: ' +
        'as `payload` of POST …/commands.',
      tag,
      access,
      status: 200,
      errors: { 404: 'There is no such charge point, or its version has no such request' },
      params,
      query: z.strictObject({ action: z.string().min(1).max(50).optional() }),
      response: z.object({
        protocol: z.enum(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']).nullable().describe('null: it has never connected'),
        actions: z.array(z.string()),
        schema: json.nullable().describe('JSON Schema, draft 7; null: no action was named'),
        example: json.nullable(),
      }),
      async handle({ params: { id }, query: { action }, principal: { organizationId } }) {
        const target = await reads.target(organizationId, id);
        if (target === undefined) throw new AppError('not_found', 'There is no such charge point');
        const { protocol, identity } = target;
        const actions = protocol === null ? [] : calls.actions(protocol);
        if (action === undefined) return { protocol, actions: [...actions], schema: null, example: null };
        const schema = protocol !== null && actions.includes(action) ? schemaOf(protocol, action) : undefined;
        if (schema === undefined) {
          const why =
            protocol === null ? 'has never connected' : `speaks ${protocol}, which has no ${action} to be sent`;
          throw new AppError('not_found', `Charge point ${identity} ${why}`);
        }
        const example = calls.examples().find((each) => each.protocol === protocol && each.action === action);
        return { protocol, actions: [...actions], schema, example: example?.payload ?? null };
      },
    }),
  ];
}
