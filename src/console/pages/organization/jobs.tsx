/** The charge points that an installer works at: nothing else exists for him. */
import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, done } from '../../api/client.ts';
import { nameOf } from '../../api/fleet.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useChargePoints } from '../../ui/live.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';

export function Jobs({ memberId }: { readonly memberId: string }) {
  const w = useWords(organizationTexts);
  const queries = useQueryClient();
  const { fleet } = useChargePoints();
  const [point, setPoint] = useState<string | null>(null);
  const pages = usePages({
    queryKey: ['jobs', memberId],
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/members/{id}/jobs', { params: { path: { id: memberId }, query: { limit: 50, cursor } } }),
      ),
  });
  const changed = (): Promise<unknown> => queries.invalidateQueries({ queryKey: ['jobs', memberId] });
  const params = (charge_point_id: string) => ({ path: { id: memberId, charge_point_id } });
  const give = useMutation({
    mutationFn: (id: string) => done(api.PUT('/api/v1/members/{id}/jobs/{charge_point_id}', { params: params(id) })),
    onSuccess: async () => {
      setPoint(null);
      await changed();
    },
  });
  const take = useMutation({
    mutationFn: (id: string) => done(api.DELETE('/api/v1/members/{id}/jobs/{charge_point_id}', { params: params(id) })),
    onSuccess: changed,
  });
  const rows = pages.rows?.map((job) => ({ ...job, id: job.charge_point_id })) ?? [];
  const free = fleet?.all.filter(({ id }) => rows.every((job) => job.id !== id)) ?? [];
  return (
    <Section title={w.jobs} hint={w.jobsHint}>
      <Stack gap="sm">
        <Group align="flex-end">
          <Select
            label={w.job}
            data={free.map((each) => ({ value: each.id, label: nameOf(each) }))}
            value={point}
            onChange={setPoint}
            limit={100}
            searchable
            style={{ flex: '1 1 14rem' }}
          />
          <Button
            variant="default"
            disabled={point === null}
            loading={give.isPending}
            onClick={() => point !== null && give.mutate(point)}
          >
            {w.giveJob}
          </Button>
        </Group>
        <ErrorNote cause={pages.error ?? give.error ?? take.error} />
        {rows.length > 0 && (
          <Card p={0} label={w.jobs}>
            <Rows
              isOwn
              rows={rows}
              columns={[
                {
                  name: w.job,
                  of: ({ identity, name }) => (
                    <Text size="sm" fw={600}>
                      {name ?? identity}
                    </Text>
                  ),
                },
                {
                  name: '',
                  isNumber: true,
                  of: ({ id, identity, name }) => (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => take.mutate(id)}
                      aria-label={`${w.takeJob}: ${name ?? identity}`}
                    >
                      {w.takeJob}
                    </Button>
                  ),
                },
              ]}
            />
          </Card>
        )}
        <More pages={pages} />
      </Stack>
    </Section>
  );
}
