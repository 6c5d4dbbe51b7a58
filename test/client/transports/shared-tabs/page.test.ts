import { afterEach, describe, expect, it, vi } from 'vitest';
import { platformPage } from '../../../../src/client/transports/shared-tabs/page.ts';

afterEach(() => vi.unstubAllGlobals());

describe('the page', () => {
  it('is seen when the document says so, and tells when that changes, until nobody listens', () => {
    const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    vi.stubGlobal('document', document);
    const page = platformPage();
    let changes = 0;
    const stop = page.whenChanged(() => {
      changes += 1;
    });
    expect(page.isVisible).toBe(false);
    document.visibilityState = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    expect([page.isVisible, changes]).toEqual([true, 1]);
    stop();
    document.dispatchEvent(new Event('visibilitychange'));
    expect(changes).toBe(1);
  });

  it('where there is none, it is never seen', () => {
    const page = platformPage();
    page.whenChanged(() => expect.fail('changed'))();
    expect(page.isVisible).toBe(false);
  });
});
