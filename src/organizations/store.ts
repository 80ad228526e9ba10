/** Rows of organizations. */
import type { Database } from '../database/contract.ts';

type Needs = Pick<Database, 'prisma'>;

export type OrganizationRow = {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly timezone: string;
  readonly authorizationPolicy: string;
  readonly uncommissioned: string;
  readonly legalName: string | null;
  readonly address: string | null;
  readonly vatId: string | null;
  readonly countryCode: string | null;
  readonly partyId: string | null;
  readonly driverMessages: boolean;
  readonly driverLanguage: string;
  readonly receiptUrl: string | null;
  readonly requireSecondFactor: boolean;
  readonly createdAt: Date;
};

export async function organizationById({ prisma }: Needs, id: string): Promise<OrganizationRow | undefined> {
  return (await prisma.organization.findUnique({ where: { id } })) ?? undefined;
}

export type OrganizationChanges = {
  readonly [Field in 'name' | 'currency' | 'timezone' | 'authorizationPolicy' | 'uncommissioned' | 'driverLanguage']?:
    | string
    | undefined;
} & { readonly [Field in 'driverMessages' | 'requireSecondFactor']?: boolean | undefined } & {
  readonly [Field in 'legalName' | 'address' | 'vatId' | 'countryCode' | 'partyId' | 'receiptUrl']?:
    | string
    | null
    | undefined;
};

/** Undefined: there is no such organization. */
export async function changeOrganization(
  { prisma }: Needs,
  id: string,
  changes: OrganizationChanges,
): Promise<OrganizationRow | undefined> {
  const { name, currency, timezone, authorizationPolicy, uncommissioned } = changes;
  const {
    legalName,
    address,
    vatId,
    countryCode,
    partyId,
    driverMessages,
    driverLanguage,
    receiptUrl,
    requireSecondFactor,
  } = changes;
  const data = {
    ...(name !== undefined && { name }),
    ...(currency !== undefined && { currency }),
    ...(timezone !== undefined && { timezone }),
    ...(authorizationPolicy !== undefined && { authorizationPolicy }),
    ...(uncommissioned !== undefined && { uncommissioned }),
    ...(legalName !== undefined && { legalName }),
    ...(address !== undefined && { address }),
    ...(vatId !== undefined && { vatId }),
    ...(countryCode !== undefined && { countryCode }),
    ...(partyId !== undefined && { partyId }),
    ...(driverMessages !== undefined && { driverMessages }),
    ...(driverLanguage !== undefined && { driverLanguage }),
    ...(receiptUrl !== undefined && { receiptUrl }),
    ...(requireSecondFactor !== undefined && { requireSecondFactor }),
  };
  const [row] = await prisma.organization.updateManyAndReturn({ where: { id }, data });
  return row;
}
