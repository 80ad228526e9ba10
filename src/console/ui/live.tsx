/** What is kept of the API for whoever is signed in, and that it stays current. Another person or organization begins anew. */
import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { isPassing } from '../api/errors.ts';
import { createFleetUpdates, type Fleet, useFleet } from '../api/fleet.ts';
import { followEvents, type LiveState } from '../api/live.ts';
import { useMay } from '../api/use-session.ts';

const LiveContext = createContext<LiveState>('polling');
export const useLive = (): LiveState => useContext(LiveContext);

const createQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 5_000, retry: (count, cause) => isPassing(cause) && count < 3 },
      mutations: { retry: false },
    },
  });

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [queries] = useState(createQueries);
  const mayStream = useMay('read:events');
  const [state, setState] = useState<LiveState>(mayStream ? 'live' : 'polling');
  useEffect(() => {
    const over = new AbortController();
    const touched = createFleetUpdates(queries, over.signal);
    void followEvents(queries, { mayStream, signal: over.signal, touched, told: setState }); // ends with the signal, never rejects
    return () => over.abort();
  }, [queries, mayStream]);
  return (
    <QueryClientProvider client={queries}>
      <LiveContext value={state}>{children}</LiveContext>
    </QueryClientProvider>
  );
}

/** The charge points of the organization, as far as they are loaded. */
export function useChargePoints(): { readonly fleet: Fleet | undefined; readonly error: unknown } {
  const { data, error } = useFleet(useQueryClient(), useLive() === 'live');
  return { fleet: data, error };
}

/** A clock for what counts while one looks. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
