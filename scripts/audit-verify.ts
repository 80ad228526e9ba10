/** scripts/audit-verify: says whether the audit log is whole, from its first kept entry to its last; in the database, or in a file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type Finding, verifyAll, verifyFile } from '../src/audit/index.ts';
import { installationHome, loadConfig } from '../src/config/index.ts';
import { AppError } from '../src/platform/errors.ts';
import { openKeyRing } from '../src/secrets/index.ts';
import { runProgram, withInstallation } from './kit/with-installation.ts';

type Head = { readonly organizationId: string; readonly position: number; readonly mac: string };
type Options = { organization?: string; expect?: readonly Head[]; file?: string };

function headOf(text: string, before: readonly Head[] = []): readonly Head[] {
  const [organizationId = '', position = '', mac = '', ...more] = text.split(':');
  if (more.length > 0 || !/^\d{1,15}$/.test(position) || !/^[0-9a-f]{64}$/.test(mac))
    throw new InvalidArgumentError(
      'It wants ORGANIZATION:POSITION:MAC, as GET /audit/head and this program tell them.',
    );
  return [...before, { organizationId, position: Number(position), mac }];
}

const told = ({ organizationId, position, what }: Finding): string =>
  position === 0 ? `${organizationId}: ${what}` : `${organizationId}, entry ${position}: ${what}`;

/** With the key ring alone: SECRET_KEYS, or the file in DATA_DIR, which is not made here. */
async function verifyExport(file: string, { organization, expect = [] }: Options): Promise<void> {
  const { secretKeys, dataDir } = loadConfig(process.env, installationHome());
  if (secretKeys === undefined && !existsSync(join(dataDir, 'secret-keys')))
    throw new AppError('not_found', `There is no key ring: set SECRET_KEYS, or DATA_DIR (now ${dataDir})`);
  const keys = openKeyRing({ keys: secretKeys, dataDir }).peppers('audit');
  const { organizationId, entries, position, mac, findings, isPart } = await verifyFile({ keys, heads: expect }, file);
  if (organization !== undefined && organizationId !== organization)
    throw new AppError('conflict', `${file} is the audit log of ${organizationId || 'nobody'}, not of ${organization}`);
  if (findings.length > 0) throw new AppError('conflict', findings.map(told).join('\n'));
  for (const head of expect)
    if (head.organizationId !== organizationId)
      throw new AppError('conflict', `${head.organizationId}: ${file} has no audit log of it`);
  if (position === 0) return console.log('There was no entry when it was exported.');
  if (isPart) {
    console.log(
      `${organizationId}: ${entries} entries, each genuine. The file is a part: it cannot show that nothing is missing.`,
    );
    if (expect.length > 0) throw new AppError('conflict', 'A part cannot show whether it contains a noted head.');
    return;
  }
  console.log(`${organizationId}: ${entries} entries, whole.`);
  console.log(`  it ends with ${organizationId}:${position}:${mac}`);
}

async function verify(options: Options): Promise<void> {
  const { organization, expect = [], file } = options;
  if (file !== undefined) return verifyExport(file, options);
  await withInstallation(async ({ db, keyRing }) => {
    const found: string[] = [];
    const seen = new Set<string>();
    for await (const verified of verifyAll({ db, keys: keyRing.peppers('audit'), heads: expect })) {
      const { organizationId, entries, position, mac, findings } = verified;
      if (organization !== undefined && organizationId !== organization) continue;
      seen.add(organizationId);
      if (findings.length === 0) console.log(`${organizationId}: ${entries} entries, whole.`);
      found.push(...findings.map(told));
      if (position > 0) console.log(`  it ends with ${organizationId}:${position}:${mac}`);
    }
    for (const { organizationId } of expect)
      if (!seen.has(organizationId)) found.push(`${organizationId}: it has no audit log at all`);
    if (organization !== undefined && !seen.has(organization))
      throw new AppError('not_found', `There is no audit log of ${organization}`);
    if (found.length > 0) throw new AppError('conflict', found.join('\n'));
  });
}

await runProgram(
  new Command('audit-verify')
    .description(
      [
        'Reads the audit log of every organization and says where it was altered: an entry changed, added or taken out by who can write',
        'the database but has not the key ring. Exit code 1 if anything was found. With the server running or not.',
      ].join('\n'),
    )
    .option('--organization <id>', 'of this organization alone')
    .option(
      '--file <path>',
      'a file of GET /api/v1/audit/export, with the key ring (SECRET_KEYS, or DATA_DIR/secret-keys) and without the database',
    )
    .option(
      '--expect <head>',
      'ORGANIZATION:POSITION:MAC that was noted earlier and kept elsewhere: it must still be part of the log (repeatable)',
      headOf,
    )
    .showHelpAfterError()
    .action(verify),
);
