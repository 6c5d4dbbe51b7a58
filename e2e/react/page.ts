/**
 * The hooks in a page: a hub, clients and React in one process, in virtual time. Each scenario renders with Testing Library, in StrictMode, and
 * gives what it saw to the test that runs it.
 */
import { act, cleanup, fireEvent, render } from '@testing-library/react';
import {
  type ComponentType,
  createElement as h,
  type ReactNode,
  StrictMode,
  startTransition,
  useLayoutEffect,
  useState,
} from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import type { AppChannel, AppClient } from '../../src/client/app/index.ts';
import {
  useCall,
  useChannel,
  usePresence,
  useSignal,
  useStatus,
} from '../../src/client/react/index.ts';
import { type App, startBed } from '../../test/client/app/world.ts';

type Room = AppChannel<App, 'chat/:room'>;

const roomOf = (rt: AppClient<App>, room = '1'): Room => rt.channel('chat/:room', { room });
const textOf = (data: unknown): string =>
  typeof data === 'string' ? data : (data as { text: string }).text;

/** A bed whose time is turned within what React takes as one act. */
async function start(options?: Parameters<typeof startBed>[0]) {
  const world = await startBed(options);
  return {
    ...world,
    advance: (ms = 100) => act(() => world.bed.advance(ms)),
  };
}

const strict = (node: ReactNode): ReactNode => h(StrictMode, null, node);

/** Notes what each commit shows. */
function Chat({ rt, room = '1', seen }: { rt: AppClient<App>; room?: string; seen: string[] }) {
  // Made anew each time, as components do.
  const { messages, status } = useChannel(roomOf(rt, room));
  const shown = `${status}: ${messages.map(({ data, status: is }) => `${textOf(data)} ${is}`).join(', ')}`;
  useLayoutEffect(() => {
    seen.push(shown);
  });
  return h('ul', null, ...messages.map(({ key, data }) => h('li', { key }, textOf(data))));
}

export const scenarios = {
  async mount() {
    const { bed, asked, rt, advance } = await start();
    const ada = rt('ada');
    void roomOf(rt('bob')).publish('message', { text: 'before' });
    await advance();
    const seen: string[] = [];
    const { unmount, container } = render(strict(h(Chat, { rt: ada, seen })));
    await advance();
    const first = [...asked];
    const html = container.innerHTML;
    unmount();
    await advance();
    render(strict(h(Chat, { rt: ada, seen: [] })));
    await advance();
    bed.close();
    return { seen, first, html, asked };
  },

  async optimistic() {
    const { bed, rt, advance } = await start({ delayMs: 20 });
    const ada = rt('ada');
    const seen: string[] = [];
    const { container } = render(strict(h(Chat, { rt: ada, seen })));
    await advance(1_000);
    seen.length = 0;
    const publishing = roomOf(ada).publish('message', { text: 'hi' });
    await advance(0);
    const before = container.querySelector('li');
    await advance(1_000);
    await publishing;
    const isSameRow = before !== null && container.querySelector('li') === before;
    bed.close();
    return { seen: [...new Set(seen)], isSameRow, rows: container.querySelectorAll('li').length };
  },

  async shared() {
    const { bed, asked, rt, advance } = await start();
    const ada = rt('ada');
    const seen: string[] = [];
    const two = h('div', null, h(Chat, { rt: ada, seen: [] }), h(Chat, { rt: ada, seen }));
    const { rerender, unmount } = render(strict(two));
    await advance();
    const first = [...asked];
    rerender(strict(h('div', null, null, h(Chat, { rt: ada, seen }))));
    void roomOf(rt('bob')).publish('message', { text: 'hi' });
    await advance();
    unmount();
    await advance();
    bed.close();
    return { first, asked, last: seen.at(-1) };
  },

  async switching() {
    const { bed, rt, advance } = await start();
    const ada = rt('ada');
    const bob = rt('bob');
    void roomOf(bob, '1').publish('message', { text: 'one' });
    void roomOf(bob, '2').publish('message', { text: 'two' });
    await advance();
    const seen: string[] = [];
    const { rerender } = render(strict(h(Chat, { rt: ada, seen })));
    await advance();
    rerender(strict(h(Chat, { rt: ada, room: '2', seen })));
    await advance();
    bed.close();
    return { seen };
  },

  async presence() {
    const { bed, rt, advance } = await start();
    const told: string[] = [];
    roomOf(rt('eve')).on('presence', ({ kind, member }) =>
      told.push(`${kind} ${member.user} ${member.data.mood}`),
    );
    const ada = rt('ada');
    const bob = rt('bob');
    const Here = ({ mood }: { mood: string }) => {
      const { members } = usePresence(roomOf(ada), { say: { mood } });
      // Who only looks is not there.
      usePresence(roomOf(bob));
      usePresence(roomOf(bob), { say: { mood }, enter: false });
      return h('p', null, members.map(({ user, data }) => `${user} ${data.mood}`).join());
    };
    const { rerender, unmount, container } = render(strict(h(Here, { mood: 'well' })));
    await advance();
    const first = container.textContent;
    rerender(strict(h(Here, { mood: 'well' })));
    await advance();
    rerender(strict(h(Here, { mood: 'better' })));
    await advance();
    const second = container.textContent;
    unmount();
    await advance();
    bed.close();
    return { told, first, second };
  },

  async refusedPresence() {
    const { bed, rt, advance } = await start({ policy: { enter: () => false } });
    const ada = rt('ada');
    const Here = () => {
      const { error } = usePresence(roomOf(ada), { say: { mood: 'well' } });
      return h('p', null, error?.code ?? 'none');
    };
    const { container } = render(strict(h(Here)));
    const before = container.textContent;
    await advance();
    bed.close();
    return [before, container.textContent];
  },

  async signals() {
    const { bed, rt, advance } = await start();
    const ada = rt('ada');
    const Typing = () => {
      const typing = useSignal(roomOf(ada), 'typing', { forMs: 500 });
      return h('p', null, typing.map(({ by, data }) => `${by} ${data.at}`).join());
    };
    const { container } = render(strict(h(Typing)));
    const bob = roomOf(rt('bob'));
    await advance();
    const seen = [container.textContent];
    bob.signal('typing', { at: 1 });
    await advance(0);
    seen.push(container.textContent);
    await advance(499);
    seen.push(container.textContent);
    await advance(1);
    seen.push(container.textContent);
    bed.close();
    return seen;
  },

  async calls() {
    const { bed, rt, advance } = await start({
      policy: { call: ({ data }) => data !== 'no' },
    });
    const ada = rt('ada');
    const seen: string[] = [];
    const functions = new Set<unknown>();
    let count: (text: string) => Promise<number> = () => Promise.reject(new Error('not rendered'));
    let add: (all: number[]) => Promise<number> = count as never;
    const Counter = () => {
      const counting = useCall(roomOf(ada), 'count');
      const adding = useCall(ada, 'add');
      count = counting.call;
      add = adding.call;
      functions.add(count);
      useLayoutEffect(() => {
        const { isPending, data, error } = counting;
        seen.push(`${isPending} ${data} ${error?.code} ${adding.data}`);
      });
      return null;
    };
    render(strict(h(Counter)));
    await advance();
    const lost: unknown[] = [];
    addEventListener('unhandledrejection', ({ reason }) => lost.push(String(reason)));
    let calling: Promise<number>[] = [];
    await act(async () => {
      calling = [count('me'), add([1, 2])];
    });
    await advance();
    const answers = await Promise.all(calling);
    await act(async () => void count('no'));
    await advance();
    // Of two that cross the latest counts.
    await act(async () => void [count('a'), count('abc')]);
    await advance();
    await new Promise((resolve) => setTimeout(resolve));
    bed.close();
    return { answers, seen: [...new Set(seen)], functions: functions.size, lost };
  },

  async statuses() {
    const { bed, rt, advance } = await start();
    const ada = rt('ada');
    const seen: string[] = [];
    const Line = () => {
      const status = `${useStatus(ada).status} ${useStatus(roomOf(ada)).status}`;
      useLayoutEffect(() => {
        seen.push(status);
      });
      return null;
    };
    render(strict(h(Line)));
    await advance();
    bed.network.cut('ada');
    await advance(0);
    await advance(60_000);
    bed.close();
    return [...new Set(seen)];
  },

  /** Rows that are slow to render, and a store that changes while they are rendered bit by bit. */
  async tearing() {
    const { bed, rt, hub } = await startBed();
    const prices = rt('ada').channel('price/:symbol', { symbol: 'X' });
    /** How many values stood in the page at once, after each commit. */
    const values = new Set<number>();
    const lines = (): (string | null)[] =>
      Array.from(document.querySelectorAll('i'), ({ textContent }) => textContent);
    const Row = () => {
      const { state } = useChannel(prices);
      const value = String(state.get('bid'));
      for (const until = performance.now() + 4; performance.now() < until; );
      useLayoutEffect(() => {
        values.add(new Set(lines()).size);
      });
      return h('i', null, value);
    };
    let show: (count: number) => void = () => undefined;
    const Board = () => {
      const [count, setCount] = useState(0);
      show = setCount;
      return h('p', null, ...Array.from({ length: count }, (_, key) => h(Row, { key })));
    };
    // Somebody else looks: no component is told of a change before it is shown.
    prices.state.subscribe(() => undefined);
    render(h(Board));
    await hub.publish('price/X', 0, { key: 'bid' });
    await act(() => bed.advance(100));
    // From here on as in a page: nothing waits for React.
    const page = globalThis as unknown as { IS_REACT_ACT_ENVIRONMENT: boolean };
    page.IS_REACT_ACT_ENVIRONMENT = false;
    let slices = 0;
    startTransition(() => show(60));
    while (lines().length < 60 && slices < 10_000) {
      await new Promise((resolve) => setTimeout(resolve));
      slices += 1;
      if (slices <= 5) {
        await hub.publish('price/X', slices, { key: 'bid' });
        await bed.advance(10);
      }
    }
    // Until all of them show what was said last; where they never do, the test says what they show.
    const isShown = (): boolean => lines().length === 60 && lines().every((line) => line === '5');
    for (const endMs = performance.now() + 20_000; performance.now() < endMs && !isShown(); ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    page.IS_REACT_ACT_ENVIRONMENT = true;
    bed.close();
    return { values: [...values], slices, shown: [...new Set(lines())] };
  },

  async hydration() {
    const { bed, asked, rt, advance } = await start();
    void roomOf(rt('bob')).publish('message', { text: 'before' });
    const ada = rt('ada');
    await advance();
    // Somebody looks already: what a server knows is less.
    const other = render(h(Chat, { rt: ada, seen: [] }));
    await advance();
    const seen: string[] = [];
    const chat = strict(h(Chat, { rt: ada, seen }));
    const container = document.createElement('div');
    container.innerHTML = renderToString(chat);
    const html = container.innerHTML;
    const errors: unknown[] = [];
    const root = await act(async () =>
      hydrateRoot(container, chat, { onRecoverableError: (error) => errors.push(String(error)) }),
    );
    await advance();
    const result = { html, after: container.innerHTML, errors, first: seen[0], asked };
    await act(async () => root.unmount());
    other.unmount();
    bed.close();
    return result;
  },
};

/** What examples/in-a-page/rt.js is here. */
export const page: { rt: AppClient<App> | undefined } = { rt: undefined };

/** The component of the guide, used as a person would. */
async function example(Room: ComponentType<{ id: string }>) {
  const { bed, rt, advance } = await start();
  page.rt = rt('ada');
  const { container } = render(strict(h(Room, { id: '1' })));
  const texts = (): (string | null)[] =>
    Array.from(container.querySelectorAll('h1, p'), ({ textContent }) => textContent);
  const seen = [texts()];
  await advance();
  seen.push(texts());
  const input = container.querySelector('input')!;
  await act(async () => fireEvent.change(input, { target: { value: 'hello' } }));
  await advance(0);
  seen.push(texts());
  await act(async () => fireEvent.submit(container.querySelector('form')!));
  await advance(5_000);
  seen.push(texts());
  bed.close();
  return { seen, rows: container.querySelector('p')?.className };
}

/** @returns what it saw, and what React said of it. */
export async function run(
  name: keyof typeof scenarios | 'example',
  Room: ComponentType<{ id: string }>,
): Promise<unknown> {
  const said: string[] = [];
  const { error, warn } = console;
  console.error = (...words: unknown[]) => void said.push(words.join(' '));
  console.warn = console.error;
  try {
    const saw = await (name === 'example' ? example(Room) : scenarios[name]());
    return { saw, said };
  } finally {
    Object.assign(console, { error, warn });
    cleanup();
  }
}
