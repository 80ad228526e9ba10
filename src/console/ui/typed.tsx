/**
 * A field whose text stands in the address as well. The field has it at once, the address when one pauses: an address that follows each key
 * comes too late for the next one, and letters would be lost.
 */
import { TextInput, type TextInputProps } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

const PAUSE_MS = 150;

export function Typed(
  props: Omit<TextInputProps, 'value' | 'onChange'> & {
    /** As the address has it. */
    readonly given: string;
    readonly change: (text: string) => void;
  },
) {
  const { given, change, ...field } = props;
  const [text, setText] = useState(given);
  // what the address had last, and what was put there from here
  const [known, setKnown] = useState(given);
  const [put, setPut] = useState(given);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (given !== known) {
    setKnown(given);
    // by a link, by the way back, by a button that clears it
    if (given !== put) {
      setPut(given);
      setText(given);
    }
  }
  return (
    <TextInput
      {...field}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          setPut(value);
          change(value);
        }, PAUSE_MS);
      }}
    />
  );
}
