/** Rows of configuration_templates. */
import type { Database } from '../database/contract.ts';
import type { Prisma } from '../generated/prisma/client.ts';

export type Template = {
  readonly id: string;
  readonly name: string;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly values: Readonly<Record<string, string>>;
  readonly atBoot: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type TemplateContent = Omit<Template, 'id' | 'createdAt' | 'updatedAt'>;

/** * and ? of a glob as LIKE has them; what LIKE takes for its own is escaped. */
export const likeOf = (glob: string | null): string =>
  glob === null
    ? '%'
    : glob
        .replace(/[\\%_]/g, '\\$&')
        .replaceAll('*', '%')
        .replaceAll('?', '_');

const columns = (content: TemplateContent) => {
  const { vendor, model, firmware, values } = content;
  return {
    ...content,
    values: { ...values },
    vendorLike: likeOf(vendor),
    modelLike: likeOf(model),
    firmwareLike: likeOf(firmware),
    weight: [vendor, model, firmware].filter((glob) => glob !== null).length,
  };
};
const typed = (row: Prisma.ConfigurationTemplateGetPayload<object>): Template => ({
  ...row,
  values: row.values as Record<string, string>, // only columns() writes it
});

export type TemplateStore = ReturnType<typeof templateStore>;
export const templateStore = ({ prisma }: Pick<Database, 'prisma'>) => ({
  async find(organizationId: string, id: string): Promise<Template | undefined> {
    const row = await prisma.configurationTemplate.findFirst({ where: { organizationId, id } });
    return row === null ? undefined : typed(row);
  },
  async list(organizationId: string, page: { after: string | undefined; limit: number }): Promise<Template[]> {
    const rows = await prisma.configurationTemplate.findMany({
      where: { organizationId, ...(page.after === undefined ? {} : { id: { lt: page.after } }) },
      orderBy: { id: 'desc' },
      take: page.limit + 1,
    });
    return rows.map(typed);
  },
  count: (organizationId: string): Promise<number> => prisma.configurationTemplate.count({ where: { organizationId } }),
  async insert(organizationId: string, id: string, content: TemplateContent, now: Date): Promise<Template> {
    const data = { id, organizationId, ...columns(content), createdAt: now, updatedAt: now };
    return typed(await prisma.configurationTemplate.create({ data }));
  },
  /** False: there is none. */
  async update(organizationId: string, id: string, content: TemplateContent, now: Date): Promise<boolean> {
    const data = { ...columns(content), updatedAt: now };
    return (await prisma.configurationTemplate.updateMany({ where: { organizationId, id }, data })).count > 0;
  },
  async remove(organizationId: string, id: string): Promise<boolean> {
    return (await prisma.configurationTemplate.deleteMany({ where: { organizationId, id } })).count > 0;
  },
});
