/** Something is on its way. */
import { Center, Loader } from '@mantine/core';
import { useTexts } from '../texts/use-texts.ts';

export function Waiting() {
  const t = useTexts();
  return (
    <Center mih={240} role="status" aria-label={t.app.loading}>
      <Loader type="dots" />
    </Center>
  );
}
