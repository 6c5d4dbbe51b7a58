/**
 * Tabs of a real browser that are loaded anew, duplicated, closed and killed: each keeps its own session and its own numbers, and what it
 * published is in the log once.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../interop/chromium.ts';
import type { Of, ServerMessage } from '../../src/wire/index.ts';
import type { Tab } from './page.ts';
import { startTabs, type Tabs } from './world.ts';

declare const tab: Tab;

const soon = { timeout: 20_000 };

let browser: Browser;
let tabs: Tabs;
beforeAll(async () => {
  browser = await launchChromium();
});
beforeEach(async () => {
  tabs = await startTabs(browser);
});
afterEach(() => tabs.close());
afterAll(() => browser?.close());

async function connected(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => tab.client.status), soon).toBe('connected');
}

async function opened(user: string, title: string): Promise<Page> {
  const page = await tabs.open(user, title);
  await connected(page);
  return page;
}

/** How the server let the page in first. */
function welcome(page: Page): Promise<Of<ServerMessage, 'welcome'>> {
  return page.evaluate(
    () => tab.heard.find(({ type }) => type === 'welcome') as Of<ServerMessage, 'welcome'>,
  );
}

/** The producers by which a page published, each once. */
function producers(page: Page): Promise<string[]> {
  return page.evaluate(() => [
    ...new Set(
      tab.sent.flatMap((message) =>
        message.type === 'publish' ? [message.producer?.name ?? ''] : [],
      ),
    ),
  ]);
}

function waiting(page: Page): Promise<unknown[]> {
  return page.evaluate(() => tab.client.outbox.entries.map(({ data }) => data));
}

function told(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => tab.told);
}

function publish(page: Page, from: number, to = from): Promise<void> {
  return page.evaluate(([first, last]) => tab.publish(first!, last!), [from, to]);
}

async function settled(page: Page): Promise<void> {
  await expect.poll(() => waiting(page), soon).toEqual([]);
}

/** How many letters are on the disk. */
function kept(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open('tautline', 1);
        opening.addEventListener('success', () => {
          const all = opening.result.transaction('records').objectStore('records').getAll();
          all.addEventListener('success', () => {
            opening.result.close();
            const records = all.result as { lanes: { letters: unknown[] }[] }[];
            const lanes = records.flatMap((record) => record.lanes);
            resolve(lanes.flatMap(({ letters }) => letters).length);
          });
        });
      }),
  );
}

function all(title: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, n) => `${title} ${from + n}`);
}

/** Each once; those of one title in their order. */
function expectOnce(log: readonly unknown[], titles: Readonly<Record<string, number>>): void {
  for (const [title, many] of Object.entries(titles)) {
    const own = log.filter((data) => String(data).startsWith(`${title} `));
    expect(own).toEqual(all(title, 1, many));
  }
  expect(log).toHaveLength(Object.values(titles).reduce((sum, many) => sum + many, 0));
}

/** What happens to a page whose process dies. */
async function crash(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}

describe('a page that is loaded anew', () => {
  it('goes on with its session, by a secret that is good once, and with its producer and its numbers', async () => {
    const page = await opened('ada', 'a');
    await publish(page, 1, 3);
    await settled(page);
    const [before, [producer]] = [await welcome(page), await producers(page)];
    for (let times = 1; times <= 3; times += 1) {
      await page.reload();
      await connected(page);
      const after = await welcome(page);
      expect(after).toMatchObject({ session: before.session, resumed: true });
      expect(after.secret).not.toBe(before.secret);
      await publish(page, 3 + times);
      await settled(page);
      expect(await producers(page)).toEqual([producer]);
    }
    expect(await tabs.log()).toEqual(all('a', 1, 6));
  });

  it('that died before it had kept its latest secret has another session, and its numbers all the same', async () => {
    const page = await opened('ada', 'a');
    await publish(page, 1);
    await settled(page);
    const [before, [producer]] = [await welcome(page), await producers(page)];
    const remembered = await page.evaluate(() => sessionStorage.getItem('tautline-tab')!);
    tabs.gate.cut();
    await publish(page, 2);
    tabs.gate.heal();
    await settled(page);
    // As if the second welcome had never been noted.
    await page.evaluate((text) => sessionStorage.setItem('tautline-tab', text), remembered);
    await page.reload();
    await connected(page);
    const after = await welcome(page);
    expect(after).toMatchObject({ resumed: false });
    expect(after.session).not.toBe(before.session);
    await publish(page, 3);
    await settled(page);
    expect(await producers(page)).toEqual([producer]);
    expect(await tabs.log()).toEqual(all('a', 1, 3));
  });

  it('a call of the page before is not taken for one of this', async () => {
    const page = await opened('ada', 'a');
    const work = (data: string): Promise<unknown> =>
      page.evaluate((given) => tab.client.call('work', given), data);
    expect(await work('one')).toEqual({ data: 'one', worked: 1 });
    await page.reload();
    expect(await work('two')).toEqual({ data: 'two', worked: 2 });
    expect(await welcome(page)).toMatchObject({ resumed: true });
  });

  it('what was published without a network, and loaded anew without one, is sent with the same numbers, once', async () => {
    const page = await opened('ada', 'a');
    await publish(page, 1);
    await settled(page);
    const [producer] = await producers(page);
    tabs.gate.cut();
    await publish(page, 2, 4);
    await expect.poll(() => kept(page), soon).toBe(3);
    await page.reload();
    await expect.poll(() => waiting(page), soon).toEqual(all('a', 2, 4));
    await publish(page, 5);
    tabs.gate.heal();
    await settled(page);
    expect(await producers(page)).toEqual([producer]);
    expect(await tabs.log()).toEqual(all('a', 1, 5));
  });

  it('in the middle of sending, again and again: each is in the log once, and in order', async () => {
    const page = await opened('ada', 'a');
    const many = 8;
    for (let times = 0; times < many; times += 1) {
      await publish(page, times * 25 + 1, times * 25 + 25);
      // One of them is in the log, so all of them were on the disk: what is not there yet a reload may lose.
      await expect.poll(async () => (await waiting(page)).length, soon).toBeLessThan(25);
      await page.reload();
    }
    await connected(page);
    await settled(page);
    expectOnce(await tabs.log(), { a: many * 25 });
  });

  it('as another user: what the first could not send stays for the first', async () => {
    const page = await opened('ada', 'a');
    tabs.gate.cut();
    await publish(page, 1, 3);
    await expect.poll(() => kept(page), soon).toBe(3);
    await page.goto(tabs.address('eve', 'e'));
    await publish(page, 1);
    tabs.gate.heal();
    await settled(page);
    expect(await tabs.log()).toEqual(['e 1']);
    await settled(await opened('ada', 'again'));
    await expect.poll(() => tabs.log(), soon).toEqual(['e 1', ...all('a', 1, 3)]);
  });
});

describe('a duplicated tab', () => {
  /** As browsers do it: what the tab remembers is copied. */
  async function duplicate(page: Page): Promise<Page> {
    const coming = tabs.context.waitForEvent('page');
    await page.evaluate(() => {
      window.open(location.href.replace('title=a', 'title=b'));
    });
    const other = await coming;
    await other.waitForFunction(() => typeof tab !== 'undefined');
    return other;
  }

  it('begins anew: another session and another producer, and neither disturbs the other, also when both are loaded anew', async () => {
    const a = await opened('ada', 'a');
    await publish(a, 1, 10);
    const b = await duplicate(a);
    await connected(b);
    expect(await b.evaluate(() => sessionStorage.length)).toBe(1);
    const sessions = [(await welcome(a)).session, (await welcome(b)).session];
    expect(new Set(sessions).size).toBe(2);
    expect(await welcome(b)).toMatchObject({ resumed: false });
    await Promise.all([publish(a, 11, 30), publish(b, 1, 30)]);
    await Promise.all([a.reload(), b.reload()]);
    await Promise.all([connected(a), connected(b)]);
    expect([(await welcome(a)).session, (await welcome(b)).session]).toEqual(sessions);
    await Promise.all([publish(a, 31, 40), publish(b, 31, 40)]);
    await Promise.all([settled(a), settled(b)]);
    const [ofA, ofB] = [await producers(a), await producers(b)];
    expect(ofA.filter((name) => ofB.includes(name))).toEqual([]);
    for (const page of [a, b]) {
      expect((await told(page)).filter((line) => /FENCED|unknown|failed/.test(line))).toEqual([]);
    }
    expectOnce(await tabs.log(), { a: 40, b: 40 });
  });

  it('of one that waits for the network sends nothing that the first has', async () => {
    const a = await opened('ada', 'a');
    tabs.gate.cut();
    await publish(a, 1, 5);
    await expect.poll(() => kept(a), soon).toBe(5);
    const b = await duplicate(a);
    await publish(b, 1, 5);
    tabs.gate.heal();
    await Promise.all([settled(a), settled(b)]);
    expectOnce(await tabs.log(), { a: 5, b: 5 });
  });
});

describe('a tab that was closed for good', () => {
  it('leaves what it had to the next of its user, who sends it once', async () => {
    const page = await opened('ada', 'a');
    tabs.gate.cut();
    await publish(page, 1, 5);
    await expect.poll(() => kept(page), soon).toBe(5);
    await page.close();
    tabs.gate.heal();
    const next = await opened('ada', 'b');
    await publish(next, 1);
    await expect.poll(() => kept(next), soon).toBe(0);
    expectOnce(await tabs.log(), { a: 5, b: 1 });
  });

  it.each(['closed', 'killed'])(
    '%s in the middle of sending: each is in the log once',
    async (how) => {
      const page = await opened('ada', 'a');
      tabs.gate.cut();
      await publish(page, 1, 300);
      await expect.poll(() => kept(page), soon).toBe(300);
      const watching = await tabs.open('bob', 'watching', await tabs.anotherGate());
      await watching.evaluate(() => tab.follow());
      await expect
        .poll(() => watching.evaluate(() => tab.client.subscribe('room').status), soon)
        .toBe('live');
      tabs.gate.heal();
      // Some of them are in the log, and not all.
      await watching.waitForFunction(() => tab.followed.length > 0, undefined, { polling: 1 });
      await (how === 'closed' ? page.close() : crash(page));
      const next = await opened('ada', 'b');
      await expect.poll(() => kept(next), soon).toBe(0);
      expectOnce(await tabs.log(), { a: 300 });
    },
  );

  it('and that lives leaves nothing; nor does it to another user', async () => {
    const away = await tabs.anotherGate();
    const living = await tabs.open('ada', 'a', away);
    await connected(living);
    const closed = await tabs.open('ada', 'c', away);
    await connected(closed);
    away.cut();
    await Promise.all([publish(living, 1, 3), publish(closed, 1, 3)]);
    await expect.poll(() => kept(living), soon).toBe(6);
    await closed.close();
    const eve = await opened('eve', 'e');
    await publish(eve, 1);
    await settled(eve);
    expect(await tabs.log()).toEqual(['e 1']);
    const ada = await opened('ada', 'b');
    await expect.poll(() => kept(ada), soon).toBe(3);
    expectOnce(await tabs.log(), { e: 1, c: 3 });
    away.heal();
    await settled(living);
    expectOnce(await tabs.log(), { e: 1, c: 3, a: 3 });
  });
});

describe('a storage that fails', () => {
  it('because the disk is full: the application is told, and what it publishes is sent all the same', async () => {
    const page = await opened('ada', 'a');
    // Before anything is kept: for a while the browser believes what it found about the room on the disk.
    const devtools = await page.context().newCDPSession(page);
    const quota = { origin: tabs.origin, quotaSize: 1 };
    await devtools.send('Storage.overrideQuotaForOrigin', quota);
    await publish(page, 1, 3);
    await settled(page);
    const failures = (await told(page)).filter((line) => line.startsWith('storageFailed'));
    expect(failures).toEqual([expect.stringMatching(/Quota/)]);
    expect(await tabs.log()).toEqual(all('a', 1, 3));
    await page.reload();
    await connected(page);
    expect(await welcome(page)).toMatchObject({ resumed: true });
  });

  it('because the database is blocked: the same, after a time', async () => {
    const blocker = await tabs.context.newPage();
    await blocker.route('**/blank', (route) => route.fulfill({ contentType: 'text/html' }));
    await blocker.goto(`${tabs.origin}/blank`);
    // Deleting waits for whoever has it open, and whoever opens it then waits for the deletion.
    await blocker.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const opening = indexedDB.open('tautline', 1);
          opening.addEventListener('success', () => {
            indexedDB.deleteDatabase('tautline').addEventListener('blocked', () => resolve());
          });
          Object.assign(globalThis, { opening });
        }),
    );
    const page = await tabs.open('ada', 'a');
    await connected(page);
    await publish(page, 1, 3);
    expect(await waiting(page)).toEqual(all('a', 1, 3));
    await settled(page);
    expect(await told(page)).toContainEqual(expect.stringMatching(/^storageFailed .*answer/));
    expect(await tabs.log()).toEqual(all('a', 1, 3));
  });

  it('because there are no locks: tabs could not keep apart, so nothing is kept', async () => {
    const page = await tabs.context.newPage();
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
    });
    await page.goto(tabs.address('ada', 'a'));
    await connected(page);
    await publish(page, 1);
    await settled(page);
    expect(await told(page)).toContainEqual(expect.stringMatching(/^storageFailed .*locks/));
    await page.reload();
    await connected(page);
    expect(await welcome(page)).toMatchObject({ resumed: false });
    await publish(page, 2);
    await settled(page);
    expect(await tabs.log()).toEqual(all('a', 1, 2));
  });
});

describe('positions', () => {
  it('are of each tab: each goes on after a reload where it was itself', async () => {
    const [a, b] = [await opened('ada', 'a'), await opened('ada', 'b')];
    const follow = (page: Page): Promise<void> => page.evaluate(() => tab.follow());
    const followed = (page: Page): Promise<readonly unknown[]> => page.evaluate(() => tab.followed);
    await Promise.all([follow(a), follow(b)]);
    for (const page of [a, b]) {
      const status = (): Promise<string> =>
        page.evaluate(() => tab.client.subscribe('room').status);
      await expect.poll(status, soon).toBe('live');
    }
    await publish(a, 1, 3);
    await expect.poll(() => followed(b), soon).toEqual(all('a', 1, 3));
    await b.goto('about:blank');
    await publish(a, 4, 6);
    await expect.poll(() => followed(a), soon).toEqual(all('a', 1, 6));
    await b.goBack();
    await follow(b);
    await expect.poll(() => followed(b), soon).toEqual(all('a', 4, 6));
    await a.reload();
    await follow(a);
    await publish(b, 1);
    await expect.poll(() => followed(a), soon).toEqual(['b 1']);
  });
});
