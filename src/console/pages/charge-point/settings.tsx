/** The name of a charge point, where it stands, whether it is in operation, how it connects, and its end. */
import { Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { answer, api, done } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { type ChargePoint, putIntoFleet, takeOutOfFleet } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
import { sites } from '../../texts/sites.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card } from '../../ui/page.tsx';
import { useGo } from '../../ui/use-go.ts';

const NONE = 'none';

export default function Settings({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const queries = useQueryClient();
  const navigate = useGo();
  const { id, identity } = chargePoint;
  const params = { path: { id } };
  const [name, setName] = useState(chargePoint.name ?? '');
  const [question, setQuestion] = useState<Question>();
  const save = useMutation({
    mutationFn: () =>
      answer(
        api.PATCH('/api/v1/charge-points/{id}', { params, body: { name: name.trim() === '' ? null : name.trim() } }),
      ),
    onSuccess: (changed) => {
      putIntoFleet(queries, changed);
      tellDone(t.chargePoint.saved, t);
    },
  });
  const askRemove = (): void =>
    setQuestion({
      title: t.chargePoint.removeTitle(identity),
      text: t.chargePoint.removeText,
      yes: t.chargePoint.remove,
      typed: identity,
      async do() {
        await done(api.DELETE('/api/v1/charge-points/{id}', { params }));
        takeOutOfFleet(queries, id);
        tellDone(t.chargePoint.removed(identity), t);
        navigate('/charge-points', { replace: true });
      },
    });
  return (
    <Stack>
      <Card>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <Group align="flex-end">
            <TextInput
              label={t.chargePoint.edit}
              placeholder={identity}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={faultsByField(save.error)['name']}
              style={{ flex: '1 1 14rem' }}
              maw={420}
            />
            <Button type="submit" variant="default" loading={save.isPending}>
              {t.chargePoint.save}
            </Button>
          </Group>
          <ErrorNote cause={save.error} except={['name']} />
        </form>
      </Card>
      <Place chargePoint={chargePoint} />
      <Card>
        <Group justify="space-between">
          <div>
            <Title order={2}>{t.chargePoint.lifecycle}</Title>
            <Text size="sm" c="dimmed">
              {t.chargePoint.lifecycles[chargePoint.lifecycle]}
            </Text>
          </div>
          <Button
            component={Link}
            to={`/charge-points/${id}/commission`}
            variant="default"
            leftSection={<Icon name="checklist" size={16} />}
          >
            {t.chargePoint.commission}
          </Button>
        </Group>
      </Card>
      <Card>
        <Group justify="space-between">
          <Title order={2}>{t.chargePoint.connection}</Title>
          <Group>
            <Button
              component={Link}
              to={`/connect/${id}`}
              variant="default"
              leftSection={<Icon name="key" size={16} />}
            >
              {t.chargePoint.howToConnect}
            </Button>
            <Button variant="outline" color="red.8" leftSection={<Icon name="remove" size={16} />} onClick={askRemove}>
              {t.chargePoint.remove}
            </Button>
          </Group>
        </Group>
      </Card>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}

/** At which site it stands: what holds for the site holds for it. */
function Place({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const w = useWords(sites);
  const queries = useQueryClient();
  const { id, site_id: siteId } = chargePoint;
  const { data } = useQuery(sitesQuery);
  const choose = useMutation({
    mutationFn: (site_id: string | null) =>
      answer(api.PATCH('/api/v1/charge-points/{id}', { params: { path: { id } }, body: { site_id } })),
    onSuccess: (changed) => {
      putIntoFleet(queries, changed);
      tellDone(t.chargePoint.saved, t);
    },
  });
  if (data === undefined || data.length === 0) return null;
  return (
    <Card>
      <Select
        label={w.ofSite}
        data={[{ value: NONE, label: w.noSite }, ...data.map(({ id: value, name: label }) => ({ value, label }))]}
        value={siteId ?? NONE}
        onChange={(value) => choose.mutate(value === NONE ? null : value)}
        searchable={data.length > 10}
        allowDeselect={false}
        maw={420}
      />
      <ErrorNote cause={choose.error} />
    </Card>
  );
}
