/** The whole of a report as a file, however long it is. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { reportTexts } from '../../texts/reports.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tell } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { saveFile } from '../../ui/save-file.ts';

export function Download(props: {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly name: string;
}) {
  const { path, query, name } = props;
  const t = useTexts();
  const w = useWords(reportTexts);
  const download = useMutation({
    mutationFn: () => saveFile(`${path}?${new URLSearchParams(query).toString()}`, name),
    onError: tell(t),
  });
  return (
    <Button
      variant="default"
      leftSection={<Icon name="download" size={16} />}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      {w.download}
    </Button>
  );
}
