/** What somebody may: a role, and perhaps some sites only. */
import { MultiSelect, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '../../api/sites.ts';
import { useMe } from '../../api/use-session.ts';
import type { Texts } from '../../texts/en.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';

export type Role = keyof Texts['account']['role'];
const roles: readonly Role[] = ['owner', 'admin', 'operator', 'installer', 'billing', 'viewer'];

export function Standing(props: {
  readonly role: Role;
  readonly sites: readonly string[];
  readonly change: (changed: { role?: Role; sites?: string[] }) => void;
  readonly faults: { readonly role: string | undefined; readonly sites: string | undefined };
}) {
  const { role, sites: chosen, change, faults } = props;
  const t = useTexts();
  const w = useWords(organizationTexts);
  const me = useMe();
  const sites = useQuery(sitesQuery);
  // only an owner makes owners
  const among = roles.filter((each) => each !== 'owner' || me.user?.role === 'owner' || role === 'owner');
  return (
    <>
      <Select
        label={w.role}
        description={w.roles[role]}
        data={among.map((value) => ({ value, label: t.account.role[value] }))}
        value={role}
        onChange={(value) => change({ role: roles.find((each) => each === value) ?? 'viewer' })}
        allowDeselect={false}
        error={faults.role}
      />
      <MultiSelect
        label={w.sites}
        description={w.sitesHint}
        data={sites.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={[...chosen]}
        onChange={(value) => change({ sites: value })}
        error={faults.sites}
        searchable
        clearable
      />
    </>
  );
}
