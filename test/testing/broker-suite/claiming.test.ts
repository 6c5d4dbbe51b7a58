import { describe, expect, it } from 'vitest';
import { claimingPromises } from '../../../src/testing/broker-suite/claiming.ts';
import { broken, type Defect, untouched } from './defects.ts';

const defects: Readonly<Record<string, Defect>> = {
  'each node sees only its own claims': {
    change: ({ claims }, { nodes }) => {
      const place = nodes.length;
      return {
        claims: {
          get: (key) => claims.get(`${place}${key}`),
          put: (key, ...rest) => claims.put(`${place}${key}`, ...rest),
          renew: (key, ...rest) => claims.renew(`${place}${key}`, ...rest),
          release: (key, ...rest) => claims.release(`${place}${key}`, ...rest),
        },
      };
    },
    breaks: [
      'a claim is found',
      'a claim is replaced',
      'of rivals that expect',
      'a lease that is',
      'a claim is released',
      'D15: claims whose keys',
    ],
  },
  'who comes last has it': {
    change: ({ claims }) => ({
      claims: {
        async put(key, value, { leaseMs }) {
          const expect = (await claims.get(key))?.revision;
          return claims.put(key, value, { expect, leaseMs });
        },
      },
    }),
    breaks: ['a claim is replaced'],
  },
  'looking and taking are two steps': {
    change: ({ claims }) => ({
      claims: {
        async put(key, value, { expect: wanted, leaseMs }) {
          const found = await claims.get(key);
          if (found?.revision !== wanted) {
            return { done: false, found };
          }
          let put = await claims.put(key, value, { expect: wanted, leaseMs });
          while (!put.done) {
            put = await claims.put(key, value, { expect: put.found?.revision, leaseMs });
          }
          return put;
        },
      },
    }),
    breaks: ['of rivals that expect'],
  },
  'a revision is the value': {
    change: ({ claims }) => ({
      claims: {
        async get(key) {
          const found = await claims.get(key);
          return found && { ...found, revision: found.value };
        },
        async put(key, value, { expect: wanted, leaseMs }) {
          const found = await claims.get(key);
          const put = await claims.put(key, value, {
            expect: found?.value === wanted ? found?.revision : wanted,
            leaseMs,
          });
          return put.done ? { done: true, revision: value } : put;
        },
      },
    }),
    breaks: ['a claim is replaced', 'a lease that is', 'a claim is released'],
  },
  'who loses is not told what stands': {
    change: ({ claims }) => ({
      claims: {
        async put(...what) {
          const put = await claims.put(...what);
          return put.done ? put : { done: false, found: undefined };
        },
      },
    }),
    breaks: ['a claim is replaced'],
  },
  'no lease ever ends': {
    change: ({ claims }) => ({
      claims: {
        put: (key, value, { expect: wanted }) =>
          claims.put(key, value, { expect: wanted, leaseMs: 1e9 }),
      },
    }),
    breaks: ['a claim ends with'],
  },
  'every lease is short': {
    change: ({ claims }) => ({
      claims: {
        put: (key, value, { expect: wanted }) =>
          claims.put(key, value, { expect: wanted, leaseMs: 2_000 }),
      },
    }),
    breaks: ['a claim ends with', 'a lease that is'],
  },
  'renewing does nothing': {
    change: ({ claims }) => ({
      claims: {
        renew: async (key, revision) => (await claims.get(key))?.revision === revision,
      },
    }),
    breaks: ['a lease that is'],
  },
  'anyone may renew': {
    change: ({ claims }) => ({
      claims: {
        async renew(key, _, leaseMs) {
          const found = await claims.get(key);
          return found !== undefined && claims.renew(key, found.revision, leaseMs);
        },
      },
    }),
    breaks: ['a lease that is'],
  },
  'anyone may release': {
    change: ({ claims }) => ({
      claims: {
        async release(key) {
          const found = await claims.get(key);
          return found !== undefined && claims.release(key, found.revision);
        },
      },
    }),
    breaks: ['a claim is released'],
  },
  'what is released stays': {
    change: ({ claims }) => ({
      claims: {
        release: async (key, revision) => (await claims.get(key))?.revision === revision,
      },
    }),
    breaks: ['a claim is released'],
  },
  'keys are not case-sensitive': {
    change: ({ claims }) => ({
      claims: {
        get: (key) => claims.get(key.toLowerCase()),
        put: (key, ...rest) => claims.put(key.toLowerCase(), ...rest),
      },
    }),
    breaks: ['D15: claims whose keys'],
  },
  'long values are cut': {
    change: ({ claims }) => ({
      claims: { put: (key, value, options) => claims.put(key, value.slice(0, 16_383), options) },
    }),
    breaks: ['D15: claims whose keys'],
  },
};

describe('the promises of claims', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(claimingPromises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(claimingPromises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(claimingPromises, Object.values(defects))).toEqual([]);
  });
});
