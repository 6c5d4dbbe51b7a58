/**
 * The tables of docs/3-reference/options.md, the comments beside the options, and the values in use say the same.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jwksDefaults, jwtDefaults, ticketDefaults } from '../../src/auth/index.ts';
import { durableDefaults } from '../../src/brokers/durable.ts';
import { memoryDefaults } from '../../src/brokers/memory.ts';
import { messagesDefaults, signalsDefaults } from '../../src/client/app/index.ts';
import { clientDefaults } from '../../src/client/index.ts';
import { ladderDefaults } from '../../src/client/transports/ladder.ts';
import { sharedTabsDefaults } from '../../src/client/transports/shared-tabs/index.ts';
import { serveTabsDefaults } from '../../src/client/transports/shared-tabs/worker.ts';
import { httpRoadDefaults } from '../../src/client/transports/sse.ts';
import {
  compressionDefaults,
  handshakeDefaults,
  http2Defaults,
  sendingDefaults,
  streamsDefaults,
} from '../../src/endpoint/index.ts';
import { tabsDefaults } from '../../src/gateways/tabs.ts';
import { backoffDefaults } from '../../src/ground/backoff.ts';
import { countDefaults } from '../../src/hub/app/index.ts';
import { askDefaults } from '../../src/hub/calls/asks.ts';
import { callLimitDefaults } from '../../src/hub/calls/options.ts';
import { drainDefaults, hubLimitDefaults } from '../../src/hub/index.ts';
import { presenceLimitDefaults } from '../../src/hub/presence/options.ts';
import { connectionDefaults, headLimitDefaults } from '../../src/protocol/index.ts';
import { advanceDefaults, calm, networkDefaults } from '../../src/testing/index.ts';
import { httpRoadDefaults as roadLimits } from '../../src/transports/http-transport.ts';
import { readPage, root } from './pages.ts';

/** Each interface with its file, in the order of the page. */
const interfaces: readonly (readonly [name: string, file: string])[] = [
  ['ServerOptions', 'server/create-server.ts'],
  ['CountOptions', 'hub/app/limits.ts'],
  ['RateLimitOptions', 'hub/app/limits.ts'],
  ['QuotaOptions', 'hub/app/limits.ts'],
  ['SizeLimitOptions', 'hub/app/limits.ts'],
  ['HubLimits', 'hub/options.ts'],
  ['DrainOptions', 'hub/crowd.ts'],
  ['CallLimits', 'hub/calls/options.ts'],
  ['AskOptions', 'hub/calls/asks.ts'],
  ['PresenceLimits', 'hub/presence/options.ts'],
  ['MemoryOptions', 'brokers/memory/options.ts'],
  ['DurableOptions', 'brokers/durable/options.ts'],
  ['EndpointOptions', 'endpoint/endpoint.ts'],
  ['Http2Options', 'endpoint/http2-options.ts'],
  ['HandshakeOptions', 'endpoint/options.ts'],
  ['HeadLimits', 'protocol/handshake/head.ts'],
  ['MountOptions', 'endpoint/mounts.ts'],
  ['DialOptions', 'endpoint/dial.ts'],
  ['RouteOptions', 'endpoint/route.ts'],
  ['WebSocketStreamOptions', 'browser-shape/websocket-stream.ts'],
  ['SendingOptions', 'endpoint/options.ts'],
  ['PayloadOptions', 'endpoint/options.ts'],
  ['SendStreamOptions', 'endpoint/streaming.ts'],
  ['StreamsOptions', 'endpoint/streaming.ts'],
  ['WebsocketOptions', 'endpoint/options.ts'],
  ['CompressionOptions', 'endpoint/compression.ts'],
  ['LimitOptions', 'protocol/options.ts'],
  ['TimingOptions', 'protocol/options.ts'],
  ['ClientOptions', 'client/client-options.ts'],
  ['ClientLimits', 'client/client-options.ts'],
  ['ContractOptions', 'client/app/with-contract.ts'],
  ['MessagesOptions', 'client/app/watch-messages.ts'],
  ['SignalsOptions', 'client/app/watch-signals.ts'],
  ['PresenceOptions', 'client/react/use-presence.ts'],
  ['KeepOptions', 'client/storage/keeper.ts'],
  ['TabStorageOptions', 'client/storage/tab-storage.ts'],
  ['FollowKeptOptions', 'client/storage/follow-kept.ts'],
  ['IndexedDbOptions', 'client/storage/indexed-db.ts'],
  ['BackoffOptions', 'ground/backoff.ts'],
  ['HttpTransportOptions', 'transports/http-transport.ts'],
  ['HttpRoadLimits', 'transports/http-options.ts'],
  ['EventSourceTransportOptions', 'transports/event-source.ts'],
  ['JwtOptions', 'auth/jwt.ts'],
  ['JwksOptions', 'auth/jwt/remote-keys.ts'],
  ['TicketOptions', 'auth/tickets.ts'],
  ['TabsOptions', 'gateways/tabs.ts'],
  ['TabsLimits', 'gateways/tabs/options.ts'],
  ['HttpRoadOptions', 'client/transports/http-road.ts'],
  ['LadderOptions', 'client/transports/rungs.ts'],
  ['SharedTabsOptions', 'client/transports/shared-tabs/options.ts'],
  ['ServeTabsOptions', 'client/transports/shared-tabs/worker.ts'],
  ['MemoryNetworkOptions', 'testing/memory-network/options.ts'],
  ['Conditions', 'testing/memory-network/options.ts'],
  ['NetworkLimits', 'testing/memory-network/options.ts'],
  ['ServeOptions', 'testing/memory-network.ts'],
  ['AdvanceOptions', 'testing/advance.ts'],
];

/** What is really used when nothing is given. */
const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  CountOptions: countDefaults,
  HubLimits: hubLimitDefaults,
  DrainOptions: drainDefaults,
  CallLimits: callLimitDefaults,
  AskOptions: askDefaults,
  PresenceLimits: presenceLimitDefaults,
  MemoryOptions: memoryDefaults,
  DurableOptions: durableDefaults,
  Http2Options: http2Defaults,
  HandshakeOptions: handshakeDefaults,
  HeadLimits: headLimitDefaults,
  SendingOptions: sendingDefaults,
  StreamsOptions: streamsDefaults,
  CompressionOptions: compressionDefaults,
  LimitOptions: connectionDefaults,
  TimingOptions: connectionDefaults,
  ClientLimits: clientDefaults,
  MessagesOptions: messagesDefaults,
  SignalsOptions: signalsDefaults,
  BackoffOptions: backoffDefaults,
  HttpRoadLimits: roadLimits,
  HttpRoadOptions: httpRoadDefaults,
  LadderOptions: ladderDefaults,
  JwtOptions: jwtDefaults,
  JwksOptions: jwksDefaults,
  TicketOptions: ticketDefaults,
  SharedTabsOptions: sharedTabsDefaults,
  ServeTabsOptions: serveTabsDefaults,
  TabsLimits: tabsDefaults,
  Conditions: calm,
  NetworkLimits: networkDefaults,
  AdvanceOptions: advanceDefaults,
};

type Option = readonly [name: string, default_: string];

describe('the page of options', () => {
  const tables = tablesOf(readPage('docs/3-reference/options.md').text);

  it('has a table for each interface, and for nothing else', () => {
    const withTables = [...tables].filter(([, rows]) => rows.length > 0).map(([name]) => name);
    expect(withTables).toEqual(interfaces.map(([name]) => name));
  });

  it.each(interfaces)(
    '%s: every option, in the order of the source, with its default',
    (name, file) => {
      const source = readFileSync(join(root, 'src', file), 'utf8');
      expect(tables.get(name)).toEqual(optionsOf(source, name));
    },
  );

  it.each(Object.keys(values))('%s: the defaults are those in use', (name) => {
    const numbers = (tables.get(name) ?? [])
      .map(([option, text]) => [option, Number(text.replaceAll('_', ''))] as const)
      .filter(([, value]) => !Number.isNaN(value));
    const used = numbers.map(([option]) => [option, values[name]![option]] as const);
    const isListed = (option: string): boolean => option in values[name]!;
    expect(numbers.filter(([option]) => isListed(option))).toEqual(
      used.filter(([option]) => isListed(option)),
    );
    expect(numbers.some(([option]) => isListed(option))).toBe(true);
  });

  it('no default in use is left out', () => {
    const listed = (...names: string[]): string[] =>
      names.flatMap((name) => (tables.get(name) ?? []).map(([option]) => option)).sort();
    expect(listed('LimitOptions', 'TimingOptions')).toEqual(Object.keys(connectionDefaults).sort());
    expect(listed('HubLimits')).toEqual(Object.keys(hubLimitDefaults).sort());
    expect(listed('ClientLimits')).toEqual(Object.keys(clientDefaults).sort());
    expect(listed('HttpRoadLimits')).toEqual(Object.keys(roadLimits).sort());
  });
});

/** Rows by the heading above them. */
function tablesOf(text: string): Map<string, Option[]> {
  const tables = new Map<string, Option[]>();
  for (const part of text.split(/^##+ /m).slice(1)) {
    const name = /^`(\w+)`/.exec(part)?.[1] ?? part.split('\n')[0]!;
    const rows = [...part.matchAll(/^\| `(\w+)` \| (.*?) \| .* \|$/gm)];
    tables.set(
      name,
      rows.map((row): Option => [row[1]!, plain(row[2]!)]),
    );
  }
  return tables;
}

/** The members that the interface itself declares, with what their comments give as `@default`. */
function optionsOf(source: string, name: string): Option[] {
  const from = source.search(new RegExp(`^export interface ${name}\\b`, 'm'));
  const body = source.slice(from, source.indexOf('\n}', from));
  return [...body.matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?readonly (\w+)\??:/g)].map(
    ([, comment = '', option = '']): Option => {
      const given = /@default ([\s\S]*)$/.exec(comment)?.[1] ?? '–';
      return [option, plain(given)];
    },
  );
}

/** On one line, and without the backticks that make a cell code. */
function plain(text: string): string {
  return text
    .replaceAll(/\s*\n\s*\*?\s*/g, ' ')
    .replaceAll('`', '')
    .trim();
}
