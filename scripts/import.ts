/** scripts/import: charge points, tokens and tariffs from CSV, of this program, of SteVe or of CitrineOS. */
import { createReadStream, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { createAudit } from '../src/audit/index.ts';
import { migrate, migrationsFolder } from '../src/database/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { AppError } from '../src/platform/errors.ts';
import { openKeyRing } from '../src/secrets/index.ts';
import { inOneTransaction } from './kit/one-transaction.ts';
import { organizationId, runProgram } from './kit/with-installation.ts';
import { withServer } from './kit/with-server.ts';
import { rowsOf } from './transfer/csv.ts';
import { openRooms } from './transfer/rooms.ts';
import { type Kind, kinds, NEEDED, type Source, sources } from './transfer/shapes.ts';
import { type Outcome, takeIn } from './transfer/take-in.ts';

type Options = { from: Source; organization?: string; dryRun?: boolean; keys?: string };

const say = (_fields: object, message: string): void => console.error(message);
const log = { debug: () => undefined, info: () => undefined, warn: say, error: say };
/** That a connection was lost is thrown by what was asked of it. */
const silent = { ...log, warn: () => undefined };

function tell(
  file: string,
  { created, changed, unchanged, keys }: Outcome,
  { dryRun = false, keys: place }: Options,
): void {
  const counts = `${created} created, ${changed} changed, ${unchanged} unchanged`;
  console.log(dryRun ? `${file}: would be ${counts}. Nothing was written.` : `${file}: ${counts}.`);
  if (keys.length === 0 || dryRun) return;
  console.log(
    place === undefined
      ? `${keys.length} charge points have a key that nobody has seen: say --keys FILE next time, or make new ones (POST /charge-points/{id}/rotate-key).`
      : `${keys.length} keys of chargers, shown this once: ${place}`,
  );
}

/** Before the commit: keys that cannot be written are better not made. */
const writeKeys = (place: string, keys: Outcome['keys']): void =>
  writeFileSync(place, `identity,key\r\n${keys.map(({ identity, key }) => `${identity},${key}\r\n`).join('')}`, {
    flag: 'wx',
    mode: 0o600,
  });

async function run(kind: Kind, file: string, options: Options): Promise<void> {
  const { from, dryRun = false, keys: place } = options;
  if (NEEDED[from][kind] === undefined)
    throw new AppError('validation_failed', `${kind} of ${from} cannot be imported; see docs/import.md`);
  await withServer(async ({ config, connection }) => {
    await migrate({ connection, folder: migrationsFolder(), log });
    const keyRing = openKeyRing({ keys: config.secretKeys, dataDir: config.dataDir });
    const source = createReadStream(file, { encoding: 'utf8' });
    source.on('error', () => undefined); // whoever reads it hears of it; until then nobody would
    let outcome: Outcome | undefined;
    await inOneTransaction(connection, silent, async ({ db, step }) => {
      const audit = createAudit({ db, keys: keyRing.peppers('audit'), clock: systemClock, log });
      const organization = await organizationId({ db, keyRing, audit }, options.organization);
      const peppers = keyRing.peppers('charger-key');
      const rooms = openRooms({ db, organizationId: organization, peppers, publicUrl: config.http.publicUrl });
      outcome = await takeIn(rowsOf(source), { source: from, kind, rooms, step });
      const { created, changed, unchanged, keys, faults } = outcome;
      if (faults.length > 0)
        throw new AppError('validation_failed', `${faults.join('\n')}\n${file}: nothing was written.`);
      if (dryRun) return false;
      await audit.byScript(organization, 'import', { kind, source: from, created, changed, unchanged });
      if (place !== undefined) writeKeys(place, keys);
      return true;
    });
    if (outcome !== undefined) tell(file, outcome, options);
  });
}

const program = new Command('import').description(
  [
    'Takes a CSV file in, whole or not at all, with the rules of the REST API and the line of every fault. What exists is changed to what the file',
    'says; an empty field changes nothing; a second run changes nothing. With the server running or not. Columns: docs/import.md.',
  ].join('\n'),
);
for (const kind of kinds)
  program
    .command(kind)
    .description(`take ${kind.replace('-', ' ')} in`)
    .argument('<file>', 'CSV, UTF-8, with the names of the columns in its first line')
    .addOption(new Option('--from <system>', 'whose columns they are').choices(sources).default('dynamo'))
    .option('--organization <id>', 'whose they become (default: the only one there is)')
    .option('--dry-run', 'do all of it, say what would happen, and take it back')
    .option('--keys <file>', 'where the keys that are made for charge points go, readable by you alone')
    .showHelpAfterError()
    .action((file: string, options: Options) => run(kind, file, options));
await runProgram(program);
