/** Before something is done that hurts: asks, names the thing, and waits for the answer of the API. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from './error-note.tsx';

export type Question = {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  /** To be typed, where nothing brings it back. */
  readonly typed?: string;
  readonly isHarmful?: boolean;
  readonly extra?: ReactNode;
  /** May throw: then it is told, and asked again. */
  do(): Promise<void>;
};

export function Confirm({ question, close }: { readonly question: Question | undefined; readonly close: () => void }) {
  const t = useTexts();
  return (
    <Modal
      opened={question !== undefined}
      onClose={close}
      title={question?.title}
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {question !== undefined && <Body key={question.title} question={question} close={close} />}
    </Modal>
  );
}

function Body({ question, close }: { readonly question: Question; readonly close: () => void }) {
  const t = useTexts();
  const { text, yes, typed, isHarmful = true, extra } = question;
  const [given, setGiven] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  async function go(): Promise<void> {
    setBusy(true);
    setFault(undefined);
    try {
      await question.do();
      close();
    } catch (cause) {
      setFault(cause);
      setBusy(false);
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void go(); // tells by itself what goes wrong
      }}
    >
      <Stack>
        <Text size="sm">{text}</Text>
        {extra}
        {typed !== undefined && (
          <TextInput
            label={t.common.typeToConfirm(typed)}
            value={given}
            onChange={(event) => setGiven(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        <ErrorNote cause={fault} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          <Button
            type="submit"
            loading={isBusy}
            disabled={typed !== undefined && given !== typed}
            {...(isHarmful && { color: 'red.8' })}
          >
            {yes}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
