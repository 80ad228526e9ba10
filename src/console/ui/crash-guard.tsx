/** A fault in a page takes the page down, not the console: it says so and offers to load it again. */
import { Button, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { type Spoken, SpokenContext } from '../texts/use-texts.ts';

export class CrashGuard extends Component<{ readonly children: ReactNode }, { readonly fault?: unknown }> {
  static override contextType = SpokenContext;
  declare context: Spoken;
  override state: { readonly fault?: unknown } = {};

  static getDerivedStateFromError(fault: unknown) {
    return { fault };
  }

  override render(): ReactNode {
    if (this.state.fault === undefined) return this.props.children;
    const { t } = this.context;
    return (
      <Stack p="xl" align="flex-start" role="alert">
        <Title order={1}>{t.error.crashed}</Title>
        <Text className="mono">{String(this.state.fault)}</Text>
        <Button onClick={() => window.location.reload()}>{t.error.reload}</Button>
      </Stack>
    );
  }
}
