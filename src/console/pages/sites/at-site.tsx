/** What stands at a site, counted from the charge points that the page keeps, and where it is. */
import { Group, Text } from '@mantine/core';
import { type ChargePoint, isIn } from '../../api/fleet.ts';
import type { Site } from '../../api/sites.ts';
import { sites } from '../../texts/sites.ts';
import { useWords } from '../../texts/words.ts';
import { Status } from '../../ui/status.tsx';

export const placeOf = ({ address, postal_code, city, country }: Site): string =>
  [address, [postal_code, city].filter(Boolean).join(' '), country].filter(Boolean).join(', ');

export function SiteState({
  siteId,
  all,
}: {
  readonly siteId: string;
  readonly all: readonly ChargePoint[] | undefined;
}) {
  const w = useWords(sites);
  if (all === undefined) return null;
  const here = all.filter(({ site_id }) => site_id === siteId);
  if (here.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {w.noChargePoints}
      </Text>
    );
  }
  const count = (state: 'online' | 'charging' | 'faulted'): number => here.filter((each) => isIn(each, state)).length;
  const [online, charging, faulted] = [count('online'), count('charging'), count('faulted')];
  return (
    <Group gap="md">
      <Status tone={online === here.length ? 'ok' : 'off'} hollow={online === 0}>
        {w.online(online, here.length)}
      </Status>
      {charging > 0 && <Status tone="busy">{w.charging(charging)}</Status>}
      {faulted > 0 && <Status tone="bad">{w.faulted(faulted)}</Status>}
    </Group>
  );
}
