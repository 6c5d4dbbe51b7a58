import { describe, expect, it } from 'vitest';
import { Stays } from '../../../src/client/app/stays.ts';
import { type Client, ClientError } from '../../../src/client/index.ts';
import { advance, ManualClock } from '../../../src/testing/index.ts';

/** A client that notes what it is asked, and answers as the test says. */
function staying() {
  const clock = new ManualClock();
  const did: string[] = [];
  let answer: () => Promise<void> = async () => undefined;
  let exited: (channel: string, error: ClientError) => void = () => undefined;
  const client = {
    clock,
    on: (_name: string, listener: typeof exited) => {
      exited = listener;
    },
    enter: (channel: string, data: unknown) => {
      did.push(`enter ${channel} ${JSON.stringify(data)}`);
      return answer();
    },
    exit: (channel: string) => {
      did.push(`exit ${channel}`);
      return answer();
    },
  } as unknown as Client;
  const refusals: string[] = [];
  const stays = new Stays(() => client);
  return {
    clock,
    did,
    refusals,
    stay: (data: unknown) => stays.stay('room', data, ({ code }) => refusals.push(code)),
    answers: (next: () => Promise<void>) => {
      answer = next;
    },
    exited: (error: ClientError) => exited('room', error),
  };
}

const retryable = new ClientError('NOT_CONNECTED', 'later', true);
const forbidden = new ClientError('FORBIDDEN', 'no');

describe('a stay', () => {
  it('is in the roster until it ends', async () => {
    const { clock, did, stay } = staying();
    const end = stay({ mood: 'well' });
    await advance(clock, 0);
    end();
    end();
    await advance(clock, 1_000);
    expect(did).toEqual(['enter room {"mood":"well"}', 'exit room']);
  });

  it('that ends and begins again in one turn is one', async () => {
    const { clock, did, stay } = staying();
    stay('here')();
    stay('here')();
    stay('here');
    await advance(clock, 1_000);
    expect(did).toEqual(['enter room "here"']);
  });

  it('of several the latest says with what, and the last ends it', async () => {
    const { clock, did, stay } = staying();
    const first = stay('one');
    const second = stay('two');
    await advance(clock, 0);
    second();
    await advance(clock, 0);
    first();
    await advance(clock, 0);
    expect(did).toEqual(['enter room "one"', 'enter room "two"', 'enter room "one"', 'exit room']);
  });

  it('what cannot be asked now is asked again, less and less often, until it is answered', async () => {
    const { clock, did, answers, stay } = staying();
    answers(() => Promise.reject(retryable));
    const end = stay('here');
    await advance(clock, 499);
    expect(did.length).toBe(1);
    await advance(clock, 1);
    expect(did.length).toBe(2);
    await advance(clock, 999);
    expect(did.length).toBe(2);
    await advance(clock, 1);
    expect(did.length).toBe(3);
    answers(async () => undefined);
    await advance(clock, 100_000);
    expect(did.length).toBe(4);
    answers(() => Promise.reject(retryable));
    end();
    await advance(clock, 0);
    answers(async () => undefined);
    await advance(clock, 100_000);
    expect(did.slice(4)).toEqual(['exit room', 'exit room']);
  });

  it('that ended while it was asked for is not asked for again', async () => {
    const { clock, did, answers, stay } = staying();
    answers(() => Promise.reject(retryable));
    const end = stay('here');
    await advance(clock, 100);
    answers(async () => undefined);
    end();
    await advance(clock, 100_000);
    expect(did).toEqual(['enter room "here"', 'exit room']);
  });

  it('is refused for good once, to all who want it', async () => {
    const { clock, did, refusals, answers, stay } = staying();
    answers(() => Promise.reject(forbidden));
    stay('here');
    stay('here');
    await advance(clock, 100_000);
    expect([did, refusals]).toEqual([['enter room "here"'], ['FORBIDDEN', 'FORBIDDEN']]);
    stay('again');
    await advance(clock, 0);
    expect(did.length).toBe(2);
  });

  it('into which the server does not let it back is refused then', async () => {
    const { clock, refusals, exited, stay } = staying();
    exited(forbidden);
    stay('here');
    await advance(clock, 0);
    exited(forbidden);
    expect(refusals).toEqual(['FORBIDDEN']);
  });

  it('an answer to what is not wanted any more says nothing', async () => {
    const { clock, did, refusals, answers, stay } = staying();
    let refuse: (error: ClientError) => void = () => undefined;
    answers(
      () =>
        new Promise((_resolve, reject) => {
          refuse = reject;
        }),
    );
    stay('one');
    answers(async () => undefined);
    stay('two');
    refuse(forbidden);
    await advance(clock, 100_000);
    expect([did, refusals]).toEqual([['enter room "one"', 'enter room "two"'], []]);
  });
});
