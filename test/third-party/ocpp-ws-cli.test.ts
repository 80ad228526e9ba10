/** The wire checks of an independent client from npm. What it finds wrong on purpose stands in docs/third-party-checks.md. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApp } from '../support/app.ts';

type Check = { readonly name: string; readonly passed: boolean; readonly issue?: string };

const cli = join(dirname(createRequire(import.meta.url).resolve('ocpp-ws-cli/package.json')), 'dist', 'index.js');
const app = await startApp();
const reports = mkdtempSync(join(tmpdir(), 'dynamo-ocpp-ws-cli-'));
afterAll(async () => {
  await app.stop();
  rmSync(reports, { recursive: true, force: true });
});

/** Runs all suites without a terminal; the credentials travel in the URL, as the tool has no option for them. */
async function checks(protocol: string, strict: boolean): Promise<Check[]> {
  const { identity, key } = await app.chargePoint({ strict });
  const folder = mkdtempSync(join(reports, 'report-'));
  const endpoint = app.ocppUrl.replace('ws://', `ws://${identity}:${key}@`);
  const options = ['--endpoint', endpoint, '--identity', identity, '--protocol', protocol, '--suite', 'all'];
  const report = ['--report', 'json', '--report-dir', folder];
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, [cli, 'test', ...options, ...report], { timeout: 110_000 }, (cause, stdout, stderr) =>
      cause === null ? resolve() : reject(new Error(`${cause.message}\n${stdout}\n${stderr}`)),
    );
  });
  const file = readdirSync(folder).find((name) => name.endsWith('.json'));
  const { testResults } = JSON.parse(readFileSync(join(folder, file ?? ''), 'utf8')) as { testResults: Check[] };
  return testResults;
}

/** What the tool finds wrong, and why it stays so: docs/third-party-checks.md. */
const JUSTIFIED = {
  strict: ['Server rejects oversized frames (>128KB)'],
  tolerant: [
    'Server rejects oversized frames (>128KB)',
    'Server enforces MessageId is a string',
    'Server rejects missing payload in CALL',
    'Server rejects non-object payload in CALL',
  ],
};

const PROTOCOLS = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const;
const cases = PROTOCOLS.flatMap((protocol) => [[protocol, 'strict'] as const, [protocol, 'tolerant'] as const]);
const results = new Map<string, Check[]>();
beforeAll(async () => {
  // All at once: they mostly wait.
  await Promise.all(
    cases.map(async ([protocol, mode]) =>
      results.set(`${protocol} ${mode}`, await checks(protocol, mode === 'strict')),
    ),
  );
});

test.each(cases)('over %s a %s charge point passes every check, but for those that are justified', (protocol, mode) => {
  const made = results.get(`${protocol} ${mode}`) ?? [];
  expect(made.length).toBeGreaterThanOrEqual(21);
  expect(made.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(JUSTIFIED[mode]);
});
