/** scripts/doctor: says what is wrong with this installation, and what to do about it. */
import { Command } from 'commander';
import { installationHome } from '../src/config/index.ts';
import { checkUp } from './checkup/check-up.ts';
import { exitCodeOf, type Finding } from './checkup/finding.ts';

const SIGNS = { ok: 'ok      ', warning: 'WARNING ', fault: 'FAULT   ' } as const;

function tell(findings: readonly Finding[], isQuiet: boolean): void {
  for (const { check, level, what, remedy } of findings) {
    if (isQuiet && level === 'ok') continue;
    console.log(`${SIGNS[level]} ${check.padEnd(13)} ${what}`);
    if (remedy !== undefined) console.log(`${' '.repeat(23)}→ ${remedy}`);
  }
}

const program = new Command('doctor')
  .description(
    [
      'Looks at configuration, secrets, certificates, disks, ports, the database and its clock, migrations, partitions and queues, and says of each',
      'what is wrong and what to do. Beside the running server or without it; changes nothing. Best run as the user who runs the server.',
      'Exit code: 0 all is well, 1 something should be looked at, 2 something is broken.',
    ].join('\n'),
  )
  .option('--json', 'for programs: one array of findings')
  .option('--quiet', 'only what is not well')
  .showHelpAfterError()
  .action(async ({ json = false, quiet = false }: { json?: boolean; quiet?: boolean }) => {
    const findings = await checkUp({ env: process.env, folder: installationHome() });
    if (json) console.log(JSON.stringify(quiet ? findings.filter(({ level }) => level !== 'ok') : findings, null, 2));
    else tell(findings, quiet);
    process.exitCode = exitCodeOf(findings);
  });

try {
  await program.parseAsync();
} catch (cause) {
  console.error(`doctor: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 2;
}
process.exit();
