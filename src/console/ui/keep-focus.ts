/**
 * Where the keyboard goes on when what had the focus is gone: a dialog that was opened from a menu, a row that is no more. Without it a
 * browser begins at the top of the page again, and whoever works with the keyboard or a screen reader has lost his place.
 */
import { useEffect } from 'react';

const OVERLAYS = '[role="dialog"], [role="menu"], [role="listbox"]';

export function useKeptFocus(): void {
  useEffect(() => {
    let had: Element | null = null;
    /** The last one that was not in a dialog or a menu. */
    let place: HTMLElement | null = null;
    const seen = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return;
      had = target;
      if (target.closest(OVERLAYS) === null) place = target;
    };
    const observer = new MutationObserver(() => {
      if (had === null || had.isConnected || document.activeElement !== document.body) return;
      had = null;
      const dialogs = document.querySelectorAll<HTMLElement>('[role="dialog"]');
      const open = dialogs[dialogs.length - 1];
      const next = open ?? (place?.isConnected === true ? place : document.getElementById('content'));
      next?.focus({ preventScroll: true });
    });
    document.addEventListener('focusin', seen);
    observer.observe(document.body, { subtree: true, childList: true });
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', seen);
    };
  }, []);
}
