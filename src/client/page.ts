/**
 * Hints of a page that now is a good time: it is online again, or looked at again.
 * In: what to run. Out: how to stop. Where there is no page, nothing is ever run.
 */

export function whenPageReturns(run: () => void): () => void {
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') {
      run();
    }
  };
  const hasEvents = typeof addEventListener === 'function';
  const hasPage = typeof document === 'object';
  if (hasEvents) {
    addEventListener('online', run);
  }
  if (hasPage) {
    document.addEventListener('visibilitychange', onVisible);
  }
  return () => {
    if (hasEvents) {
      removeEventListener('online', run);
    }
    if (hasPage) {
      document.removeEventListener('visibilitychange', onVisible);
    }
  };
}
