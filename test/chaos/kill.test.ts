/**
 * The process is killed with SIGKILL at random moments under load, again and again; chargers repeat themselves like chargers
 * do. What was acknowledged must be there, once; every event and every delivery must be exactly right (6-reliability-security).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { faults, planted } from '../../scripts/chaos/faults.ts';
import { killRounds } from '../../scripts/chaos/kill.ts';
import { startReceiver } from '../../scripts/chaos/receiver.ts';
import { anInstallation, aServerNode, YOUNG_SPACE } from '../../scripts/chaos/server-node.ts';
import { createLocalCertificate } from '../../scripts/kit/certificate.ts';
import { installationRoot } from '../../src/config/index.ts';
import { testDatabase } from '../support/db.ts';

/** Each start of the server costs two seconds of CPU; npm run chaos does more. */
const ROUNDS = 5;

const db = await testDatabase();
const certificate = await createLocalCertificate(1);
const receiver = await startReceiver(certificate);
const installation = anInstallation(db.url, certificate.ca);
const node = await aServerNode(installation, { flags: [YOUNG_SPACE] });
afterAll(async () => {
  node.abandon();
  await receiver.close();
  await db.close();
  installation.remove();
});

test(
  `killed ${ROUNDS} times under load, nothing that was acknowledged is lost, doubled or told wrongly`,
  async () => {
    const found = await killRounds({ db, node, receiver }, { rounds: ROUNDS });
    expect(found.broken).toEqual([]);
    expect(found.rounds).toBe(ROUNDS);
  },
  120_000 + ROUNDS * 20_000,
);

test.each(faults)('the fault "$name" can be planted into the program as it is', ({ patches }) => {
  const texts = new Map<string, string>();
  for (const patch of patches) {
    const text = texts.get(patch.file) ?? readFileSync(join(installationRoot(), 'dist', 'src', patch.file), 'utf8');
    texts.set(patch.file, planted(text, patch));
  }
  for (const [file, text] of texts) expect({ file, length: text.length }).not.toEqual({ file, length: 0 });
});
