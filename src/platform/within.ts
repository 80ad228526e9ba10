/**
 * Waits for work that may hang, for at most `ms`; rejects when it rejects before that. What becomes of it later is nobody's any more: only for
 * ends, where whoever comes after finds what was left.
 */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
