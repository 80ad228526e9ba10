/** An address at which there is nothing. */
import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { useTexts } from '../texts/use-texts.ts';
import { Empty } from './page.tsx';

export function NotHere() {
  const t = useTexts();
  return (
    <Empty icon="search" title={t.error.pageTitle} hint={t.error.pageHint}>
      <Button component={Link} to="/" variant="default" mt="sm">
        {t.error.home}
      </Button>
    </Empty>
  );
}
