/** Rows of users. */
import type { Database } from '../database/contract.ts';

type Needs = Pick<Database, 'prisma'>;

export type UserRow = {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: string;
  readonly disabledAt: Date | null;
};
export type UserSecret = UserRow & { readonly passwordHash: string };

const shown = { id: true, organizationId: true, email: true, name: true, role: true, disabledAt: true } as const;

/** People type their address in any case; there is one account per address in the installation. */
export const emailKey = (email: string): string => email.trim().toLowerCase();

export async function userByEmail({ prisma }: Needs, email: string): Promise<UserSecret | undefined> {
  const select = { ...shown, passwordHash: true };
  return (await prisma.user.findUnique({ where: { email: emailKey(email) }, select })) ?? undefined;
}

/** For a token that names a user: its organization is what is asked for. */
export async function userById({ prisma }: Needs, id: string): Promise<UserRow | undefined> {
  return (await prisma.user.findUnique({ where: { id }, select: shown })) ?? undefined;
}

export type NewUser = Omit<UserSecret, 'disabledAt'>;

/** Undefined: there is an account with this address already. */
export async function insertUser({ prisma }: Needs, user: NewUser): Promise<UserRow | undefined> {
  const data = { ...user, email: emailKey(user.email) };
  const [row] = await prisma.user.createManyAndReturn({ data: [data], select: shown, skipDuplicates: true });
  return row;
}

export async function recordLogin({ prisma }: Needs, id: string, now: Date): Promise<void> {
  await prisma.user.updateMany({ where: { id }, data: { lastLoginAt: now } });
}
