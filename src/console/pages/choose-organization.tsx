/** After signing in, for members of several organizations. */
import { Box, Button, Center, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { type Me, session } from '../api/session.ts';
import { useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Card } from '../ui/page.tsx';

export function ChooseOrganization({ me }: { readonly me: Me }) {
  const t = useTexts();
  const [fault, setFault] = useState<unknown>();
  const choose = (id: string): void => {
    if (id === me.organization.id) session.stay();
    else session.changeOrganization(id).catch(setFault);
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Box w="100%" maw={440}>
        <Title order={1} mb="xs">
          {t.choose.title}
        </Title>
        <Text size="sm" c="dimmed" mb="lg">
          {t.choose.hint}
        </Text>
        <Card>
          <Stack gap="xs">
            {me.memberships.map(({ organization, role }) => (
              <Button
                key={organization.id}
                variant="default"
                justify="space-between"
                onClick={() => choose(organization.id)}
                rightSection={t.account.role[role]}
              >
                {organization.name}
              </Button>
            ))}
            <ErrorNote cause={fault} />
          </Stack>
        </Card>
      </Box>
    </Center>
  );
}
