/** scripts/create-api-key: a key for the REST API, also when nobody has one any more. The key is printed and nowhere kept. */
import { Command, InvalidArgumentError } from 'commander';
import { createCreateApiKey } from '../src/auth/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type Scope, scopes } from '../src/platform/principal.ts';
import { organizationId, runProgram, withInstallation } from './kit/with-installation.ts';

type Options = {
  name: string;
  scopes: readonly Scope[];
  organization?: string;
  expiresInDays?: number;
  quiet?: boolean;
};

function scopeList(text: string): readonly Scope[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const unknown = words.find((word) => !scopes.some((scope) => scope === word));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no scope ${unknown}; there are: ${scopes.join(', ')}`);
  if (words.length === 0) throw new InvalidArgumentError('It wants at least one scope.');
  return scopes.filter((scope) => words.includes(scope));
}

function days(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 3650) return number;
  throw new InvalidArgumentError('It wants a whole number of days from 1 to 3650.');
}

async function createKey(options: Options): Promise<void> {
  await withInstallation(async (installation) => {
    const { db, keyRing, audit } = installation;
    const createApiKey = createCreateApiKey({ db, peppers: keyRing.peppers('api-key'), clock: systemClock });
    const { expiresInDays } = options;
    const organization = await organizationId(installation, options.organization);
    const { id, key } = await createApiKey({
      organizationId: organization,
      name: options.name,
      scopes: options.scopes,
      expiresAt: expiresInDays === undefined ? null : new Date(Date.now() + expiresInDays * 86_400_000),
      createdBy: null,
    });
    await audit.byScript(organization, 'create-api-key', { id, name: options.name, scopes: options.scopes });
    if (options.quiet === true) return console.log(key);
    console.log(`Created key ${id} "${options.name}" with ${options.scopes.join(', ')}.`);
    console.log(`API key, shown this once: ${key}`);
  });
}

await runProgram(
  new Command('create-api-key')
    .description('Creates an API key, with the server running or not. Prints it once.')
    .requiredOption('--name <name>', 'what it is for')
    .option('--scopes <list>', `separated by commas; there are: ${scopes.join(', ')} (default: all)`, scopeList, scopes)
    .option('--organization <id>', 'of which organization (default: the only one there is)')
    .option('--expires-in-days <days>', 'until when it is valid (default: for ever)', days)
    .option('--quiet', 'print the key alone, for programs')
    .showHelpAfterError()
    .action(createKey),
);
