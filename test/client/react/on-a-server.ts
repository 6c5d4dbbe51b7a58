/**
 * A component as a server renders it: to text, and without a client. What happens in a page is in e2e/react.
 */
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { type AppClient, withContract } from '../../../src/client/app/index.ts';
import type { App } from '../app/world.ts';

/** Whoever needs a client here fails. */
export const serverSide: AppClient<App> = withContract<App>(() => {
  throw new Error('a client was made where a page is only rendered');
});

export const room = serverSide.channel('chat/:room', { room: '1' });

/** What `use` gives, as JSON. Maps as lists. */
export function rendered(use: () => unknown): unknown {
  let given: unknown;
  const Component = (): string => {
    given = use();
    return JSON.stringify(given, (_name, value: unknown) =>
      value instanceof Map ? [...value] : value,
    );
  };
  const html = renderToString(createElement(Component));
  return JSON.parse(html.replaceAll('&quot;', '"'));
}
