/** Streams of this browser: read in one of its places, for as long as the page is seen. */
import type { Places } from './places.ts';
import { whileSeen } from './seen.ts';

/** So often a page looks, after it was refused, before it asks for a stream again. */
export const LOOKS = 12;

/** `isRefused`: others hold all places. What `read` throws, it throws. */
export async function readInPlace<Found>(
  places: Places,
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<Found>,
): Promise<{ readonly found: Found; readonly isRefused: boolean }> {
  const seen = whileSeen(signal);
  const place = places.take(seen.letGo);
  try {
    const found = await read(seen.signal);
    return { found, isRefused: place.isRefused() };
  } finally {
    place.leave();
    seen.end();
  }
}
