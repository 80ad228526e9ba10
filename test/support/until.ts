/** Waits for a condition with a deadline, instead of sleeping. */
export { until } from '../../scripts/kit/until.ts';
