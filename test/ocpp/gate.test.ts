import { once } from 'node:events';
import { afterAll, describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { createRig, dialCharger, peppers, Refused, type Rig, rawRequest, upgradeRequest } from './rig.ts';

const rig = await createRig();
const rigs: Rig[] = [rig];
afterAll(async () => {
  for (const each of rigs) await each.close();
});
async function another(...options: Parameters<typeof createRig>): Promise<Rig> {
  const made = await createRig(...options);
  rigs.push(made);
  return made;
}
const refusalOf = async (dial: Promise<unknown>): Promise<Refused> => {
  const cause: unknown = await dial.then(
    () => new Error('it was let in'),
    (each: unknown) => each,
  );
  if (cause instanceof Refused) return cause;
  throw cause;
};
const basic = (identity: string, key: string): string =>
  `Basic ${Buffer.from(`${identity}:${key}`).toString('base64')}`;

// ---------------------------------------------------------------------------------------------------------------- who

test('a charger with the right key is let in, by each of the paths', async () => {
  rig.charger('CP-1');
  for (const path of ['/ocpp/', '/ocpp16/', '/ocpp/1.6/', '/ocpp/2.0.1/', '/ocpp/2.1/']) {
    const charger = await rig.connect('CP-1', { path });
    expect(charger.socket.protocol).toBe('ocpp1.6');
    charger.socket.terminate();
    await until('it is gone', () => !rig.transport.isConnected('cp_CP-1'));
  }
});

test('T11: the key as 40 hexadecimal digits or as the 20 bytes they stand for', async () => {
  const key = rig.charger('HEX');
  await rig.connect('HEX', { password: Buffer.from(key, 'hex') });
  await rig.connect('HEX', { password: key.toUpperCase() });
});

test('an unknown identity, a wrong key, another user name and no credentials are told the very same', async () => {
  const key = rig.charger('KNOWN');
  rig.charger('CONNECTED');
  await rig.connect('CONNECTED');
  const answers = await Promise.all([
    rawRequest(rig.port, upgradeRequest('/ocpp/NOBODY', { Authorization: basic('NOBODY', key) })),
    rawRequest(rig.port, upgradeRequest('/ocpp/NOBODY')),
    rawRequest(rig.port, upgradeRequest('/ocpp/KNOWN', { Authorization: basic('KNOWN', 'wrong') })),
    rawRequest(rig.port, upgradeRequest('/ocpp/KNOWN', { Authorization: basic('NOBODY', key) })),
    rawRequest(rig.port, upgradeRequest('/ocpp/KNOWN')),
    rawRequest(rig.port, upgradeRequest('/ocpp/KNOWN', { Authorization: 'Bearer abc' })),
    rawRequest(rig.port, upgradeRequest('/ocpp/CONNECTED', { Authorization: basic('CONNECTED', 'wrong') })),
  ]);
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="OCPP"/);
  expect(answers[0]?.toLowerCase()).not.toContain('server:');
});

test('ocpp-rpc fault, no challenge and its name in the headers: the 401 asks for Basic and says nothing of the server', async () => {
  const { status, headers } = await refusalOf(dialCharger(rig.port, 'NOBODY', { password: null }));
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toContain('Basic realm=');
  expect(headers['server']).toBeUndefined();
});

test('T12: a charger that waits for the challenge comes in with its second request, however often it does that', async () => {
  const key = rig.charger('WAITS');
  for (let i = 0; i < 30; i += 1) {
    const { status } = await refusalOf(dialCharger(rig.port, 'WAITS', { password: null }));
    expect(status).toBe(401);
  }
  await rig.connect('WAITS', { password: key });
});

test("a page of another site cannot use a key that its browser keeps; what chargers' libraries send as Origin does no harm", async () => {
  const key = rig.charger('PAGE');
  const statusWith = async (headers: Record<string, string>): Promise<string> => {
    const all = { ...headers, Authorization: basic('PAGE', key), 'Sec-WebSocket-Protocol': 'ocpp1.6' };
    return (await rawRequest(rig.port, upgradeRequest('/ocpp/PAGE', all))).slice(9, 12);
  };
  const Origin = 'https://evil.example';
  for (const site of ['cross-site', 'same-site'])
    expect(await statusWith({ Origin, 'Sec-Fetch-Site': site })).toBe('403');
  await rig.connect('PAGE', { password: key, headers: { Origin } });
  await rig.connect('PAGE', { password: key, headers: { Origin, 'Sec-Fetch-Site': 'same-origin' } });
  await rig.connect('PAGE', { password: key, headers: { Origin: 'file://', 'Sec-Fetch-Site': 'cross-site' } });
});

test('whoever is refused has cost the same: one look-up, and hashes under as many peppers, whatever is on record of him', async () => {
  const work = { lookUps: 0, peppers: 0 };
  const counted = await another({
    throttle: { perCharger: 1e6, perSource: 1e6 },
    peppers: {
      current: () => {
        work.peppers += 1;
        return peppers.current();
      },
      byKid: (kid) => {
        work.peppers += 1;
        return peppers.byKid(kid);
      },
    },
    onLookUp: () => {
      work.lookUps += 1;
    },
  });
  const none = { keyHash: null, keySalt: null, keyKid: null };
  counted.charger('KNOWN');
  const { keyHash, keySalt, keyKid } = counted.logins.get('KNOWN') ?? none;
  counted.charger('ROTATED', { nextKeyHash: keyHash, nextKeySalt: keySalt, nextKeyKid: keyKid });
  counted.charger('TLS', { securityProfile: 2 });
  counted.charger('MUTUAL', { securityProfile: 3, ...none });
  counted.charger('GONE', { lifecycle: 'decommissioned' });
  counted.charger('CONNECTED');
  await counted.connect('CONNECTED');
  const presented = (identity: string) => [
    { Authorization: basic(identity, 'wrong') },
    { Authorization: basic(identity, 'a'.repeat(40)) },
    { Authorization: basic('SOMEBODY', 'wrong') },
    { Authorization: 'Bearer abc' },
    {},
  ];
  const costs = new Map<string, string>();
  for (const identity of ['NOBODY', 'KNOWN', 'ROTATED', 'TLS', 'MUTUAL', 'GONE', 'CONNECTED']) {
    const all: string[] = [];
    for (const headers of presented(identity)) {
      Object.assign(work, { lookUps: 0, peppers: 0 });
      const answer = await rawRequest(counted.port, upgradeRequest(`/ocpp/${identity}`, headers));
      all.push(`${answer.slice(0, 12)}: ${work.lookUps} look-up, ${work.peppers} peppers`);
    }
    costs.set(identity, all.join('\n'));
  }
  expect(costs.get('NOBODY')).toBe(Array.from({ length: 5 }, () => 'HTTP/1.1 401: 1 look-up, 2 peppers').join('\n'));
  expect([...new Set(costs.values())]).toHaveLength(1);
});

test('wrong keys are throttled, and the right one still gets in from the same address', async () => {
  const guarded = await another({ throttle: { perCharger: 5, perSource: 1000, windowS: 60 } });
  const key = guarded.charger('CP-1');
  const statuses: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    statuses.push((await refusalOf(dialCharger(guarded.port, 'CP-1', { password: `wrong ${i}` }))).status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect((await refusalOf(dialCharger(guarded.port, 'CP-1', { password: 'x' }))).headers['retry-after']).toBeDefined();
  await guarded.connect('CP-1', { password: key });
  expect(guarded.refusals.map((each) => each.reason)).toEqual([
    ...Array.from({ length: 5 }, () => 'wrong_password'),
    ...Array.from({ length: 4 }, () => 'throttled'),
  ]);
});

test('guessing at thousand identities from one address is throttled too, alike for known and unknown ones', async () => {
  const guarded = await another({ throttle: { perCharger: 5, perSource: 10, windowS: 60 } });
  guarded.charger('S-3');
  const statuses = new Map<string, number>();
  for (let i = 0; i < 14; i += 1) {
    const identity = `S-${i}`;
    statuses.set(identity, (await refusalOf(dialCharger(guarded.port, identity, { password: 'guess' }))).status);
  }
  expect([...statuses.values()]).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429, 429, 429]);
});

// ---------------------------------------------------------------------------------------------------- security profiles

test('profile 0 needs no credentials and ignores wrong ones, only where it was chosen', async () => {
  rig.charger('OPEN', { securityProfile: 0, keyHash: null, keySalt: null, keyKid: null });
  await rig.connect('OPEN', { password: null });
  await rig.connect('OPEN', { password: 'whatever' });
  expect(rig.of('stations', 'connected').at(-1)).toMatchObject({ securityProfile: 0 });
  rig.charger('CLOSED');
  expect((await refusalOf(dialCharger(rig.port, 'CLOSED', { password: null }))).status).toBe(401);
});

test.each([2, 3])(
  'profile %i is refused on a connection without TLS, and the list says why',
  async (securityProfile) => {
    const key = rig.charger(`TLS-${securityProfile}`, { securityProfile });
    const { status } = await refusalOf(dialCharger(rig.port, `TLS-${securityProfile}`, { password: key }));
    expect(status).toBe(401);
    expect(rig.refusals.at(-1)).toMatchObject({
      reason: 'wrong_security_profile',
      chargePointId: `cp_TLS-${securityProfile}`,
    });
  },
);

test('a wrong key does not learn which profile is expected', async () => {
  rig.charger('TLS-X', { securityProfile: 2 });
  await refusalOf(dialCharger(rig.port, 'TLS-X', { password: 'wrong' }));
  expect(rig.refusals.at(-1)).toMatchObject({ reason: 'wrong_password' });
});

test('a decommissioned charge point is refused', async () => {
  const key = rig.charger('OLD', { lifecycle: 'decommissioned' });
  expect((await refusalOf(dialCharger(rig.port, 'OLD', { password: key }))).status).toBe(401);
  expect(rig.refusals.at(-1)).toMatchObject({ reason: 'decommissioned', organizationId: 'org_1' });
});

test('conformance labs may have unknown identities answered with 404', async () => {
  const lab = await another({ unknownIdentity: 404 });
  lab.charger('KNOWN');
  expect((await refusalOf(dialCharger(lab.port, 'NOBODY', { password: 'x' }))).status).toBe(404);
  expect((await refusalOf(dialCharger(lab.port, 'KNOWN', { password: 'x' }))).status).toBe(401);
});

// 1.6 §4.2, 2.0.1 B02: OCPP_UNKNOWN_IDENTITY=pending
describe('where strangers may wait', () => {
  const boots = {
    'ocpp1.6': {
      chargePointVendor: 'Acme',
      chargePointModel: 'One',
      chargePointSerialNumber: 'S-7',
      firmwareVersion: '1.2',
    },
    'ocpp2.0.1': {
      reason: 'PowerUp',
      chargingStation: { vendorName: 'Acme', model: 'One', serialNumber: 'S-7', firmwareVersion: '1.2' },
    },
  } as const;

  test.each(['ocpp1.6', 'ocpp2.0.1'] as const)('%s: it is told to wait until somebody registers it', async (speaks) => {
    const lab = await another({ unknownIdentity: 'pending', protocols: ['ocpp1.6', 'ocpp2.0.1'] });
    const stranger = await dialCharger(lab.port, 'NOBODY', { password: 'whatever', protocols: [speaks] });
    expect(lab.refusals.at(-1)).toMatchObject({ identity: 'NOBODY', reason: 'unknown_identity', said: undefined });
    stranger.send([2, '1', 'BootNotification', boots[speaks]]);
    stranger.send([2, '2', 'Heartbeat', {}]);
    stranger.socket.send('[2,"3","Authorize",{');
    stranger.socket.send('what?');
    await until('all is answered', () => stranger.messages.length === 3);
    expect(stranger.messages).toEqual([
      [3, '1', { status: 'Pending', currentTime: expect.stringMatching(/Z$/), interval: 60 }],
      [4, '2', 'SecurityError', 'this charge point is not registered yet', {}],
      [4, '3', expect.any(String), 'the message is not JSON', {}],
    ]);
    expect(lab.refusals.at(-1)?.said).toEqual({
      vendor: 'Acme',
      model: 'One',
      serialNumber: 'S-7',
      firmwareVersion: '1.2',
    });
    expect([lab.inputs, lab.frames]).toEqual([[], []]); // it is nobody's
    await lab.transport.lookAtStrangers();
    expect(stranger.socket.readyState).toBe(stranger.socket.OPEN);
    const key = lab.charger('NOBODY');
    const sentAway = once(stranger.socket, 'close');
    await lab.transport.lookAtStrangers();
    expect((await sentAway)[0]).toBe(1012);
    expect((await refusalOf(dialCharger(lab.port, 'NOBODY', { password: 'whatever' }))).status).toBe(401);
    await dialCharger(lab.port, 'NOBODY', { password: key, protocols: [speaks] });
  });

  test('who has many words, is silent or comes twice has to leave; hostile words change nothing', async () => {
    const lab = await another({ unknownIdentity: 'pending' });
    const dial = (identity: string) => dialCharger(lab.port, identity, { password: 'x' });
    const gone = async (who: Awaited<ReturnType<typeof dial>>) => (await once(who.socket, 'close'))[0] as number;
    const [loud, long, first, silent] = [
      await dial('LOUD'),
      await dial('LONG'),
      await dial('TWICE'),
      await dial('SILENT'),
    ];
    const codes = [gone(loud), gone(long), gone(first), gone(silent)];
    for (let i = 0; i < 201; i += 1) loud.send([2, String(i), 'Heartbeat', {}]);
    long.send([2, '1', 'BootNotification', { chargePointVendor: 'x'.repeat(20_000) }]);
    const second = await dial('TWICE');
    for (const payload of [null, [], 'x', { chargingStation: 7 }, { chargePointVendor: { a: 1 }, __proto__: null }])
      second.send([2, 'b', 'BootNotification', payload]);
    await until('all five are answered', () => second.messages.length === 5);
    lab.advance(200_000);
    second.send([2, 'c', 'BootNotification', {}]);
    await until('it is answered', () => second.messages.length === 6);
    lab.advance(101_000);
    await lab.transport.lookAtStrangers();
    expect(await Promise.all(codes)).toEqual([1008, 1008, 1008, 1001]);
    expect(second.socket.readyState).toBe(second.socket.OPEN);
    expect(lab.refusals.at(-1)?.said).toEqual({ vendor: '', model: '', serialNumber: '', firmwareVersion: '' });
  });

  test('a message beyond 256 KiB is not even read to its end', async () => {
    const lab = await another({ unknownIdentity: 'pending', protocols: ['ocpp1.6', 'ocpp2.0.1'] });
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1']) {
      const stranger = await dialCharger(lab.port, 'NOBODY', {
        password: 'x',
        protocols: [protocol],
        perMessageDeflate: true,
      });
      const closed = once(stranger.socket, 'close');
      stranger.send([2, '1', 'BootNotification', { chargePointVendor: 'x'.repeat(270_000) }]);
      expect((await closed)[0]).toBe(1009);
    }
  });

  test('only so many at once: whoever comes then is refused as everywhere', async () => {
    const lab = await another({ unknownIdentity: 'pending', mostStrangers: 3 });
    const waiting = await Promise.all(
      ['A', 'B', 'C'].map((identity) => dialCharger(lab.port, identity, { password: 'x' })),
    );
    expect((await refusalOf(dialCharger(lab.port, 'D', { password: 'x' }))).status).toBe(401);
    waiting[0]?.socket.terminate();
    await until('there is room again', () =>
      dialCharger(lab.port, 'D', { password: 'x' }).then(
        () => true,
        () => false,
      ),
    );
  });
});

test('every refusal is handed on with who, why, from where and with what', async () => {
  await refusalOf(
    dialCharger(rig.port, 'STRANGE', {
      password: 'x',
      protocols: ['ocpp1.6', 'ocpp2.0.1'],
      headers: { 'User-Agent': 'Acme/1' },
    }),
  );
  expect(rig.refusals.at(-1)).toEqual({
    identity: 'STRANGE',
    reason: 'unknown_identity',
    chargePointId: undefined,
    organizationId: undefined,
    remoteAddress: '127.0.0.1',
    protocols: 'ocpp1.6,ocpp2.0.1',
    userAgent: 'Acme/1',
    at: expect.any(Date),
  });
});

// --------------------------------------------------------------------------------------------------------- subprotocols

describe('T6, ocpp-rpc fault: a subprotocol that is not served is not accepted without validation', () => {
  const knock = (offered: string | undefined, authorization?: string) => {
    const headers = { 'Sec-WebSocket-Protocol': offered, Authorization: authorization };
    return rawRequest(rig.port, upgradeRequest('/ocpp/NOSUB', headers));
  };

  test.each([undefined, '', ' , '])('of who offers none (%j) the handshake is refused', async (offered) => {
    const key = rig.charger('NOSUB');
    const answer = await knock(offered, basic('NOSUB', key));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('ocpp1.6');
    expect(rig.refusals.at(-1)).toMatchObject({ reason: 'no_subprotocol', protocols: offered?.trim() ?? '' });
  });

  test.each(['ocpp1.5', 'soap, ocpp2.0.1', 'we"ird', 'ocpp1.5,'.repeat(200)])(
    'of who offers others (%j) the handshake is completed without one, and the line closed at once; a living one stays',
    async (offered) => {
      rig.charger('NOSUB');
      const own = await rig.connect('NOSUB');
      const [inputs, key] = [rig.inputs.length, rig.charger('NOSUB')];
      const answer = await knock(offered, basic('NOSUB', key));
      expect(answer).toMatch(/^HTTP\/1\.1 101 /);
      expect(answer).not.toMatch(/Sec-WebSocket-Protocol/i);
      const reason = 'none of the offered subprotocols is served; there are: ocpp1.6';
      expect(answer.split('\r\n\r\n')[1]).toBe(`\x88${String.fromCharCode(reason.length + 2)}\x03\xea${reason}`);
      expect(rig.refusals.at(-1)).toMatchObject({
        reason: 'no_subprotocol',
        protocols: offered,
        chargePointId: 'cp_NOSUB',
      });
      expect(rig.metrics.at(-1)).toBe('knock no_subprotocol');
      expect(rig.inputs).toHaveLength(inputs);
      expect(await own.call('Heartbeat')).toMatchObject([3, 'm1', {}]);
      own.socket.terminate();
    },
  );

  test('only who is known learns this much', async () => {
    for (const offered of [undefined, 'ocpp1.5']) expect(await knock(offered)).toMatch(/^HTTP\/1\.1 401 /);
  });
});

test('T6: a charge point may be set to a protocol that is assumed when it offers none; then it is validated as that', async () => {
  rig.charger('ASSUMED', { assumeProtocol: 'ocpp1.6' });
  const charger = await rig.connect('ASSUMED', { protocols: [] });
  expect(charger.socket.protocol).toBe('');
  expect(await charger.call('Heartbeat', { extra: 1 })).toMatchObject([3, 'm1', {}]);
  expect(rig.deviations.at(-1)?.[2]).toMatchObject([{ kind: 'unknown_field' }]);
  rig.charger('ASSUMED-2', { assumeProtocol: 'ocpp2.0.1' }); // not served here
  await expect(rig.connect('ASSUMED-2', { protocols: [] })).rejects.toMatchObject({ status: 400 });
});

test.each([
  ['OCPP1.6', 'OCPP1.6'],
  ['ocpp1.6, ocpp1.6', 'ocpp1.6'],
  ['ocpp1.5, Ocpp1.6 ,x', 'Ocpp1.6'],
  [',ocpp1.6,', 'ocpp1.6'],
])('T7: of %j exactly %j is echoed', async (offered, echoed) => {
  const key = rig.charger('TOKENS');
  const answer = rawRequest(
    rig.port,
    Buffer.concat([
      Buffer.from(
        upgradeRequest('/ocpp/TOKENS', { 'Sec-WebSocket-Protocol': offered, Authorization: basic('TOKENS', key) }),
      ),
      Buffer.from([0x88, 0x80, 0, 0, 0, 0]), // a close frame, so that the request ends
    ]),
  );
  expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 101 [\\s\\S]*\r\nSec-WebSocket-Protocol: ${echoed}\r\n`));
});

// ------------------------------------------------------------------------------------------------------------- storms

test('T15: when too many come at once some wait, and all with the right key come in', async () => {
  let now = 0;
  const busy = await another({ storm: { perSecond: 1000, burst: 5, capacity: 1000 }, monotonic: () => now });
  const clock = setInterval(() => {
    now += 10;
  }, 5);
  try {
    const identities = Array.from({ length: 60 }, (_, i) => `CP-${i}`);
    for (const identity of identities) busy.charger(identity);
    await Promise.all(identities.map((identity) => busy.connect(identity)));
    expect(busy.transport.size()).toBe(60);
  } finally {
    clearInterval(clock);
  }
});

test('T15: beyond the line a charger is told when to come again', async () => {
  const busy = await another({ storm: { perSecond: 0.001, burst: 1, capacity: 0 } });
  busy.charger('CP-1');
  await busy.connect('CP-1');
  const { status, headers } = await refusalOf(busy.connect('CP-1'));
  expect(status).toBe(503);
  expect(headers['retry-after']).toBeDefined();
});

test('all that knock at the same time are looked up together', async () => {
  const asked: number[] = [];
  const counting = await another({
    db: {
      rows: async (statement, values) => {
        if (statement.name === 'ocpp_login_by_identity') asked.push((values[0] as string[]).length);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return [];
      },
    },
  });
  await Promise.all(
    Array.from({ length: 40 }, (_, i) => refusalOf(dialCharger(counting.port, `X-${i}`, { password: 'x' }))),
  );
  expect(asked.length).toBeLessThan(20);
  expect(asked.reduce((sum, each) => sum + each, 0)).toBe(40);
});

test('while the database does not answer nobody is judged: 503, not 401', async () => {
  const away = await another({ db: { rows: () => Promise.reject(new Error('connection refused')) } });
  const { status, headers } = await refusalOf(dialCharger(away.port, 'CP-1', { password: 'x' }));
  expect(status).toBe(503);
  expect(headers['retry-after']).toBeDefined();
  expect(away.refusals).toEqual([]);
});
