/**
 * A picture of the ratios: one group of bars for each scenario, ws at 1, shorter is better.
 * In: a series. Out: SVG that is dark on dark pages. Cannot fail.
 */
import type { Row } from './measure.ts';
import { middle, type Series } from './report.ts';
import { type SubjectName, subjectTitles } from './subjects.ts';

const shown: readonly SubjectName[] = ['tautline', 'handle', 'bun', 'raw'];
const width = 880;
const left = 330;
const right = 60;
const top = 84;
const barHeight = 11;
const barGap = 2;
const groupGap = 13;
/** What is longer is cut off, and says so by its number. */
const longest = 1.5;
const ticks = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5];

const style = `
  svg { --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --paper: #ffffff;
    --tautline: #0969da; --handle: #54aeff; --bun: #bf8700; --raw: #8c959f; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #f0f6fc; --faint: #9198a1; --line: #3d444d; --paper: #0d1117;
      --tautline: #4493f8; --handle: #a5d6ff; --bun: #d29922; --raw: #656c76; }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; }
  .faint { fill: var(--faint); font-size: 11px; stroke: var(--paper); stroke-width: 3px; paint-order: stroke; }
  .tick { stroke: var(--line); }
  .one { stroke: var(--ink); stroke-dasharray: 4 3; }
  ${shown.map((name) => `.${name} { fill: var(--${name}); }`).join('\n  ')}`;

interface Bar {
  readonly name: SubjectName;
  readonly ratio: number;
}

export function toSvg({ node, rows }: Series): string {
  const groups = rows
    .filter(({ scenario }) => scenario.peer === 'ws')
    .map((row) => ({ title: row.scenario.title, bars: barsOf(row) }))
    .filter(({ bars }) => bars.length > 0);
  let y = top;
  const parts: string[] = [];
  for (const { title, bars } of groups) {
    const height = bars.length * (barHeight + barGap) - barGap;
    parts.push(text(left - 10, y + height / 2 + 4, title, 'text-anchor="end"'));
    bars.forEach((bar, i) => {
      parts.push(drawn(bar, y + i * (barHeight + barGap)));
    });
    y += height + groupGap;
  }
  const bottom = y;
  const heading = `Server CPU beside ws, Node ${node}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 30}" role="img" aria-label="${heading}">`,
    `<style>${style}\n</style>`,
    `<rect width="${width}" height="${bottom + 30}" fill="var(--paper)"/>`,
    text(16, 26, heading, 'class="title"'),
    text(
      16,
      44,
      'ws = 1; shorter is better. Of idle connections it is the memory.',
      'class="faint"',
    ),
    ...legend(groups.flatMap(({ bars }) => bars)),
    ...ticks.map((tick) => axis(tick, bottom)),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function barsOf(row: Row): readonly Bar[] {
  const peer = middle(row, row.scenario.peer);
  return shown.flatMap((name) => {
    const own = middle(row, name);
    return peer === undefined || own === undefined ? [] : [{ name, ratio: own / peer }];
  });
}

function drawn({ name, ratio }: Bar, y: number): string {
  const end = xOf(Math.min(Math.max(ratio, 0), longest));
  const bar = `<rect class="${name}" x="${left}" y="${y}" width="${fixed(Math.max(end - left, 1))}" height="${barHeight}" rx="1.5"/>`;
  return bar + text(end + 5, y + barHeight - 2, ratio.toFixed(2), 'class="faint"');
}

function legend(bars: readonly Bar[]): readonly string[] {
  let x = 16;
  return shown
    .filter((name) => bars.some((bar) => bar.name === name))
    .map((name) => {
      const title = subjectTitles[name].replaceAll('`', '');
      const box = `<rect class="${name}" x="${x}" y="55" width="11" height="11" rx="1.5"/>`;
      const label = text(x + 16, 65, title, '');
      x += 36 + title.length * 7;
      return box + label;
    });
}

function axis(tick: number, bottom: number): string {
  const x = fixed(xOf(tick));
  const kind = tick === 1 ? 'one' : 'tick';
  const line = `<line class="${kind}" x1="${x}" x2="${x}" y1="${top - 6}" y2="${bottom - 4}"/>`;
  return line + text(xOf(tick), bottom + 10, `${tick}`, 'class="faint" text-anchor="middle"');
}

function xOf(ratio: number): number {
  return left + (ratio / longest) * (width - left - right);
}

function text(x: number, y: number, what: string, attributes: string): string {
  const safe = what.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${safe}</text>`;
}

function fixed(value: number): string {
  return String(Number(value.toFixed(1)));
}
