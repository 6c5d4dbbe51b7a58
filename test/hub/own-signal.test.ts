import { describe, expect, it } from 'vitest';
import type { Inside } from '../../src/hub/inside.ts';
import { hubLimits } from '../../src/hub/options.ts';
import { signalTo } from '../../src/hub/own-signal.ts';

function bus() {
  const sent: unknown[] = [];
  const post = { send: async (...said: unknown[]) => void sent.push(said) };
  const inside = { post, limits: hubLimits({ maxDataBytes: 10 }) } as unknown as Inside;
  return { sent, inside };
}

describe("a signal of the server's own code", () => {
  it('goes to the bus, with its name and whoever says it', async () => {
    const { sent, inside } = bus();
    await signalTo(inside, 'room', 1);
    await signalTo(inside, 'room', new Uint8Array([1]), { event: 'typing', by: 'ann' });
    expect(sent).toEqual([
      ['~signal:room', { data: 1 }],
      ['~signal:room', { bytes: 'AQ==', event: 'typing', by: 'ann' }],
    ]);
  });

  it('that cannot be said is refused before it is sent', async () => {
    const { sent, inside } = bus();
    const wrong = [
      ['CHANNEL_INVALID', signalTo(inside, '~roster:room', 1)],
      ['CHANNEL_INVALID', signalTo(inside, 'a b', 1)],
      ['DATA_INVALID', signalTo(inside, 'room', undefined)],
      ['DATA_TOO_LARGE', signalTo(inside, 'room', '123456789')],
      ['EVENT_INVALID', signalTo(inside, 'room', 1, { event: '' })],
    ] as const;
    for (const [code, said] of wrong) {
      await expect(said).rejects.toMatchObject({ code });
    }
    await signalTo(inside, 'room', '12345678');
    expect(sent).toHaveLength(1);
  });
});
