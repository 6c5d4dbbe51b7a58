import { describe, expect, it } from 'vitest';
import { type Letter, newLetter } from '../../src/client/letter.ts';
import { settle } from '../../src/client/options.ts';
import { Sendings } from '../../src/client/sendings.ts';
import { Window } from '../../src/client/window.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import type { Appended } from '../../src/wire/index.ts';
import { turn } from './world.ts';

const producer = { name: 'x'.repeat(22), epoch: 1, seq: 1 };

function letterOf(data: unknown): Letter {
  const nothing = (): void => undefined;
  const message = { type: 'publish', channel: 'room', data } as const;
  const kept = { message, size: 20, tag: undefined, untilMs: 0, seq: 1 };
  return newLetter(kept, { id: 1, isInherited: false, resolve: nothing, reject: nothing });
}

const stored: Appended = {
  type: 'appended',
  id: 1,
  position: { epoch: 'e1', offset: 1, id: 'id1' },
};

/** On a connection that takes one at a time. */
function opened() {
  const clock = new ManualClock();
  const transport = {
    name: 'none',
    open: () => ({ send: () => undefined, close: () => undefined }),
  };
  const window = new Window(() => undefined);
  let id = 0;
  const sendings = new Sendings(settle({ clock }, transport), () => (id += 1), window);
  const sent: unknown[] = [];
  window.open(1);
  sendings.opened(({ data }) => sent.push(data));
  const told: string[] = [];
  const tell =
    (what: string) =>
    (letter: Letter): void =>
      void told.push(`${String(letter.message.data)} ${what}`);
  const sender = { stored: tell('stored'), refused: tell('refused'), late: tell('late') };
  const dispatch = (letter: Letter, after?: Promise<void>): void => {
    sendings.dispatch({ letter, sender, producer, after });
  };
  return { clock, sendings, sent, told, dispatch };
}

describe('letters under way', () => {
  it('of one that is answered its lane is told, once, and another may be sent', () => {
    const { sendings, sent, told, dispatch, clock } = opened();
    const letter = letterOf('hi');
    dispatch(letter);
    expect([sent, letter.askedId, sendings.isOpen]).toEqual([['hi'], 1, false]);
    expect([sendings.answered(stored), sendings.answered(stored)]).toEqual([true, false]);
    expect([told, sendings.isOpen, clock.pending]).toEqual([['hi stored'], true, 0]);
  });

  it('the same for one that is refused', () => {
    const { sendings, told, dispatch } = opened();
    dispatch(letterOf('hi'));
    const code = 'FORBIDDEN';
    sendings.answered({ type: 'error', id: 1, code, message: '', retryable: false });
    expect([told, sendings.isOpen]).toEqual([['hi refused'], true]);
  });

  it('one without an answer in time is told, and another may be sent', () => {
    const { sendings, told, dispatch, clock } = opened();
    dispatch(letterOf('hi'));
    clock.advance(9_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect([told, sendings.answered(stored), sendings.isOpen]).toEqual([['hi late'], false, true]);
  });

  it('one that is forgotten takes its part of the window until it is answered', () => {
    const { sendings, told, dispatch, clock } = opened();
    const letter = letterOf('hi');
    dispatch(letter);
    sendings.forget(letter);
    expect(sendings.isOpen).toBe(false);
    expect([sendings.answered(stored), told]).toEqual([true, []]);
    expect([sendings.isOpen, clock.pending]).toEqual([true, 0]);
  });

  it('or until its answer is late: a server that never answers has not the window for ever', () => {
    const { sendings, told, dispatch, clock } = opened();
    const letter = letterOf('hi');
    dispatch(letter);
    sendings.forget(letter);
    clock.advance(10_000);
    expect([told, sendings.isOpen, sendings.answered(stored)]).toEqual([[], true, false]);
  });

  it('one that must wait leaves when it may', async () => {
    const { sent, dispatch } = opened();
    let may: () => void = () => undefined;
    dispatch(
      letterOf('hi'),
      new Promise((resolve) => {
        may = resolve;
      }),
    );
    await turn();
    expect(sent).toEqual([]);
    may();
    await turn();
    expect(sent).toEqual(['hi']);
  });

  it('forgotten while it waits it never leaves, and another may be sent', async () => {
    const { sendings, sent, dispatch, clock } = opened();
    const letter = letterOf('hi');
    dispatch(letter, Promise.resolve());
    sendings.forget(letter);
    await turn();
    expect([sent, sendings.isOpen, clock.pending]).toEqual([[], true, 0]);
  });

  it('when the connection is lost while it waits it does not leave by the next', async () => {
    const { sendings, sent, dispatch, clock } = opened();
    dispatch(letterOf('hi'), Promise.resolve());
    sendings.lost();
    sendings.opened(({ data }) => sent.push(data));
    await turn();
    expect([sent, clock.pending]).toEqual([[], 0]);
  });
});
