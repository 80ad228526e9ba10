/** scripts/export: charge points, tokens and tariffs as CSV, as scripts/import takes them. */
import { Command } from 'commander';
import { systemClock } from '../src/platform/clock.ts';
import { organizationId, runProgram, withInstallation } from './kit/with-installation.ts';
import { giveOut } from './transfer/give-out.ts';
import { openRooms } from './transfer/rooms.ts';
import { type Kind, kinds } from './transfer/shapes.ts';

async function run(kind: Kind, { organization }: { organization?: string }): Promise<void> {
  await withInstallation(async (installation) => {
    const { db, keyRing, audit } = installation;
    const id = await organizationId(installation, organization);
    const rooms = openRooms({ db, organizationId: id, peppers: keyRing.peppers('charger-key'), publicUrl: undefined });
    for await (const text of giveOut(rooms, kind))
      if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    await audit.byScript(id, 'export', { kind, at: systemClock.now().toISOString() });
  });
}

const program = new Command('export').description(
  'Writes what an organization has as CSV to standard output, for scripts/import of another installation. Without keys.',
);
for (const kind of kinds)
  program
    .command(kind)
    .description(`${kind.replace('-', ' ')} as CSV`)
    .option('--organization <id>', 'whose (default: the only one there is)')
    .showHelpAfterError()
    .action((options: { organization?: string }) => run(kind, options));
await runProgram(program);
