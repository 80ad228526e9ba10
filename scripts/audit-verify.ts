/** scripts/audit-verify: says whether the audit log is whole, from its first kept entry to its last. */
import { Command, InvalidArgumentError } from 'commander';
import { verifyAll } from '../src/audit/index.ts';
import { AppError } from '../src/platform/errors.ts';
import { runProgram, withInstallation } from './kit/with-installation.ts';

type Head = { readonly organizationId: string; readonly position: number; readonly mac: string };
type Options = { organization?: string; expect?: readonly Head[] };

function headOf(text: string, before: readonly Head[] = []): readonly Head[] {
  const [organizationId = '', position = '', mac = '', ...more] = text.split(':');
  if (more.length > 0 || !/^\d{1,15}$/.test(position) || !/^[0-9a-f]{64}$/.test(mac))
    throw new InvalidArgumentError(
      'It wants ORGANIZATION:POSITION:MAC, as GET /audit/head and this program tell them.',
    );
  return [...before, { organizationId, position: Number(position), mac }];
}

async function verify({ organization, expect = [] }: Options): Promise<void> {
  await withInstallation(async ({ db, keyRing }) => {
    const told: string[] = [];
    const seen = new Set<string>();
    for await (const verified of verifyAll({ db, keys: keyRing.peppers('audit'), heads: expect })) {
      const { organizationId, entries, position, mac, findings } = verified;
      if (organization !== undefined && organizationId !== organization) continue;
      seen.add(organizationId);
      if (findings.length === 0) console.log(`${organizationId}: ${entries} entries, whole.`);
      for (const { position: at, what } of findings)
        told.push(at === 0 ? `${organizationId}: ${what}` : `${organizationId}, entry ${at}: ${what}`);
      if (position > 0) console.log(`  it ends with ${organizationId}:${position}:${mac}`);
    }
    for (const { organizationId } of expect)
      if (!seen.has(organizationId)) told.push(`${organizationId}: it has no audit log at all`);
    if (organization !== undefined && !seen.has(organization))
      throw new AppError('not_found', `There is no audit log of ${organization}`);
    if (told.length > 0) throw new AppError('conflict', told.join('\n'));
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
      '--expect <head>',
      'ORGANIZATION:POSITION:MAC that was noted earlier and kept elsewhere: it must still be part of the log (repeatable)',
      headOf,
    )
    .showHelpAfterError()
    .action(verify),
);
