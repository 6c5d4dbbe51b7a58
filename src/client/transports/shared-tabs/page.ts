/**
 * Whether the tab is seen: browsers slow down the timers of those that are not.
 * In: the platform. Out: yes or no, and a call when it changes. Where there is no page, it is never seen.
 */

/** What is used of the page. */
export interface TabPage {
  readonly isVisible: boolean;
  /** Gives how to stop listening. */
  whenChanged(run: () => void): () => void;
}

export function platformPage(): TabPage {
  return {
    get isVisible() {
      return typeof document === 'object' && document.visibilityState === 'visible';
    },
    whenChanged(run) {
      if (typeof document !== 'object') {
        return () => undefined;
      }
      document.addEventListener('visibilitychange', run);
      return () => document.removeEventListener('visibilitychange', run);
    },
  };
}
