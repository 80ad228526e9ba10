/** Somebody is invited: role, sites, and how the link gets there. */
import { Alert, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tellDone } from '../../ui/error-note.tsx';
import { Form, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Copyable } from '../../ui/page.tsx';
import { type Role, Standing } from './standing.tsx';

export function Invite({ close }: { readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const queries = useQueryClient();
  const [fields, set] = useFields({ email: '', role: 'operator' as Role, sites: [] as string[], by: 'email' });
  const invite = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/invitations', {
          params: { header: onlyOnce() },
          body: {
            email: fields.email.trim(),
            role: fields.role,
            site_ids: fields.sites,
            delivery: fields.by === 'link' ? 'link' : 'email',
          },
        }),
      ),
    onSuccess: async ({ email, link }) => {
      await queries.invalidateQueries({ queryKey: ['invitations'] });
      if (link !== null) return;
      tellDone(w.sent(email), t);
      close();
    },
  });
  const link = invite.data?.link ?? undefined;
  if (link !== undefined) return <LinkShown link={link} close={close} />;
  const faults = faultsByField(invite.error);
  return (
    <Form save={invite} yes={w.send} fields={['email', 'role', 'site_ids']}>
      <TextInput
        label={w.email}
        type="email"
        value={fields.email}
        onChange={(event) => set({ email: event.currentTarget.value })}
        error={faults['email']}
        data-autofocus
        required
      />
      <Standing
        role={fields.role}
        sites={fields.sites}
        change={set}
        faults={{ role: faults['role'], sites: faults['site_ids'] }}
      />
      <div>
        <Text size="sm" fw={500} mb={4}>
          {w.by}
        </Text>
        <SegmentedControl
          aria-label={w.by}
          value={fields.by}
          onChange={(by) => set({ by })}
          data={[
            { value: 'email', label: w.bys.email },
            { value: 'link', label: w.bys.link },
          ]}
        />
      </div>
    </Form>
  );
}

export function LinkShown({ link, close }: { readonly link: string; readonly close: () => void }) {
  const w = useWords(organizationTexts);
  return (
    <Stack>
      <Alert variant="default" c="var(--warn)" icon={<Icon name="key" />} title={w.link}>
        <Text size="sm">{w.linkHint}</Text>
      </Alert>
      <Copyable text={link} label={w.link} />
      <Group justify="flex-end">
        <Button onClick={close}>{w.linkDone}</Button>
      </Group>
    </Stack>
  );
}
