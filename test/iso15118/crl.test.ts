/** Lists of revoked certificates: what is believed of one, and for how long it is remembered. */
import 'reflect-metadata';
import { expect, test } from '@jest/globals';
import { X509CrlGenerator } from '@peculiar/x509';
import { createCrlClient } from '../../src/iso15118/crl.ts';
import type { Fetched } from '../../src/iso15118/fetch.ts';
import { hashDataOf, type Issued, issue } from '../support/ocsp-responder.ts';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;
const start = new Date();
const at = (ms: number) => new Date(start.getTime() + ms);
const root = await issue('Root', { isAuthority: true });
const other = await issue('Root', { isAuthority: true });
const [good, gone] = [await issue('Good', { issuer: root }), await issue('Gone', { issuer: root })];
const url = 'http://crl.example/list';

async function listBy(signer: Issued, thisUpdate = at(-HOUR_MS), nextUpdate = at(HOUR_MS)): Promise<Buffer> {
  const list = await X509CrlGenerator.create({
    issuer: signer.certificate.subject,
    thisUpdate,
    nextUpdate,
    entries: [{ serialNumber: gone.certificate.serialNumber, revocationDate: at(-HOUR_MS) }],
    signingAlgorithm: EC,
    signingKey: signer.keys.privateKey,
  });
  return Buffer.from(list.rawData);
}

function asking(answer: () => Promise<Fetched>, authorities: readonly Issued[] = [root]) {
  let now = start;
  let times = 0;
  const ask = createCrlClient({
    fetch: () => {
      times += 1;
      return answer();
    },
    clock: { now: () => now },
  });
  return {
    ask: (each: Issued, of = url) =>
      ask(
        { hash: hashDataOf(each, root), url: of },
        authorities.map(({ certificate }) => certificate),
      ),
    times: () => times,
    later: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}
const served =
  (body: Buffer, status = 200) =>
  () =>
    Promise.resolve({ status, body });

test('who is on the list is revoked, who is not is good; it is fetched again when it is over', async () => {
  const { ask, times, later } = asking(served(await listBy(root)));
  expect(await ask(gone)).toMatchObject({ at: 'known', status: 'revoked', nextUpdate: expect.any(Date) });
  expect(await ask(good)).toMatchObject({ at: 'known', status: 'good' });
  expect(times()).toBe(1);
  later(HOUR_MS + 1);
  await ask(good);
  expect(times()).toBe(2);
});

test('a list is not believed that is over, from the future, changed, of another authority, or none', async () => {
  const changed = await listBy(root);
  changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
  for (const body of [
    await listBy(root, at(-2 * HOUR_MS), at(-HOUR_MS)),
    await listBy(root, at(HOUR_MS), at(2 * HOUR_MS)),
    await listBy(other),
    changed,
    Buffer.from('nothing'),
  ])
    expect(await asking(served(body)).ask(gone)).toMatchObject({ at: 'failed', fault: 'invalid' });
});

test('without its authority, its server or an address there is no status', async () => {
  const list = await listBy(root);
  expect(await asking(served(list), [other]).ask(gone)).toMatchObject({ at: 'failed', fault: 'unverified' });
  expect(await asking(served(list, 404)).ask(gone)).toMatchObject({ at: 'failed', fault: 'unavailable' });
  const away = asking(() => Promise.reject(new Error('refused')));
  expect(await away.ask(gone)).toMatchObject({ at: 'failed', fault: 'unavailable' });
  expect(await asking(served(list)).ask(gone, 'ldap://crl.example/')).toMatchObject({ at: 'failed', fault: 'bad_url' });
});
