/** scripts/create-admin: an account for a person, also when nobody can log in any more. A password is never an argument. */
import { Command, Option } from 'commander';
import { createCreateUser, createPasswords, type Role, roles } from '../src/auth/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { AppError } from '../src/platform/errors.ts';
import { newId } from '../src/platform/ids.ts';
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

async function organizationFor(installation: Installation, options: Options): Promise<string> {
  const { newOrganization: name } = options;
  if (name === undefined) return organizationId(installation, options.organization);
  const email = options.email.trim().toLowerCase();
  const taken = await installation.db.prisma.user.findUnique({ where: { email }, select: { id: true } });
  if (taken !== null) throw new AppError('conflict', `There is an account for ${email} already`);
  return (await installation.db.prisma.organization.create({ data: { id: newId('org'), name }, select: { id: true } }))
    .id;
}

async function createAdmin(options: Options): Promise<void> {
  if (!/^[^\s@]+@[^\s@]+$/.test(options.email))
    throw new AppError('validation_failed', `${options.email} is no e-mail address`);
  const password = options.passwordStdin === true ? await lineFromStdin() : newPassword();
  await withInstallation(async (installation) => {
    const createUser = createCreateUser({ db: installation.db, passwords: createPasswords(), clock: systemClock });
    const organization = await organizationFor(installation, options);
    const { role } = options;
    const { id, email } = await createUser({
      organizationId: organization,
      email: options.email,
      name: options.name ?? null,
      role,
      password,
    });
    await installation.audit.byScript(organization, 'create-admin', { id, email, role });
    console.log(`Created ${role} ${email} (${id}) of organization ${organization}.`);
    if (options.passwordStdin !== true) console.log(`Password, shown this once: ${password}`);
  });
}

await runProgram(
  new Command('create-admin')
    .description('Creates an account for a person, with the server running or not. Prints its password once.')
    .requiredOption('--email <address>', 'the login')
    .option('--name <name>', 'of the person')
    .addOption(new Option('--role <role>', 'what the person may do').choices(roles).default('owner'))
    .option('--organization <id>', 'of which organization (default: the only one there is)')
    .addOption(new Option('--new-organization <name>', 'create the organization too').conflicts('organization'))
    .option('--password-stdin', 'read the password from standard input instead of making one')
    .showHelpAfterError()
    .action(createAdmin),
);
