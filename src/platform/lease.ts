/**
 * How long what a process has taken (a delivery, an update, a member of a bulk) is its own. Who holds it longer renews it; what a dead process
 * held is another's then, with the next look of that job, 10 s later at most: within the 60 s that are promised (docs/reliability.md).
 */
export const LEASE_MS = 50_000;
