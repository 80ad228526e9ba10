/** REST for the rules: what they look for, and what an organization wants of them otherwise than by default. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { putRule, type RuleRow, rulesOf, siteOf } from './rule-store.ts';
import { type RuleId, ruleIds, rules } from './rules/index.ts';
import { presentScope, scopeId } from './scope.ts';
import { severities } from './types.ts';

const tag = 'Alerts';
const scopeQuery = z.strictObject({
  site_id: idParam('site').optional().meta({ description: 'For this site instead of the organization' }),
  charge_point_id: idParam('cp').optional().meta({ description: 'For this charge point instead of the organization' }),
  rule: z.enum(ruleIds).optional().meta({ description: 'Only this one' }),
});
const MOST_FOR_S = 400 * 86_400;

const ruleSchema = z
  .object({
    rule: z.string(),
    title: z.string(),
    looks_at: z.string(),
    ends: z.string(),
    remedy: z.string(),
    site_id: z.string().nullable(),
    charge_point_id: z.string().nullable(),
    enabled: z.boolean(),
    severity: z.enum(severities),
    for_s: z.int().meta({ description: 'So long it must have been so' }),
    threshold: z.number().nullable().meta({ description: 'null: the rule has none' }),
    threshold_unit: z.string().nullable(),
    threshold_alerts: z.enum(['at_least', 'at_most']).nullable(),
    window_days: z.int().nullable().meta({ description: 'Over so long it is measured; null: the rule is not' }),
    set: z
      .object({
        enabled: z.boolean().nullable(),
        severity: z.enum(severities).nullable(),
        for_s: z.int().nullable(),
        threshold: z.number().nullable(),
        window_days: z.int().nullable(),
      })
      .meta({ description: 'What was set for this very scope; null: as a wider scope says, else the default' }),
    updated_at: instantOut.nullable(),
  })
  .meta({ id: 'AlertRule' });

const change = z
  .strictObject({
    rule: z.enum(ruleIds),
    site_id: idField('site').optional(),
    charge_point_id: idField('cp').optional(),
    enabled: z.boolean().nullable().optional(),
    severity: z.enum(severities).nullable().optional(),
    for_s: z.int().min(0).max(MOST_FOR_S).nullable().optional(),
    threshold: z.number().nullable().optional(),
    window_days: z.int().nullable().optional(),
  })
  .meta({
    description: 'What it is from now on for this scope: what is absent or null is left to the wider scope',
    examples: [{ rule: 'offline', severity: 'warning', for_s: 600 }],
  });

type Needs = { readonly db: Pick<Database, 'prisma' | 'rows'>; readonly clock: Clock };

export function ruleRoutes({ db, clock }: Needs): AnyRoute[] {
  /** The scope itself and those around it, nearest first. */
  async function around(organizationId: string, scope: string): Promise<string[]> {
    if (scope === '') return [''];
    const siteId = scope.startsWith('cp_') ? await siteOf(db, organizationId, scope) : null;
    return [scope, ...(siteId === null ? [] : [siteId]), ''];
  }
  async function all(organizationId: string, scope: string) {
    const scopes = await around(organizationId, scope);
    const rows = await rulesOf(db, organizationId, scopes);
    return ruleIds.map((id) =>
      present(
        id,
        scope,
        scopes.map((each) => rows.find((row) => row.rule === id && row.scopeId === each)),
      ),
    );
  }
  async function one(organizationId: string, id: RuleId, scope: string) {
    const found = (await all(organizationId, scope)).find(({ rule }) => rule === id);
    if (found === undefined) throw new Error(`no rule is called ${id}`);
    return found;
  }

  return [
    route({
      method: 'get',
      path: '/alert-rules',
      operationId: 'listAlertRules',
      summary: 'List the rules as they hold for the organization, a site or a charge point',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: scopeQuery,
      response: z.object({ data: z.array(ruleSchema) }),
      errors: { 404: 'There is no such site or charge point' },
      handle: async ({ principal: { organizationId }, query }) => {
        const data = await all(organizationId, await scopeId(db, organizationId, query));
        return { data: query.rule === undefined ? data : data.filter(({ rule }) => rule === query.rule) };
      },
    }),
    route({
      method: 'put',
      path: '/alert-rules',
      operationId: 'setAlertRule',
      summary: 'Set a rule for the organization, a site or a charge point',
      tag,
      access: 'write:charge_points',
      status: 200,
      errors: { 404: 'There is no such site or charge point' },
      body: change,
      response: ruleSchema,
      handle: async ({ principal: { organizationId, id: by }, body }) => {
        const id = body.rule;
        check(id, body);
        const scope = await scopeId(db, organizationId, body);
        await putRule(db, {
          organizationId,
          rule: id,
          scopeId: scope,
          enabled: body.enabled ?? null,
          severity: body.severity ?? null,
          forS: body.for_s ?? null,
          threshold: body.threshold ?? null,
          windowDays: body.window_days ?? null,
          now: clock.now(),
          by,
        });
        return one(organizationId, id, scope);
      },
    }),
  ];
}

function check(id: RuleId, body: z.output<typeof change>): void {
  const refuse = (field: string, message: string): AppError =>
    new AppError('validation_failed', `The request body is not valid: ${field} ${message}`, {
      details: [{ field, message }],
    });
  const { threshold, window, of } = rules[id];
  if (of !== undefined && body.charge_point_id !== undefined)
    throw refuse('charge_point_id', `must be absent: the rule is of the whole ${of}`);
  if (of === 'organization' && body.site_id !== undefined)
    throw refuse('site_id', 'must be absent: the rule is of the whole organization');
  const days = body.window_days ?? undefined;
  if (days !== undefined && window === undefined) throw refuse('window_days', 'must be absent: the rule has none');
  if (days !== undefined && window !== undefined && (days < window.min || days > window.max))
    throw refuse('window_days', `must lie between ${window.min} and ${window.max}`);
  const value = body.threshold ?? undefined;
  if (value === undefined) return;
  if (threshold === undefined) throw refuse('threshold', 'must be absent: the rule has none');
  if (value < threshold.min || value > threshold.max)
    throw refuse('threshold', `must lie between ${threshold.min} and ${threshold.max} (${threshold.unit})`);
}

/** `rows`: nearest scope first. */
function present(id: RuleId, scope: string, rows: readonly (RuleRow | undefined)[]): z.input<typeof ruleSchema> {
  const rule = rules[id];
  const own = rows[0];
  const first = <T>(pick: (row: RuleRow) => T | null): T | undefined =>
    rows.map((row) => (row === undefined ? null : pick(row))).find((value) => value !== null) ?? undefined;
  return {
    rule: id,
    title: rule.title,
    looks_at: rule.looksAt,
    ends: rule.ends,
    remedy: rule.remedy,
    ...presentScope(scope),
    enabled: first((row) => row.enabled) ?? true,
    severity: first((row) => row.severity) ?? rule.severity,
    for_s: first((row) => row.forS) ?? rule.forS,
    threshold: first((row) => row.threshold) ?? rule.threshold?.value ?? null,
    threshold_unit: rule.threshold?.unit ?? null,
    threshold_alerts: rule.threshold?.alerts ?? null,
    window_days: first((row) => row.windowDays) ?? rule.window?.days ?? null,
    set: {
      enabled: own?.enabled ?? null,
      severity: own?.severity ?? null,
      for_s: own?.forS ?? null,
      threshold: own?.threshold ?? null,
      window_days: own?.windowDays ?? null,
    },
    updated_at: own?.updatedAt ?? null,
  };
}
