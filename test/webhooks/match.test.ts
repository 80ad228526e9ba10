import { expect, test } from '@jest/globals';
import { throttleKey, wants } from '../../src/webhooks/match.ts';

const endpoint = {
  organizationId: 'org_1',
  events: ['session.started'],
  siteIds: [] as string[],
  chargePointIds: [] as string[],
};
const subject = { organizationId: 'org_1', type: 'session.started', chargePointId: 'cp_1', siteId: 'site_1' };

test('an endpoint gets the types that it names, or all with *, of its own organization only', () => {
  expect(wants(endpoint, subject)).toBe(true);
  expect(wants(endpoint, { ...subject, type: 'session.ended' })).toBe(false);
  expect(wants({ ...endpoint, events: ['*'] }, { ...subject, type: 'session.ended' })).toBe(true);
  expect(wants({ ...endpoint, events: ['*'] }, { ...subject, organizationId: 'org_2' })).toBe(false);
});

test('filters: the charge point or its site must be named, where any is', () => {
  expect(wants({ ...endpoint, siteIds: ['site_1'] }, subject)).toBe(true);
  expect(wants({ ...endpoint, siteIds: ['site_2'] }, subject)).toBe(false);
  expect(wants({ ...endpoint, siteIds: ['site_2'], chargePointIds: ['cp_1'] }, subject)).toBe(true);
  expect(wants({ ...endpoint, chargePointIds: ['cp_2'] }, subject)).toBe(false);
  expect(wants({ ...endpoint, siteIds: ['site_1'] }, { ...subject, siteId: null })).toBe(false);
  expect(wants({ ...endpoint, siteIds: ['site_1'] }, { ...subject, siteId: null, chargePointId: null })).toBe(false);
});

test('intervals count per session, per connector, per charge point, per site', () => {
  const key = (data: Record<string, unknown>) => throttleKey('x.y', 'cp_1', data);
  expect(key({ session_id: 'ses_1', connector_id: 1 })).toBe('x.y ses_1');
  expect(key({ evse_id: 1, connector_id: 2 })).not.toBe(key({ evse_id: 1, connector_id: 1 }));
  expect(key({})).toBe('x.y cp_1');
  expect(throttleKey('x.y', null, { site_id: 'site_1' })).toBe('x.y site_1');
});
