import { expect, test } from '@jest/globals';
import { createResolve } from '../../src/webhooks/resolve.ts';
import { createTargetGuard } from '../../src/webhooks/target-guard.ts';

const resolve = createResolve();

test('localhost and all below it are this machine, whatever a DNS says', async () => {
  for (const name of ['localhost', 'LOCALHOST', 'localhost.', 'a.b.localhost'])
    expect(await resolve(name)).toEqual(['127.0.0.1', '::1']);
  const guard = createTargetGuard({ allowSubnets: [], resolve });
  expect(await guard.faultOf('https://localhost/')).toMatch(/^must not lead to/);
  expect(await guard.faultOf('https://a.localhost:8443/')).toMatch(/^must not lead to/);
});

test('who asks for the same name at the same time asks once', async () => {
  const [one, two] = [resolve('nobody.invalid'), resolve('NOBODY.invalid.')];
  expect(one).toBe(two);
  await expect(one).rejects.toThrow();
});
