/** How endpoints fare, and when one has failed for so long that it is switched off. Pure. */

/** No success, but failures for so long, the last of them so long after the first, and at least so many: it is switched off. */
export const FAILING_LIMIT = { ms: 5 * 86_400_000, failures: 20 } as const;

/**
 * A last retry is brought forward only once its endpoint has been well for so long: in each run as many as it has been well for minutes, and
 * at most so many, over so long. So a receiver that is weak still, or relapses, costs few of them, and the others stay at the horizon.
 */
export const LAST_RETRIES = { wellMs: 5 * 60_000, most: 100, spreadMs: 20_000 } as const;

/** What a batch of finished attempts says about one endpoint. */
export type HealthChange = {
  readonly endpointId: string;
  /** The last success in the batch; null: there is none. */
  readonly succeededAt: Date | null;
  /** Failures after that success (of all, if there is none), and when the first of them began. */
  readonly failures: number;
  readonly failedAt: Date | null;
  /** When the last failure in the batch ended; null: there is none. */
  readonly lastFailedAt: Date | null;
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
        ? {
            endpointId,
            succeededAt: finishedAt,
            failures: 0,
            failedAt: null,
            lastFailedAt: before?.lastFailedAt ?? null,
          }
        : {
            endpointId,
            succeededAt: before?.succeededAt ?? null,
            failures: (before?.failures ?? 0) + 1,
            failedAt: before?.failedAt ?? startedAt,
            lastFailedAt: finishedAt,
          },
    );
  }
  return [...changes.values()];
}
