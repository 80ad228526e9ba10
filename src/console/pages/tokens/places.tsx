/** Where a token, or a group of them, may charge: some sites and charge points, or everywhere. */
import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { nameOf } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
import { tokenTexts } from '../../texts/tokens.ts';
import { useWords } from '../../texts/words.ts';
import { useChargePoints } from '../../ui/live.tsx';

/** So many of each the API takes. */
const MOST = 100;

export type PlacesChosen = { readonly sites: readonly string[]; readonly points: readonly string[] };

export function Places(props: {
  readonly chosen: PlacesChosen;
  readonly change: (changed: { sites?: string[]; points?: string[] }) => void;
  readonly faults: Readonly<Record<string, string>>;
}) {
  const { chosen, change, faults } = props;
  const w = useWords(tokenTexts);
  const sites = useQuery(sitesQuery);
  const { fleet } = useChargePoints();
  return (
    <>
      <MultiSelect
        label={w.sites}
        placeholder={chosen.sites.length + chosen.points.length === 0 ? w.everywhere : ''}
        data={sites.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={[...chosen.sites]}
        onChange={(value) => change({ sites: value })}
        error={faults['allowed_site_ids']}
        maxValues={MOST}
        limit={100}
        searchable
        clearable
      />
      <MultiSelect
        label={w.points}
        placeholder={chosen.sites.length + chosen.points.length === 0 ? w.everywhere : ''}
        data={fleet?.all.map((each) => ({ value: each.id, label: nameOf(each) })) ?? []}
        value={[...chosen.points]}
        onChange={(value) => change({ points: value })}
        error={faults['allowed_charge_point_ids']}
        maxValues={MOST}
        limit={100}
        searchable
        clearable
      />
    </>
  );
}
