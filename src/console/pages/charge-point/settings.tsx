/** The name of a charge point, how it connects, and its end. */
import { Button, Group, Stack, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { answer, api, done } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { type ChargePoint, putIntoFleet, takeOutOfFleet } from '../../api/fleet.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card } from '../../ui/page.tsx';
import { useGo } from '../../ui/use-go.ts';

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
