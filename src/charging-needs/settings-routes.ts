/** REST: how charging needs of EVs are answered, for an organization and for single charge points. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import type { NeedsReads, SettingsRow } from './read-store.ts';
import { policies } from './schemas.ts';
import { defaultSettings } from './types.ts';

const tag = 'Smart charging';
const OF_ORGANIZATION = '';

const answer = z
  .enum(policies)
  .describe(
    'schedule: accepted, and a charging profile within all limits that are known is sent · later: processing; you will set a ' +
      'charging profile · none: no profile, the charge point decides · reject: it may not charge so. Default schedule',
  );
const current = z
  .number()
  .min(0)
  .max(10_000)
  .describe('In A per phase, for an EV that does not say what it can take. Default 32');
const power = z.number().min(0).max(100_000_000).describe('The same in W, of DC. Default 150000');
const change = z
  .strictObject({
    charging_needs: answer.nullable().optional(),
    fallback_current_a: current.nullable().optional(),
    fallback_power_w: power.nullable().optional(),
  })
  .meta({ examples: [{ charging_needs: 'schedule' }] });
const settings = z
  .object({
    charging_needs: answer.nullable().describe('null: as the organization says, or else the default'),
    fallback_current_a: z.number().nullable(),
    fallback_power_w: z.number().nullable(),
    effective: z
      .object({ charging_needs: answer, fallback_current_a: z.number(), fallback_power_w: z.number() })
      .describe('What holds'),
  })
  .meta({ id: 'SmartChargingSettings' });

const present = (own: SettingsRow, above: SettingsRow): z.input<typeof settings> => ({
  charging_needs: own.needsAnswer,
  fallback_current_a: own.fallbackCurrentA,
  fallback_power_w: own.fallbackPowerW,
  effective: {
    charging_needs: own.needsAnswer ?? above.needsAnswer ?? defaultSettings.needsAnswer,
    fallback_current_a: own.fallbackCurrentA ?? above.fallbackCurrentA ?? defaultSettings.fallbackCurrentA,
    fallback_power_w: own.fallbackPowerW ?? above.fallbackPowerW ?? defaultSettings.fallbackPowerW,
  },
});
const changeOf = (said: z.output<typeof change>): Partial<SettingsRow> => ({
  ...(said.charging_needs !== undefined && { needsAnswer: said.charging_needs }),
  ...(said.fallback_current_a !== undefined && { fallbackCurrentA: said.fallback_current_a }),
  ...(said.fallback_power_w !== undefined && { fallbackPowerW: said.fallback_power_w }),
});

type Needs = { readonly db: Pick<Database, 'rows'>; readonly reads: NeedsReads; readonly clock: Clock };

export function smartChargingSettingsRoutes({ db, reads, clock }: Needs): AnyRoute[] {
  const mustExist = ({ organizationId }: Principal, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);
  const above = (organizationId: string) => reads.settings({ organizationId, chargePointId: OF_ORGANIZATION });
  const path = '/smart-charging-settings';
  const ofOne = `/charge-points/{id}${path}` as const;
  const params = z.object({ id: idParam('cp') });
  return [
    route({
      method: 'get',
      path,
      operationId: 'getSmartChargingSettings',
      summary: 'How charging needs of EVs are answered',
      tag,
      access: 'read:charge_points',
      status: 200,
      response: settings,
      async handle({ principal: { organizationId } }) {
        const own = await above(organizationId);
        return present(own, own);
      },
    }),
    route({
      method: 'patch',
      path,
      operationId: 'updateSmartChargingSettings',
      summary: 'Change how charging needs of EVs are answered',
      tag,
      access: 'write:charge_points',
      status: 200,
      body: change,
      response: settings,
      async handle({ principal: { organizationId }, body }) {
        const where = { organizationId, chargePointId: OF_ORGANIZATION };
        const own = await reads.changeSettings(where, changeOf(body), clock.now());
        return present(own, own);
      },
    }),
    route({
      method: 'get',
      path: ofOne,
      operationId: 'getChargePointSmartChargingSettings',
      summary: 'How charging needs of EVs at a charge point are answered',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point' },
      params,
      response: settings,
      async handle({ principal, params: { id } }) {
        const where = await mustExist(principal, id);
        return present(await reads.settings(where), await above(where.organizationId));
      },
    }),
    route({
      method: 'patch',
      path: ofOne,
      operationId: 'updateChargePointSmartChargingSettings',
      summary: 'Change how charging needs of EVs at a charge point are answered',
      description: 'null: as the organization says.',
      tag,
      access: 'write:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point' },
      params,
      body: change,
      response: settings,
      async handle({ principal, params: { id }, body }) {
        const where = await mustExist(principal, id);
        const own = await reads.changeSettings(where, changeOf(body), clock.now());
        return present(own, await above(where.organizationId));
      },
    }),
  ];
}
