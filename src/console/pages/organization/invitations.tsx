/** Who is invited and has not come yet; what came of older invitations. */
import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { useMay } from '../../api/use-session.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tell } from '../../ui/error-note.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { LinkShown } from './invite.tsx';

type Invitation = Schemas['Invitation'];
const tones: Record<Invitation['status'], Tone> = { pending: 'busy', accepted: 'ok', revoked: 'off', expired: 'warn' };

export function Invitations() {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const format = useFormat();
  const pages = usePages({
    queryKey: ['invitations'],
    everyMs: 15_000, // no event tells of them
    ask: (cursor) => answer(api.GET('/api/v1/invitations', { params: { query: { limit: 20, cursor } } })),
  });
  if (pages.rows === undefined) return <ErrorNote cause={pages.error} />;
  return (
    <Section title={w.invitations} {...(pages.rows.length === 0 && { hint: w.invitationsNone })}>
      {pages.rows.length > 0 && (
        <Card p={0} label={w.invitations}>
          <Rows
            isOwn
            rows={pages.rows}
            columns={[
              { name: w.email, of: ({ email }) => <span style={{ overflowWrap: 'anywhere' }}>{email}</span> },
              { name: w.role, from: 'sm', of: ({ role }) => t.account.role[role] },
              {
                name: t.sessions.columns.status,
                of: ({ status, expires_at }) => (
                  <>
                    <Status tone={tones[status]}>{w.invitationStatus[status]}</Status>
                    {status === 'pending' && (
                      <Text size="xs" c="dimmed">
                        {w.expires(format.dateTime(expires_at))}
                      </Text>
                    )}
                  </>
                ),
              },
              { name: '', isNumber: true, of: (each) => <Answer invitation={each} /> },
            ]}
          />
        </Card>
      )}
      <More pages={pages} />
    </Section>
  );
}

function Answer({ invitation }: { readonly invitation: Invitation }) {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const queries = useQueryClient();
  const mayWrite = useMay('write:members');
  const [question, setQuestion] = useState<Question>();
  const [link, setLink] = useState<string>();
  const { id, email, status } = invitation;
  const changed = (): Promise<unknown> => queries.invalidateQueries({ queryKey: ['invitations'] });
  const again = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/invitations/{id}/resend', {
          params: { path: { id }, header: onlyOnce() },
          body: { delivery: 'link' },
        }),
      ),
    onSuccess: async (sent) => {
      setLink(sent.link ?? undefined);
      await changed();
    },
    onError: tell(t),
  });
  const askRevoke = (): void =>
    setQuestion({
      title: w.revokeTitle(email),
      text: w.revokeText,
      yes: w.revoke,
      async do() {
        await done(api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }));
        await changed();
      },
    });
  if (!mayWrite || status === 'accepted' || status === 'revoked') return null;
  return (
    <Group gap="xs" justify="flex-end">
      <Button
        size="xs"
        variant="default"
        loading={again.isPending}
        onClick={() => again.mutate()}
        aria-label={`${w.again}: ${email}`}
      >
        {w.again}
      </Button>
      <Button size="xs" variant="default" onClick={askRevoke} aria-label={`${w.revoke}: ${email}`}>
        {w.revoke}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
      <Dialog title={link === undefined ? undefined : w.invitations} close={() => setLink(undefined)}>
        {link !== undefined && <LinkShown link={link} close={() => setLink(undefined)} />}
      </Dialog>
    </Group>
  );
}
