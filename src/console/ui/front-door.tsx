/** What those see who are not signed in: one card under the name of the house. */
import { Box, Center, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Card } from './page.tsx';

export function FrontDoor({ children, below }: { readonly children: ReactNode; readonly below?: ReactNode }) {
  return (
    <Center mih="100vh" p="md" component="main">
      <Box w="100%" maw={400}>
        <Group justify="center" mb="lg" gap="sm">
          <img src="/icon.svg" alt="" width={36} height={36} />
          <Title order={1}>Dynamo</Title>
        </Group>
        <Card>{children}</Card>
        {below}
      </Box>
    </Center>
  );
}
