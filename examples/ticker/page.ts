import { createClient } from 'tautline/client';
import { withContract } from 'tautline/client/app';
import type { StateOf } from 'tautline/contract';
import type { app } from './app.ts';
import { places, symbols } from './listed.ts';

const rt = withContract<typeof app>(
  createClient(`${location.origin.replace('http', 'ws')}/live`, { token: 'anybody' }),
);
const table = document.querySelector('table')!;
const status = document.querySelector('[role=status]')!;

function add<Name extends keyof HTMLElementTagNameMap>(name: Name, to: Element, text = '') {
  const element = document.createElement(name);
  element.textContent = text;
  to.append(element);
  return element;
}

type Price = StateOf<typeof app, 'price/:symbol'>;

/** Says which way it went; the colour fades by itself. */
function show(quote: HTMLElement, { bid, ask }: Price): void {
  const [shownBid, shownAsk] = quote.children;
  const before = Number(shownBid?.textContent);
  shownBid?.replaceChildren(bid.toFixed(2));
  shownAsk?.replaceChildren(ask.toFixed(2));
  if (before !== 0 && bid !== before) {
    quote.dataset['went'] = bid > before ? 'up' : 'down';
    quote.animate({ backgroundColor: ['var(--flash)', 'transparent'] }, 900);
  }
}

const head = add('tr', add('thead', table));
for (const title of ['', ...places]) {
  add('th', head, title).scope = 'col';
}
const body = add('tbody', table);
for (const [symbol, { name }] of Object.entries(symbols)) {
  const row = add('tr', body);
  const header = add('th', row, symbol);
  header.scope = 'row';
  add('small', header, name);
  const quotes = new Map<string, HTMLElement>();
  for (const place of places) {
    const quote = add('div', add('td', row));
    add('span', quote);
    add('span', quote);
    quotes.set(place, quote);
  }
  rt.channel('price/:symbol', { symbol }).on('state', ({ key, value }) => {
    const quote = quotes.get(key);
    if (quote !== undefined && value !== undefined) {
      show(quote, value);
    }
  });
}

const update = () => {
  const now = rt.status.get().status;
  status.textContent = now === 'connected' ? 'live' : 'these prices are old';
  document.body.className = now;
};
rt.status.subscribe(update);
update();
