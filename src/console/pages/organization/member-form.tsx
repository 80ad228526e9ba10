/** What a member may, changed; a lost second factor, reset; the membership, ended. */
import { Button, Divider, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { tellDone } from '../../ui/error-note.tsx';
import { Form, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Jobs } from './jobs.tsx';
import { Standing } from './standing.tsx';

export function MemberForm({ member, close }: { readonly member: Schemas['Member']; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question>();
  const [fields, set] = useFields({ role: member.role, sites: [...member.site_ids] });
  const params = { path: { id: member.id } };
  const changed = (): Promise<unknown> => queries.invalidateQueries({ queryKey: ['members'] });
  const save = useMutation({
    mutationFn: () =>
      answer(api.PATCH('/api/v1/members/{id}', { params, body: { role: fields.role, site_ids: fields.sites } })),
    onSuccess: async () => {
      await changed();
      tellDone(w.saved, t);
      close();
    },
  });
  const faults = faultsByField(save.error);
  const name = member.name ?? member.email;
  const askReset = (): void =>
    setQuestion({
      title: w.resetFactorTitle(name),
      text: w.resetFactorText,
      yes: w.resetFactor,
      async do() {
        await done(
          api.POST('/api/v1/members/{id}/reset-second-factor', { params: { ...params, header: onlyOnce() }, body: {} }),
        );
        await changed();
      },
    });
  const askRemove = (): void =>
    setQuestion({
      title: w.removeTitle(name),
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/members/{id}', { params }));
        await changed();
        close();
      },
    });
  return (
    <>
      <Form save={save} yes={w.save} fields={['role', 'site_ids']}>
        <Standing
          role={fields.role}
          sites={fields.sites}
          change={set}
          faults={{ role: faults['role'], sites: faults['site_ids'] }}
        />
      </Form>
      {member.role === 'installer' && (
        <>
          <Divider my="md" />
          <Jobs memberId={member.id} />
        </>
      )}
      <Divider my="md" />
      <Group>
        {member.second_factor && (
          <Button variant="default" onClick={askReset}>
            {w.resetFactor}
          </Button>
        )}
        <Button variant="default" c="var(--bad)" leftSection={<Icon name="remove" size={16} />} onClick={askRemove}>
          {w.remove}
        </Button>
      </Group>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
