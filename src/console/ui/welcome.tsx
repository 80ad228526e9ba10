/** Nothing is connected yet: what to do first. */
import { Button, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useMay } from '../api/use-session.ts';
import { useTexts } from '../texts/use-texts.ts';
import { Icon, type IconName } from './icons.tsx';
import { Card, Empty } from './page.tsx';

const stepIcons: readonly IconName[] = ['add', 'key', 'chargePoints'];

export function Welcome() {
  const { welcome } = useTexts();
  const mayWrite = useMay('write:charge_points');
  if (!mayWrite) {
    return (
      <Card>
        <Empty icon="chargePoints" title={welcome.onlyRead} />
      </Card>
    );
  }
  return (
    <Card>
      <Stack align="flex-start" gap="lg" p={{ base: 0, sm: 'md' }}>
        <div>
          <Title order={2}>{welcome.title}</Title>
          <Text c="dimmed" mt="xs" maw={620}>
            {welcome.text}
          </Text>
        </div>
        <Group component="ol" gap="xl" p={0} m={0} style={{ listStyle: 'none' }}>
          {welcome.steps.map((step, at) => (
            <Group component="li" key={step} gap="sm" wrap="nowrap">
              <ThemeIcon variant="light" size="lg" radius="xl">
                <Icon name={stepIcons[at] ?? 'check'} size={16} />
              </ThemeIcon>
              <Text size="sm" fw={500}>
                {at + 1}. {step}
              </Text>
            </Group>
          ))}
        </Group>
        <Button component={Link} to="/connect" size="md">
          {welcome.go}
        </Button>
      </Stack>
    </Card>
  );
}
