/**
 * How many rows the statement of a list fetches. The number stands in its text: of a parameter the planner, which makes one plan for
 * all values (pool.ts), expects a tenth of everything, and reads a table of millions for a page of fifty. Each size is a statement of its
 * own, so there are few. Callers cut off what is too much.
 */
export const pageSize = (wanted: number): number => (wanted <= 51 ? 51 : Math.max(wanted, 101));
