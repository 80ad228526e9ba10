/**
 * The target guard end to end: the real server in a network of its own, where every address of both families is heard and the
 * name server lies. Whatever URL an endpoint has, and however it came to have it, nothing inside is ever dialled.
 */
import { afterAll, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { refusedHosts } from './support/addresses.ts';
import { type Network, namespaces, startNetwork, type Zone } from './support/network.ts';
import { anEndpoint, deliveries } from './support/world.ts';

const PUBLIC = '93.184.216.34';
const PUBLIC6 = '2606:2800:220:1:248:1893:25c8:1946';
const innerAddresses: Record<string, { A?: string[]; AAAA?: string[] }> = {
  loopback: { A: ['127.0.0.1'] },
  zero: { A: ['0.0.0.0'] },
  private: { A: ['10.1.2.3'] },
  lan: { A: ['192.168.1.1'] },
  carrier: { A: ['100.64.0.1'] },
  metadata: { A: ['169.254.169.254'] },
  azure: { A: ['168.63.129.16'] },
  loopback6: { AAAA: ['::1'] },
  local6: { AAAA: ['fd00:ec2::254'] },
  mapped: { AAAA: ['::ffff:10.1.2.3'] },
  compatible: { AAAA: ['::10.1.2.3'] },
  nat64: { AAAA: ['64:ff9b::10.1.2.3'] },
  '6to4': { AAAA: ['2002:a01:203::1'] },
  teredo: { AAAA: ['2001:0:4136:e378:8000:63bf:3fff:fdd2'] },
  site: { AAAA: ['fec0::1'] },
  mixed: { A: [PUBLIC, '10.1.2.3'] },
  'mixed-families': { A: [PUBLIC], AAAA: ['::1'] },
};
const named = (name: string): string => `${name}.hooks.example`;
const zone: Zone = {
  ...Object.fromEntries(
    Object.entries(innerAddresses).map(([name, { A, AAAA }]) => [
      named(name),
      { ...(A && { A: [A] }), ...(AAAA && { AAAA: [AAAA] }) },
    ]),
  ),
  [named('alias')]: { CNAME: named('alias2') },
  [named('alias2')]: { CNAME: named('private') },
  [named('public')]: { A: [[PUBLIC]] },
  [named('public6')]: { AAAA: [[PUBLIC6]] },
  [named('public-alias')]: { CNAME: named('public') },
  [named('rebinds')]: { A: [[PUBLIC], ['127.0.0.1']] },
  [named('rebinds6')]: { AAAA: [[PUBLIC6], ['::1']] },
  [named('rebinds-late')]: { A: [[PUBLIC], [PUBLIC], ['10.1.2.3']] },
  [named('turns')]: { A: [[PUBLIC], ['10.1.2.3']], again: true },
  [named('turns-over')]: { A: [[PUBLIC], ['10.1.2.3', PUBLIC], ['169.254.169.254']], again: true },
};
const innerNames = [...Object.keys(innerAddresses), 'alias'].map(named);
const innerHosts = [
  ...refusedHosts,
  ...innerNames,
  ...innerNames.map((name) => `${name}.`),
  ...innerNames.map((name) => name.toUpperCase()),
  'localhost',
  'LOCALHOST.',
  'any.localhost',
];
const innerUrls = [
  ...innerHosts.map((host) => `https://${host}/hook`),
  ...innerHosts.filter((_, i) => i % 5 === 0).map((host) => `https://${host}:8443/hook`),
  ...innerHosts.filter((_, i) => i % 7 === 0).map((host) => `https://${host}:22/hook`),
];

const flags = namespaces();
if (typeof flags === 'string')
  // aloud, and not through jest's console, which adds a stack
  process.stderr.write(`SKIPPED: the target guard in a network of its own is not tried here: ${flags}\n`);
const network: Network | undefined =
  typeof flags === 'string' ? undefined : await startNetwork(flags, { zone, publics: [PUBLIC, PUBLIC6] });
afterAll(async () => network?.close());
/** In a network that is there. */
const inNetwork = (name: string, play: (net: Network) => Promise<void>): void => {
  if (network === undefined) test.skip(name, () => undefined);
  else test(name, () => play(network), 600_000);
};

const organizationOf = async ({ db }: Network): Promise<string> => (await db.prisma.organization.findFirstOrThrow()).id;
const create = (net: Network, url: string) => net.rest('POST', '/webhooks/endpoints', { url, events: ['*'] });
async function created(net: Network, url: string): Promise<string> {
  const { status, body } = await create(net, url);
  expect({ url, status }).toEqual({ url, status: 201 });
  return String(body['id']);
}
const remove = (net: Network, id: string) => net.rest('DELETE', `/webhooks/endpoints/${id}`);
/** Due now, for the next sweep of the server. */
async function due(net: Network, endpointId: string, count = 1): Promise<void> {
  await deliveries(net.db, await organizationOf(net), endpointId, count, { createdAt: new Date(Date.now() - 1000) });
}
type Row = { url: string; status: string; attempts: number; lastError: string | null };
async function attempted(net: Network, endpointIds: readonly string[]): Promise<Row[]> {
  const where = { endpointId: { in: [...endpointIds] } };
  await until(
    'each has been attempted',
    async () => (await net.db.prisma.webhookDelivery.count({ where: { ...where, attempts: 0 } })) === 0,
    { withinMs: 300_000, everyMs: 50 },
  );
  const urls = new Map(
    (await net.db.prisma.webhookEndpoint.findMany({ where: { id: { in: [...endpointIds] } } })).map(({ id, url }) => [
      id,
      url,
    ]),
  );
  const rows = await net.db.prisma.webhookDelivery.findMany({ where });
  return rows.map(({ endpointId, status, attempts, lastError }) => ({
    url: urls.get(endpointId) ?? '',
    status,
    attempts,
    lastError,
  }));
}
const innerHits = async (net: Network) => (await net.heard()).inner;

inNetwork('public addresses and names are reached', async (net) => {
  const urls = [
    PUBLIC,
    `[${PUBLIC6}]`,
    `${PUBLIC}:8443`,
    '0x5db8d822',
    ...['public', 'public6', 'public-alias', 'PUBLIC'].map(named),
  ];
  const ids = await Promise.all(urls.map((host) => created(net, `https://${host}/public`)));
  for (const id of ids) await due(net, id);
  const rows = await attempted(net, ids);
  expect(rows.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  expect(rows).toHaveLength(urls.length);
  const { received, inner } = await net.heard();
  expect(received.filter(({ path }) => path === '/public')).toHaveLength(urls.length);
  expect(inner).toEqual([]);
  for (const id of ids) await remove(net, id);
});

inNetwork('no endpoint is made with a URL that leads inside, and none is changed to one', async (net) => {
  expect(innerUrls.length).toBeGreaterThan(800);
  const accepted: string[] = [];
  const refuse = async (answer: Awaited<ReturnType<Network['rest']>>, url: string): Promise<void> => {
    const { error } = answer.body as { error?: { details?: { field: string }[] } };
    if (answer.status !== 400 || error?.details?.[0]?.field !== 'url') accepted.push(`${url} ${answer.status}`);
  };
  const id = await created(net, `https://${named('public')}/kept`);
  await inLanes(innerUrls, async (url) => refuse(await create(net, url), url));
  await inLanes(innerUrls, async (url) => refuse(await net.rest('PATCH', `/webhooks/endpoints/${id}`, { url }), url));
  expect(accepted).toEqual([]);
  expect((await net.rest('GET', `/webhooks/endpoints/${id}`)).body['url']).toBe(`https://${named('public')}/kept`);
  expect(await innerHits(net)).toEqual([]);
  await remove(net, id);
});

inNetwork('an endpoint that has such a URL all the same is not dialled', async (net) => {
  const organizationId = await organizationOf(net);
  const ids: string[] = [];
  for (const url of innerUrls) ids.push(await anEndpoint(net.db, organizationId, { url }));
  for (const id of ids) await due(net, id);
  const rows = await attempted(net, ids);
  expect(rows).toHaveLength(innerUrls.length);
  expect(rows.filter(({ lastError }) => lastError?.startsWith('target_refused') !== true)).toEqual([]);
  expect(await innerHits(net)).toEqual([]);
  await net.db.prisma.webhookDelivery.deleteMany();
  await net.db.prisma.webhookEndpoint.deleteMany();
});

inNetwork('a name that leads inside at its second question is not followed there', async (net) => {
  const names = ['rebinds', 'rebinds6', 'rebinds-late'].map(named);
  const ids: string[] = [];
  for (const name of names) ids.push(await created(net, `https://${name}/rebound`));
  for (let round = 0; round < 3; round += 1) {
    for (const id of ids) await due(net, id);
    await attempted(net, ids);
  }
  const rows = await attempted(net, ids);
  expect(rows.filter(({ status }) => status === 'pending').map(({ lastError }) => lastError)).toContainEqual(
    expect.stringMatching(/^target_refused: rebinds/),
  );
  expect(
    rows.filter(({ status, lastError }) => status !== 'succeeded' && lastError?.startsWith('target_refused') !== true),
  ).toEqual([]);
  expect(await innerHits(net)).toEqual([]);
  for (const id of ids) await remove(net, id);
});

inNetwork('names whose answers take turns are dialled at their public address or not at all', async (net) => {
  const ids: string[] = [];
  for (const name of ['turns', 'turns-over'].map(named))
    ids.push(await anEndpoint(net.db, await organizationOf(net), { url: `https://${name}/turns` }));
  for (const id of ids) await due(net, id, 200);
  const rows = await attempted(net, ids);
  const succeeded = rows.filter(({ status }) => status === 'succeeded');
  expect(
    rows.filter(({ status, lastError }) => status !== 'succeeded' && lastError?.startsWith('target_refused') !== true),
  ).toEqual([]);
  const { received, inner } = await net.heard();
  // a success pulls the retries of those that were refused forward, so more may have arrived by now
  const arrived = received.filter(({ path }) => path === '/turns');
  expect(arrived.length).toBeGreaterThanOrEqual(Math.max(1, succeeded.length));
  expect(arrived.filter(({ at }) => !at.includes(PUBLIC))).toEqual([]);
  expect(inner).toEqual([]);
  await net.db.prisma.webhookDelivery.deleteMany();
});

inNetwork('a test delivery and one that is sent again go no further than any other', async (net) => {
  const id = await created(net, `https://${named('public')}/tested`);
  const sample = innerUrls.filter((_, i) => i % 5 === 0);
  expect(sample.length).toBeGreaterThan(150);
  await due(net, id);
  await attempted(net, [id]);
  const past = await net.db.prisma.webhookDelivery.findFirstOrThrow({ where: { endpointId: id } });
  for (const url of sample) {
    // saved before the guard knew this network, or by a name that led elsewhere then
    await net.db.prisma.webhookEndpoint.update({ where: { id }, data: { url } });
    for (const path of [`/webhooks/endpoints/${id}/test`, `/webhooks/deliveries/${past.id}/resend`]) {
      const { status } = await net.rest('POST', path, {});
      expect({ url, path, isTaken: status === 201 || status === 202 }).toEqual({ url, path, isTaken: true });
    }
  }
  const rows = (await attempted(net, [id])).filter(({ status }) => status !== 'succeeded');
  expect(rows).toHaveLength(2 * sample.length);
  expect(rows.filter(({ lastError }) => lastError?.startsWith('target_refused') !== true)).toEqual([]);
  expect(await innerHits(net)).toEqual([]);
  await net.db.prisma.webhookDelivery.deleteMany();
  await remove(net, id);
});

inNetwork('a redirect is a failed attempt, wherever it leads', async (net) => {
  const places = [
    'https://127.0.0.1/',
    'http://127.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'http://10.1.2.3:22/',
    `https://${named('private')}/`,
    '//10.1.2.3/',
    `https://${named('public')}/redirected`,
  ];
  const ids: string[] = [];
  for (const status of [301, 302, 303, 307, 308])
    for (const to of places)
      ids.push(await created(net, `https://${named('public')}/${status}?to=${encodeURIComponent(to)}`));
  for (const id of ids) await due(net, id);
  const rows = await attempted(net, ids);
  expect(rows).toHaveLength(40);
  expect(rows.filter(({ lastError }) => /^HTTP 30\d$/.test(lastError ?? '') === false)).toEqual([]);
  const { received, inner } = await net.heard();
  expect(inner).toEqual([]);
  expect(received.filter(({ path }) => path === '/redirected')).toEqual([]);
  expect(received.filter(({ path }) => /^\/30\d$/.test(path))).toHaveLength(40);
  for (const id of ids) await remove(net, id);
});

inNetwork('the network hears what is dialled inside: an administrator who allows it is obeyed', async (net) => {
  await net.restart('10.0.0.0/8,::1/128');
  const ids = [await created(net, 'https://10.1.2.3/hook'), await created(net, `https://${named('loopback6')}/hook`)];
  for (const id of ids) await due(net, id);
  await attempted(net, ids);
  const heard = await innerHits(net);
  expect(heard).toContain('10.1.2.3 443');
  expect(heard).toContain('::1 443');
});

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}
