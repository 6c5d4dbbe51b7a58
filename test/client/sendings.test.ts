import { describe, expect, it } from 'vitest';
import type { Letter } from '../../src/client/letter.ts';
import { settle } from '../../src/client/options.ts';
import { Sendings } from '../../src/client/sendings.ts';
import { Window } from '../../src/client/window.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { turn } from './world.ts';

const producer = { name: 'x'.repeat(22), epoch: 1, seq: 1 };

function letterOf(data: unknown): Letter {
  const nothing = (): void => undefined;
  return {
    id: 1,
    message: { type: 'publish', channel: 'room', data },
    size: 20,
    tag: undefined,
    atMs: 0,
    seq: 1,
    inDoubt: false,
    askedId: 0,
    verdict: undefined,
    status: 'queued',
    resolve: nothing,
    reject: nothing,
    cancelAge: nothing,
    cancelReply: nothing,
  };
}

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
  const late: unknown[] = [];
  const dispatch = (letter: Letter, after?: Promise<void>): void => {
    const onLate = (): void => void late.push(letter.message.data);
    sendings.dispatch({ letter, producer, after, onLate });
  };
  return { clock, window, sendings, sent, late, dispatch };
}

describe('letters under way', () => {
  it('one that is answered is known by its request, once', () => {
    const { sendings, sent, dispatch, clock } = opened();
    const letter = letterOf('hi');
    dispatch(letter);
    expect([sent, letter.askedId, sendings.isOpen]).toEqual([['hi'], 1, false]);
    expect([sendings.has(1), sendings.take(1), sendings.has(1)]).toEqual([true, letter, false]);
    expect(clock.pending).toBe(0);
  });

  it('one without an answer in time is told, and another may be sent', () => {
    const { sendings, late, dispatch, clock } = opened();
    dispatch(letterOf('hi'));
    clock.advance(9_999);
    expect(late).toEqual([]);
    clock.advance(1);
    expect([late, sendings.has(1), sendings.isOpen]).toEqual([['hi'], false, true]);
  });

  it('one that is forgotten counts until it is answered', () => {
    const { sendings, late, dispatch, clock } = opened();
    const letter = letterOf('hi');
    dispatch(letter);
    sendings.forget(letter);
    expect([sendings.has(1), sendings.isOpen, clock.pending]).toEqual([true, false, 0]);
    expect([sendings.take(1), late]).toEqual([undefined, []]);
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
    const { sendings, sent, dispatch } = opened();
    const letter = letterOf('hi');
    dispatch(letter, Promise.resolve());
    sendings.forget(letter);
    await turn();
    expect([sent, sendings.isOpen, sendings.has(1)]).toEqual([[], true, false]);
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
