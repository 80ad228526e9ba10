/** A charge point is deleted by somebody of its organization. Types only. */
import type { Common } from './common.ts';

/** Reply: {@link DeletionReply}. */
export type DeletionInput = Common & { readonly room: 'deletions'; readonly type: 'requested' };

export type DeletionReply =
  | { readonly at: 'deleted' }
  | { readonly at: 'unknown' }
  | { readonly at: 'charging'; readonly sessionId: string };
