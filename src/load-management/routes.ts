/** REST: how the chargers of a site share its supply, what they have of it, and what the rest of the site draws. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { siteById } from '../sites/index.ts';
import { meterOf } from './look.ts';
import { steppedDraw } from './machine/cap.ts';
import type { LoadManager } from './manager.ts';
import { presentHistory, presentMember, presentState, readingOf } from './present.ts';
import {
  historyOut,
  innerUp,
  loadBody,
  memberBody,
  memberOut,
  meterBody,
  presentLoad,
  pricesBody,
  pricesOut,
  settingsOf,
  siteLoad,
  stateOut,
} from './schemas.ts';
import {
  findMember,
  findMeter,
  findSiteLoad,
  listHistory,
  meteredSite,
  putMember,
  putPrices,
  putReading,
  putSiteLoad,
  type SiteLoadRow,
  siteState,
  type Where,
} from './store.ts';

const tag = 'Load management';
const params = z.object({ id: idParam('site') });
const errors = { 404: 'There is no such site, or it has no load management' };

type Needs = {
  readonly db: Pick<Database, 'prisma' | 'rows' | 'transaction'>;
  readonly clock: Clock;
  readonly loads: Pick<LoadManager, 'soon' | 'knows'>;
};

/** A site is more than the jobs at it: its figures are open to an installer, and which other charge points have what of them is not. */
async function reachOf({ within }: Principal): Promise<(chargePointId: string) => boolean> {
  if (within === undefined) return () => true;
  const reached = new Set(await within.chargePointIds());
  return (id) => reached.has(id);
}

export function loadRoutes({ db, clock, loads }: Needs): AnyRoute[] {
  async function load(principal: Principal, siteId: string): Promise<{ where: Where; row: SiteLoadRow }> {
    const where = { organizationId: principal.organizationId, siteId };
    const row = await findSiteLoad(db, where);
    if (row !== undefined) return { where, row };
    const site = await siteById(db, where.organizationId, siteId);
    throw new AppError('not_found', site === undefined ? 'There is no such site' : 'This site has no load management');
  }
  return [
    route({
      method: 'get',
      path: '/sites/{id}/load',
      operationId: 'getSiteLoad',
      summary: "How a site's chargers share its supply",
      ...{ tag, access: 'read:charge_points', status: 200, errors, params, response: siteLoad },
      async handle({ params: { id }, principal }) {
        const { row } = await load(principal, id);
        return presentLoad(row.settings, row.updatedAt);
      },
    }),
    route({
      method: 'put',
      path: '/sites/{id}/load',
      operationId: 'putSiteLoad',
      summary: "Set how a site's chargers share its supply",
      description:
        'From then on every charge point of the site is given a limit, so that all together stay within the cap: also while limits are ' +
        'on their way, and while some are offline. Disabled: their limits are taken back.',
      ...{ tag, access: 'write:charge_points', status: 200, params, body: loadBody, response: siteLoad },
      errors: { 404: 'There is no such site' },
      async handle({ params: { id: siteId }, body, principal }) {
        const now = clock.now();
        const settings = settingsOf(body);
        const where = { organizationId: principal.organizationId, siteId };
        if (!(await putSiteLoad(db, where, { settings, by: principal.id, now })))
          throw new AppError('not_found', 'There is no such site');
        if (settings.enabled) loads.knows(siteId);
        return presentLoad(settings, now);
      },
    }),
    route({
      method: 'put',
      path: '/sites/{id}/load/prices',
      operationId: 'putSiteLoadPrices',
      summary: 'Tell what energy costs, hour by hour',
      description: 'Replaces what was told before. price_cap of the settings says what follows from it.',
      ...{ tag, access: 'write:charge_points', status: 200, errors, params, body: pricesBody, response: pricesOut },
      async handle({ params: { id: siteId }, body, principal }) {
        const { where } = await load(principal, siteId);
        const prices = body.prices.map(({ from, to, price }) => ({
          price,
          from: from.toISOString(),
          to: to.toISOString(),
        }));
        await putPrices(db, where, prices, clock.now());
        loads.soon(siteId);
        return { prices: body.prices };
      },
    }),
    route({
      method: 'get',
      path: '/sites/{id}/load/state',
      operationId: 'getSiteLoadState',
      summary: 'What the chargers of a site have of its supply, and why',
      description:
        'Up to 2,000 charge points. An installer is shown those of his jobs; the figures of the site are of all.',
      ...{ tag, access: 'read:charge_points', status: 200, errors, params, response: stateOut },
      async handle({ params: { id }, principal }) {
        const { where, row } = await load(principal, id);
        const [meter, chargePoints, reaches] = await Promise.all([
          findMeter(db, where),
          siteState(db, where),
          reachOf(principal),
        ]);
        return presentState(row, meter, chargePoints, reaches, clock.now());
      },
    }),
    route({
      method: 'post',
      path: '/sites/{id}/load/meter',
      operationId: 'postSiteLoadMeter',
      summary: 'Tell what the site draws beside its chargers',
      description:
        'Second by second if you like. The chargers get what is left of the cap; they are lowered at once, and raised when the room stays ' +
        'free. Not in the audit log.',
      ...{ tag, access: 'write:load_meter', status: 204, params, body: meterBody, audited: false },
      errors: { ...errors, 409: 'The site is not set up for a meter' },
      async handle({ params: { id: siteId }, body, principal }) {
        const where = { organizationId: principal.organizationId, siteId };
        const known = await meteredSite(db, where);
        if (known === undefined) await load(principal, siteId);
        if (known === undefined || known.settings.meter === null)
          throw new AppError('conflict', 'This site is not set up for a meter; set meter in its load management first');
        const { settings } = known;
        const now = clock.now();
        const meter = await putReading(db, where, innerUp(readingOf(body, settings), settings.unit), now);
        const [before, after] = [meterOf({ meter: known.meter }), meterOf({ meter })];
        const wasSilent =
          before === undefined || now.getTime() - before.receivedAt >= (settings.meter?.staleAfterS ?? 0) * 1000;
        const counted = (of: typeof after) => of && steppedDraw(of, settings.cap, now.getTime());
        if (wasSilent || counted(before) !== counted(after)) loads.soon(siteId);
      },
    }),
    route({
      method: 'get',
      path: '/sites/{id}/load/history',
      operationId: 'listSiteLoadHistory',
      summary: 'What was decided for a site, newest first',
      description:
        'Each time that a cap, a state or a limit changed. Kept for 90 days. An installer is shown what went to charge points of his jobs.',
      ...{ tag, access: 'read:charge_points', status: 200, errors, params, response: pageOf(historyOut) },
      query: z.strictObject(pageQuery),
      async handle({ params: { id }, query, principal }) {
        const { where } = await load(principal, id);
        const page = readPage(query, idKey);
        const [rows, reaches] = await Promise.all([listHistory(db, where, page), reachOf(principal)]);
        return pageFrom(
          rows,
          page.limit,
          (row) => row.id,
          (row) => presentHistory(row, reaches),
        );
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/load-settings',
      operationId: 'getChargePointLoadSettings',
      summary: "How a charge point takes part in sharing its site's supply",
      ...{ tag, access: 'read:charge_points', status: 200, response: memberOut },
      errors: { 404: 'There is no such charge point' },
      params: z.object({ id: idParam('cp') }),
      async handle({ params: { id }, principal: { organizationId } }) {
        await ownChargePoint(db, organizationId, id);
        return presentMember(await findMember(db, organizationId, id));
      },
    }),
    route({
      method: 'put',
      path: '/charge-points/{id}/load-settings',
      operationId: 'putChargePointLoadSettings',
      summary: "Set how a charge point takes part in sharing its site's supply",
      ...{ tag, access: 'write:charge_points', status: 200, body: memberBody, response: memberOut },
      errors: { 404: 'There is no such charge point' },
      params: z.object({ id: idParam('cp') }),
      async handle({ params: { id: chargePointId }, body, principal: { organizationId } }) {
        const tenths = (value: number | null): number | null => (value === null ? null : Math.floor(value * 10 + 1e-6));
        const { managed, priority, phases, balanced, unit } = body;
        const member = {
          managed,
          priority,
          phases,
          balanced,
          unit,
          minTenths: tenths(body.min),
          maxTenths: tenths(body.max),
        };
        const held = await putMember(db, { organizationId, chargePointId }, member, clock.now());
        if (held === undefined) throw new AppError('not_found', 'There is no such charge point');
        if (held.siteId !== null) loads.soon(held.siteId);
        return presentMember(member);
      },
    }),
  ];
}
