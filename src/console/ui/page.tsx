/** What pages are made of: a heading with actions, cards, an empty place that teaches, values, something to copy. */
import { ActionIcon, Anchor, Box, Breadcrumbs, Group, Stack, Text, Title, Tooltip } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useTexts } from '../texts/use-texts.ts';
import { Icon, type IconName } from './icons.tsx';

export function Page(props: {
  readonly title: string;
  readonly above?: { readonly to: string; readonly title: string };
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, above, beside, actions, children } = props;
  useEffect(() => {
    document.title = `${title} · Dynamo`;
  }, [title]);
  return (
    <Stack gap="lg">
      <Box>
        {above !== undefined && (
          <Breadcrumbs mb={4} separator={<Icon name="next" size={14} />}>
            <Anchor component={Link} to={above.to} size="sm">
              {above.title}
            </Anchor>
          </Breadcrumbs>
        )}
        <Group justify="space-between" gap="sm">
          <Group gap="md">
            <Title order={1}>{title}</Title>
            {beside}
          </Group>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  );
}

export function Card({
  children,
  label,
  p = 'lg',
}: {
  readonly children: ReactNode;
  readonly label?: string;
  readonly p?: string | number;
}) {
  return (
    <Box className="card" p={p} component="section" {...(label !== undefined && { 'aria-label': label })}>
      {children}
    </Box>
  );
}

export function Empty(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly hint?: string;
  readonly children?: ReactNode;
}) {
  const { icon, title, hint, children } = props;
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text c="dimmed" component="span">
        <Icon name={icon} size={32} />
      </Text>
      <Text fw={600}>{title}</Text>
      {hint !== undefined && (
        <Text size="sm" c="dimmed" maw={460}>
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  );
}

/** A part of a page, with what can be done in it. */
export function Section(props: {
  readonly title: string;
  readonly hint?: string | undefined;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, hint, actions, children } = props;
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={2}>{title}</Title>
          {hint !== undefined && (
            <Text size="sm" c="dimmed" maw={680}>
              {hint}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

/** A name and its value. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Box>
      <Text size="xs" c="dimmed" component="dt">
        {name}
      </Text>
      <Text size="sm" component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Box>
  );
}

/** A text one will want somewhere else. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  const t = useTexts();
  const [isCopied, setCopied] = useState(false);
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Box className="card mono" px="sm" py={6} style={{ flex: 1 }} data-copy={label}>
        {text}
      </Box>
      <Tooltip label={isCopied ? t.common.copied : t.common.copy}>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={`${t.common.copy}: ${label}`}
          onClick={() => {
            copy(text);
            setCopied(true);
            setTimeout(() => setCopied(false), 2_000);
          }}
        >
          <Icon name={isCopied ? 'check' : 'copy'} size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

/** Browsers give no clipboard to pages over plain http; the old way works there. */
function copy(text: string): void {
  if (navigator.clipboard !== undefined) {
    void navigator.clipboard.writeText(text); // the text stands there to be copied by hand
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
