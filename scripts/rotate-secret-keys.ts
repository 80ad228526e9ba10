/** scripts/rotate-secret-keys: brings secrets under the first key of the ring, and says which other keys may go. */
import { Command } from 'commander';
import { AppError } from '../src/platform/errors.ts';
import { liveProcesses, type Rotation, rotateSecretKeys } from '../src/secrets/index.ts';
import { type Installation, runProgram, withInstallation } from './kit/with-installation.ts';

type Options = { dryRun?: boolean; processesRestarted?: boolean };

/** A server that does not know the new key could open nothing any more. */
async function requireRestart({ db, keyRing }: Installation, options: Options): Promise<void> {
  const running = await liveProcesses(db);
  if (running.length === 0 || options.dryRun === true || options.processesRestarted === true) return;
  const list = running.map(
    ({ host, pid, startedAt }) => `  process ${pid} on ${host}, since ${startedAt.toISOString()}`,
  );
  throw new AppError(
    'conflict',
    [
      `The server is running. Processes that were started without the key "${keyRing.kids[0]}" could not sign webhooks any more:`,
      ...list,
      'Restart those that are older than the key, then say --processes-restarted; or stop the server.',
    ].join('\n'),
  );
}

function tell(rotation: Rotation, kids: readonly string[], isDryRun: boolean): void {
  const { sealed, missing, usage, removable, removableLater } = rotation;
  const [current = ''] = kids;
  if (missing.length > 0) {
    const list = missing.map(({ what, kid, rows }) => `  ${rows} ${what} under the key "${kid}"`);
    throw new AppError(
      'conflict',
      `Nothing was written: keys are missing from the key ring.\n${list.join('\n')}\nPut them back (behind the first one), or give up what hangs on them: new secrets for the endpoints and QR codes, new API keys, new charger keys.`,
    );
  }
  console.log(`Key ring: ${kids.join(', ')}; the first one is current.`);
  for (const { of, looked, resealed } of sealed)
    if (looked > 0 || of.table === 'webhook_endpoints')
      console.log(`${of.table}: ${looked} secrets, ${resealed}${isDryRun ? ' to be' : ''} brought under "${current}".`);
  for (const { what, kid, rows } of usage) if (kid !== current) console.log(`  ${rows} ${what} hang on "${kid}"`);
  for (const { kid, at } of removableLater)
    console.log(
      `"${kid}" may be removed from SECRET_KEYS after ${at.toISOString()}, when what it holds for a day has expired.`,
    );
  if (removable.length > 0)
    console.log(`May be removed from SECRET_KEYS now: ${removable.map((kid) => `"${kid}"`).join(', ')}.`);
  const held = usage.filter(({ what, kid }) => kid !== current && (what === 'API keys' || what === 'charger keys'));
  if (held.length > 0)
    console.log(
      'API keys and charger keys are kept as hashes and cannot be brought under another key: keep theirs, or replace them.',
    );
  if (usage.some(({ what, kid }) => kid !== current && what === 'audit entries'))
    console.log('Entries of the audit log can be verified as long as their key is in the ring (AUDIT_RETENTION_DAYS).');
  const altered = sealed.flatMap(({ of, broken }) =>
    broken.length === 0 ? [] : [`${of.what} (${of.table}): ${broken.join(', ')}. ${of.remedy}.`],
  );
  if (altered.length > 0)
    throw new AppError(
      'conflict',
      `These do not open, although their key is there; they were altered.\n${altered.join('\n')}`,
    );
}

await runProgram(
  new Command('rotate-secret-keys')
    .description(
      [
        'Re-encrypts what is kept sealed (secrets of webhooks and of web payments, development CAs) with the first key of the ring',
        '(SECRET_KEYS, or DATA_DIR/secret-keys), and says which old keys nothing hangs on any more. In batches, beside the server or without it; it may be stopped and run again at any time.',
        'First put the new key in front of the old ones, and restart every process of the server.',
      ].join('\n'),
    )
    .option('--dry-run', 'write nothing, only tell')
    .option('--processes-restarted', 'all running processes were started with the new key')
    .showHelpAfterError()
    .action((options: Options) =>
      withInstallation(async (installation) => {
        await requireRestart(installation, options);
        const { db, keyRing } = installation;
        const isDryRun = options.dryRun === true;
        const rotation = await rotateSecretKeys({
          db,
          keyRing,
          isDryRun,
        });
        tell(rotation, keyRing.kids, isDryRun);
      }),
    ),
);
