/** What a receiver installs: the tarball of this package, with verifyWebhook and nothing of the server in it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';

const root = installationRoot();
const folder = mkdtempSync(join(tmpdir(), 'dynamo-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = join(folder, 'source');
const receiver = join(folder, 'receiver');
const installed = join(receiver, 'node_modules', 'dynamo-csms');

/** In a place of its own: a build of the server that runs meanwhile is not touched. */
function pack(): string {
  mkdirSync(source);
  for (const name of ['package.json', 'tsconfig.json', 'tsconfig.package.json', 'README.md', 'LICENSE'])
    cpSync(join(root, name), join(source, name));
  for (const name of ['src', 'scripts', 'docs']) cpSync(join(root, name), join(source, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'package', '--', '--offline'], { cwd: source, stdio: 'pipe' });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return join(source, `dynamo-csms-${version}.tgz`);
}

test('a receiver imports verifyWebhook from it, by either name, with types, and needs no other package', () => {
  const tarball = pack();
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n').sort();
  const compiled = ['receiving', 'sign', 'verify'].flatMap((name) => [`${name}.d.ts`, `${name}.js`]);
  expect(files).toEqual(
    ['LICENSE', 'README.md', ...compiled.map((name) => `dist/src/webhooks/${name}`), 'package.json'].map(
      (name) => `package/${name}`,
    ),
  );
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  writeFileSync(join(receiver, 'package.json'), '{"type":"module"}');

  const secret = 'a-secret-of-yours';
  const body = '{"id":"evt_1"}';
  const signed = {
    deliveryId: 'whd_1',
    eventId: 'evt_1',
    event: 'session.started',
    body,
    attempt: 1,
    at: new Date(),
    secret,
  };
  for (const name of ['dynamo-csms/webhooks', 'dynamo-csms']) {
    const program = `
      import { verifyWebhook } from ${JSON.stringify(name)};
      const [body, headers, secret] = process.argv.slice(2).map((text) => JSON.parse(text));
      console.log(JSON.stringify([verifyWebhook(body, headers, secret), verifyWebhook(body + ' ', headers, secret).ok]));`;
    writeFileSync(join(receiver, 'receive.js'), program);
    const args = [body, deliveryHeaders(signed), secret].map((each) => JSON.stringify(each));
    const said = execFileSync(process.execPath, ['receive.js', ...args], { cwd: receiver, encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual([{ ok: true }, false]);
  }

  writeFileSync(
    join(receiver, 'typed.ts'),
    `import { type Verification, verifyWebhook } from 'dynamo-csms/webhooks';
     const verdict: Verification = verifyWebhook(new Uint8Array(), { 'x-webhook-signature': 'x' }, ['secret'], { toleranceS: 60 });
     export const why: string | undefined = verdict.ok ? undefined : verdict.message;
     // @ts-expect-error a parsed body is not raw
     verifyWebhook({ id: 'evt_1' }, {}, 'secret');`,
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--types', '', 'typed.ts'];
  execFileSync(process.execPath, [tsc, ...options], { cwd: receiver, stdio: 'inherit' });
});
