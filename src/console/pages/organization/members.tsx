/** Who works here and what each may; who is invited; inviting, changing, removing. */
import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { sitesQuery } from '../../api/sites.ts';
import { useMay, useMe } from '../../api/use-session.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Status } from '../../ui/status.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { MemberForm } from './member-form.tsx';

type Member = Schemas['Member'];

export default function Members() {
  const w = useWords(organizationTexts);
  const [isInviting, setInviting] = useState(false);
  const [open, setOpen] = useParam('member');
  const mayWrite = useMay('write:members');
  const pages = usePages({
    queryKey: ['members'],
    everyMs: 15_000, // no event tells of them
    ask: (cursor) => answer(api.GET('/api/v1/members', { params: { query: { limit: 100, cursor } } })),
  });
  const chosen = pages.rows?.find(({ id }) => id === open);
  const close = (): void => setOpen('');
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  return (
    <Stack gap="lg">
      <Section
        title={w.members}
        actions={
          mayWrite && (
            <Button leftSection={<Icon name="add" size={16} />} onClick={() => setInviting(true)}>
              {w.invite}
            </Button>
          )
        }
      >
        <Card p={0} label={w.members}>
          <List members={pages.rows} open={mayWrite ? setOpen : undefined} />
        </Card>
        <More pages={pages} />
      </Section>
      <Invitations />
      <Dialog title={isInviting ? w.invite : undefined} close={() => setInviting(false)}>
        <Invite close={() => setInviting(false)} />
      </Dialog>
      <Dialog title={chosen === undefined ? undefined : w.change(chosen.name ?? chosen.email)} close={close}>
        {chosen !== undefined && <MemberForm member={chosen} close={close} />}
      </Dialog>
    </Stack>
  );
}

function List({
  members,
  open,
}: {
  readonly members: readonly Member[];
  readonly open: ((id: string) => void) | undefined;
}) {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const format = useFormat();
  const now = useNow(30_000);
  const me = useMe();
  const sites = useQuery(sitesQuery);
  const { columns } = w;
  const sitesOf = ({ site_ids }: Member): string =>
    site_ids.length === 0
      ? w.wholeOrganization
      : site_ids.map((of) => sites.data?.find(({ id }) => id === of)?.name ?? of).join(', ');
  return (
    <Rows
      isOwn
      rows={members}
      columns={[
        {
          name: columns.who,
          of: ({ id, name, email, disabled }) => (
            <>
              {open === undefined ? (
                <Text size="sm" fw={600}>
                  {name ?? email}
                </Text>
              ) : (
                <button type="button" className="row-link plain" onClick={() => open(id)}>
                  {name ?? email}
                </button>
              )}
              {id === me.user?.id && (
                <Text span size="xs" c="dimmed">
                  {' '}
                  ({w.you})
                </Text>
              )}
              <Text size="xs" c={disabled ? 'var(--bad)' : 'dimmed'} style={{ overflowWrap: 'anywhere' }}>
                {disabled ? w.disabled : name !== null && email}
              </Text>
            </>
          ),
        },
        { name: columns.role, of: ({ role }) => t.account.role[role] },
        { name: columns.sites, from: 'md', of: sitesOf },
        {
          name: columns.factor,
          from: 'sm',
          of: ({ second_factor: isOn }) => (
            <Status tone={isOn ? 'ok' : 'off'} hollow={!isOn}>
              {isOn ? w.factorOn : w.factorOff}
            </Status>
          ),
        },
        {
          name: columns.seen,
          from: 'sm',
          isNumber: true,
          of: ({ last_login_at }) => (last_login_at === null ? t.common.never : format.ago(last_login_at, now)),
        },
      ]}
    />
  );
}
