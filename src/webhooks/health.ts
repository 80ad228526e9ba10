/** How an endpoint fares, and when it has failed for so long that it is switched off. Pure. */

/** No success for so long, and at least so many failed attempts: it is switched off. At half of both somebody should look. */
export const FAILING_LIMIT = { ms: 5 * 86_400_000, failures: 20 } as const;

type Health = 'ok' | 'failing' | 'half' | 'disabled';

type HealthFacts = {
  /** gone | failing: the system has switched it off */
  readonly disabledReason: string | null;
  /** Since when every attempt has failed; null: the last one succeeded, or there was none. */
  readonly failingSince: Date | null;
  readonly failures: number;
};

export function healthOf({ disabledReason, failingSince, failures }: HealthFacts, now: Date): Health {
  if (disabledReason !== null) return 'disabled';
  if (failingSince === null) return 'ok';
  const forMs = now.getTime() - failingSince.getTime();
  return forMs >= FAILING_LIMIT.ms / 2 && failures >= FAILING_LIMIT.failures / 2 ? 'half' : 'failing';
}

/** What a batch of finished attempts says about one endpoint. */
export type HealthChange = {
  readonly endpointId: string;
  /** The last success in the batch; null: there is none. */
  readonly succeededAt: Date | null;
  /** Failures after that success (of all, if there is none), and when the first of them began. */
  readonly failures: number;
  readonly failedAt: Date | null;
};

type Made = {
  readonly endpointId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly isSuccess: boolean;
};

/** In the order in which they were finished. */
export function healthChanges(attempts: Iterable<Made>): HealthChange[] {
  const changes = new Map<string, HealthChange>();
  for (const { endpointId, startedAt, finishedAt, isSuccess } of attempts) {
    const before = changes.get(endpointId);
    changes.set(
      endpointId,
      isSuccess
        ? { endpointId, succeededAt: finishedAt, failures: 0, failedAt: null }
        : {
            endpointId,
            succeededAt: before?.succeededAt ?? null,
            failures: (before?.failures ?? 0) + 1,
            failedAt: before?.failedAt ?? startedAt,
          },
    );
  }
  return [...changes.values()];
}
