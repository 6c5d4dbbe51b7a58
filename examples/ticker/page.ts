import { createClient } from 'tautline/client';
import { withContract } from 'tautline/client/app';
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

/** A price, and which way it went; the colour fades by itself. */
function show(element: HTMLElement, price: number): void {
  const before = Number(element.textContent);
  element.textContent = price.toFixed(2);
  if (before !== 0 && price !== before) {
    element.dataset['went'] = price > before ? 'up' : 'down';
    element.animate({ backgroundColor: ['var(--flash)', 'transparent'] }, 900);
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
  const cells = new Map(
    places.map((place): [string, HTMLElement[]] => {
      const cell = add('td', row);
      return [place, [add('span', cell), add('span', cell)]];
    }),
  );
  rt.channel('price/:symbol', { symbol }).on('state', ({ key, value }) => {
    const [bid, ask] = cells.get(key) ?? [];
    if (bid !== undefined && ask !== undefined && value !== undefined) {
      show(bid, value.bid);
      show(ask, value.ask);
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
