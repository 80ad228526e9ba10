/** A link that cannot be used, and what to do then. */
import { Alert, Button, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { accountTexts } from '../../texts/account.ts';
import { useWords } from '../../texts/words.ts';
import { Icon } from '../../ui/icons.tsx';

export function BadLink() {
  const w = useWords(accountTexts);
  return (
    <Stack>
      <Alert variant="default" c="var(--bad)" role="alert" icon={<Icon name="fault" />} title={w.badLink}>
        <Text size="sm">{w.badLinkHint}</Text>
      </Alert>
      <Button component={Link} to="/" variant="default">
        {w.toSignIn}
      </Button>
    </Stack>
  );
}
