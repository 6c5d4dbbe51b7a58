import { describe, expect, it } from 'vitest';
import { Campaign, type Failure, promiseOf } from '../../fuzz/campaign.ts';
import { minimised } from '../../fuzz/minimise.ts';
import { hold, type Target } from '../../fuzz/targets/target.ts';

const magic = Buffer.from('taut');

/** Breaks on any input that begins with the magic bytes, and counts how many of them were right. */
function planted(counters: Uint32Array): Target {
  return {
    name: 'planted',
    words: [],
    maxBytes: 64,
    stepsPerByte: 10,
    stepsAtLeast: 10,
    run(input) {
      let right = 0;
      while (right < magic.length && input[right] === magic[right]) {
        counters[right]! += 1;
        right += 1;
      }
      hold(right < magic.length, 'nobody says the word', () => `${input.length} bytes`);
    },
  };
}

/** Runs until something fails, and no more than `most` times. */
function search(campaign: Campaign, most: number): Failure | undefined {
  for (let left = most; left > 0; left -= 1) {
    const failure = campaign.step();
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}

function plantedCampaign(seed: number, counters = new Uint32Array(4)): Campaign {
  return new Campaign({ target: planted(counters), counters, seed, corpus: [] });
}

describe('campaign: a bug that was planted is found', () => {
  for (const seed of [1, 2, 3]) {
    it(`seed ${seed}: four magic bytes within 200,000 runs`, () => {
      const campaign = plantedCampaign(seed);
      const failure = search(campaign, 200_000);
      expect(Buffer.from(failure!.input.subarray(0, 4)).toString()).toBe('taut');
      expect(promiseOf(failure!.error)).toBe('Finding: nobody says the word');
    });
  }

  it('without coverage the same runs do not find it', () => {
    const blind = new Campaign({
      target: planted(new Uint32Array(4)),
      counters: new Uint32Array(0),
      seed: 1,
      corpus: [],
    });
    expect(search(blind, 200_000)).toBe(undefined);
  });

  it('shrinking leaves the magic bytes and nothing else', () => {
    const campaign = plantedCampaign(4);
    const input = Buffer.from('taut and much that does not matter');
    const failure = { input, error: new Error('nobody says the word') };
    (failure.error as { name: string }).name = 'Finding';
    expect(Buffer.from(campaign.shrink(failure, 2000).input).toString()).toBe('taut');
  });

  it('the same seed finds it in the same run with the same corpus', () => {
    const [one, other] = [plantedCampaign(9), plantedCampaign(9)];
    search(one, 200_000);
    search(other, 200_000);
    expect(other.runs).toBe(one.runs);
    expect(other.corpus).toEqual(one.corpus);
  });
});

describe('campaign: what it keeps, and what it calls too much work', () => {
  it('an input is kept when it reaches a counter, or that counter far more often, and not again', () => {
    const counters = new Uint32Array(1);
    const target: Target = {
      ...planted(counters),
      run(input) {
        counters[0] = input.length;
      },
    };
    const corpus = [3, 3, 4, 5, 7, 8].map((length) => new Uint8Array(length));
    const campaign = new Campaign({ target, counters, seed: 1, corpus });
    for (let left = corpus.length + 1; left > 0; left -= 1) {
      campaign.step();
    }
    expect(campaign.corpus.map((input) => input.length)).toEqual([3, 4, 8]);
    expect(campaign.edges).toBe(1);
  });

  it('steps that grow faster than the input are a finding', () => {
    const counters = new Uint32Array(1);
    const target: Target = {
      ...planted(counters),
      run(input) {
        counters[0] = input.length ** 2;
      },
    };
    const corpus = [new Uint8Array(10), new Uint8Array(12)];
    const campaign = new Campaign({ target, counters, seed: 1, corpus });
    expect([campaign.step(), campaign.step()]).toEqual([undefined, undefined]);
    expect(promiseOf(campaign.step()!.error)).toBe('Finding: the work is linear');
  });

  it('minimised: an input that adds nothing to shorter ones goes', () => {
    const counters = new Uint32Array(4);
    const corpus = ['ta', 'tau', 'tax', 't', ''].map((text) => Uint8Array.from(Buffer.from(text)));
    const kept = minimised(planted(counters), counters, corpus);
    expect(kept.map((input) => Buffer.from(input).toString())).toEqual(['t', 'ta', 'tau']);
  });
});
