/** One word of the address, so that what one looks at can be sent to a colleague. An empty one is left out. */
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export function useParam(name: string): [value: string, change: (value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (value: string) =>
      setSearch(
        (before) => {
          if (value === '') before.delete(name);
          else before.set(name, value);
          return before;
        },
        { replace: true },
      ),
    [name, setSearch],
  );
  return [search.get(name) ?? '', change];
}
