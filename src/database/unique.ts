/** Faults of unique indexes, as PostgreSQL and Prisma tell them. */

/** Something is there already under that key. Looks through causes. */
export function isUniqueViolation(cause: unknown): boolean {
  let fault: unknown = cause;
  for (let depth = 0; depth < 5 && typeof fault === 'object' && fault !== null; depth += 1) {
    const code: unknown = Reflect.get(fault, 'code');
    if (code === '23505' || code === 'P2002' || Reflect.get(fault, 'originalCode') === '23505') return true;
    fault = Reflect.get(fault, 'cause');
  }
  return false;
}
