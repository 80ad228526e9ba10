/** scripts/create-admin: an account for a person, also when nobody can log in any more. A password is never an argument. */
import { Command, Option } from 'commander';
import { createCreateUser, createFoundOrganization, createPasswords, type Role, roles } from '../src/auth/index.ts';
import { createAddPerson } from '../src/members/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { AppError } from '../src/platform/errors.ts';
import {
  type Installation,
  lineFromStdin,
  newPassword,
  organizationId,
  runProgram,
  withInstallation,
} from './kit/with-installation.ts';

type Options = {
  email: string;
  name?: string;
  role: Role;
  organization?: string;
  newOrganization?: string;
  passwordStdin?: boolean;
};

async function accountFor(installation: Installation, options: Options, password: string) {
  const { newOrganization, role } = options;
  const needs = { db: installation.db, passwords: createPasswords(), clock: systemClock };
  const person = { email: options.email, name: options.name ?? null, role, password };
  if (newOrganization !== undefined) return createFoundOrganization(needs)({ name: newOrganization, founder: person });
  return createCreateUser(needs)({
    ...person,
    organizationId: await organizationId(installation, options.organization),
  });
}

/** Who has an account already, and was perhaps removed, is made a member again. */
async function hasJoined(installation: Installation, { email, role, ...options }: Options): Promise<boolean> {
  if (options.newOrganization !== undefined) return false;
  const organization = await organizationId(installation, options.organization);
  const needs = { db: installation.db, clock: systemClock };
  const user = await createAddPerson(needs)({ organizationId: organization, email, role });
  if (user === undefined) return false;
  await installation.audit.byScript(organization, 'create-admin', { id: user.id, email: user.email, role });
  console.log(`Made ${user.email} (${user.id}) ${role} of organization ${organization}. The password stays as it was.`);
  return true;
}

async function createAdmin(options: Options): Promise<void> {
  if (!/^[^\s@]+@[^\s@]+$/.test(options.email))
    throw new AppError('validation_failed', `${options.email} is no e-mail address`);
  const password = options.passwordStdin === true ? await lineFromStdin() : newPassword();
  await withInstallation(async (installation) => {
    if (await hasJoined(installation, options)) return;
    const { id, email, organizationId: organization } = await accountFor(installation, options, password);
    const { role } = options;
    await installation.audit.byScript(organization, 'create-admin', { id, email, role });
    console.log(`Created ${role} ${email} (${id}) of organization ${organization}.`);
    if (options.passwordStdin !== true) console.log(`Password, shown this once: ${password}`);
  });
}

await runProgram(
  new Command('create-admin')
    .description(
      'Creates an account for a person, with the server running or not, and prints its password once. Who has one is made a member.',
    )
    .requiredOption('--email <address>', 'the login')
    .option('--name <name>', 'of the person')
    .addOption(new Option('--role <role>', 'what the person may do').choices(roles).default('owner'))
    .option('--organization <id>', 'of which organization (default: the only one there is)')
    .addOption(new Option('--new-organization <name>', 'create the organization too').conflicts('organization'))
    .option('--password-stdin', 'read the password from standard input instead of making one')
    .showHelpAfterError()
    .action(createAdmin),
);
