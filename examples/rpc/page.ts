import { type ClientError, createClient } from 'tautline/client';
import { withContract } from 'tautline/client/app';
import type { CallsOf } from 'tautline/contract';
import type { app } from './app.ts';

const rt = withContract<typeof app>(
  createClient(`${location.origin.replace('http', 'ws')}/live`, { token: 'anybody' }),
);
const form = document.querySelector('form')!;
const progress = document.querySelector('progress')!;
const told = document.querySelector('output')!;

type Voyage = CallsOf<typeof app>['sail']['in'];

function voyage(): Voyage {
  const { from, to, knots } = Object.fromEntries(new FormData(form));
  // What is chosen came from the server, which validates it all the same.
  return { from, to, knots: knots === '' ? Number.NaN : Number(knots) } as Voyage;
}

/** Beside the fields that are wrong, if they are; else below. */
function showError({ code, message, details }: ClientError): void {
  const { issues = [] } = (details ?? {}) as { issues?: { path: string; message: string }[] };
  for (const issue of issues) {
    document.querySelector(`#${issue.path}-error`)!.textContent = issue.message;
    form.querySelector(`[name=${issue.path}]`)!.setAttribute('aria-invalid', 'true');
  }
  told.textContent = issues.length > 0 ? 'Still in port' : `${message} (${code})`;
}

async function sail(cancelling: AbortController): Promise<void> {
  for (const field of form.querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid');
    field.nextElementSibling!.textContent = '';
  }
  form.className = 'sailing';
  progress.value = 0;
  told.textContent = 'Under way …';
  try {
    const { miles, hours } = await rt.call('sail', voyage(), {
      signal: cancelling.signal,
      withinMs: 60_000,
      onProgress({ sailed, miles }) {
        progress.value = sailed / miles;
        told.textContent = `${sailed} of ${miles} miles …`;
      },
    });
    progress.value = 1;
    told.textContent = `There: ${miles} miles in ${hours.toFixed(1)} hours`;
  } catch (error) {
    progress.value = 0;
    showError(error as ClientError);
  }
  form.className = '';
}

let latest = new AbortController();
form.addEventListener('submit', (event) => {
  event.preventDefault();
  latest = new AbortController();
  void sail(latest);
});
document.querySelector('#back')!.addEventListener('click', () => latest.abort());

const ports = await rt.call('ports', {});
for (const [at, select] of form.querySelectorAll('select').entries()) {
  select.append(...ports.map((port) => new Option(port)));
  select.selectedIndex = at;
}
form.hidden = false;
