/** What can be done with one row of a list: a small button that says aloud with which one. */
import { Button } from '@mantine/core';

export function RowAction(props: {
  readonly name: string;
  /** With the row in it: a list has many of the same name. */
  readonly label: string;
  readonly isDisabled?: boolean;
  readonly isBusy?: boolean;
  readonly act: () => void;
}) {
  const { name, label, isDisabled = false, isBusy = false, act } = props;
  return (
    <Button size="xs" variant="default" disabled={isDisabled} loading={isBusy} onClick={act} aria-label={label}>
      {name}
    </Button>
  );
}
