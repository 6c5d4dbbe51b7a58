/**
 * Every code has a number, and says whether it helps to try again and what to do.
 * In: the tree. Out: a finding for each paragraph of the page of errors that lacks one of these, for numbers outside of their section's, and
 * for those that are not the next ones: so no number is given twice, and one that is given up stays on the list of those.
 */
import { type ErrorEntry, type ErrorSection, errorsPage, readErrorsPage } from './errors-page.ts';
import type { Finding } from './finding.ts';
import type { Tree } from './tree.ts';

export function numbers(tree: Tree): Finding[] {
  const { sections, retired } = readErrorsPage(tree.texts.get(errorsPage) ?? '');
  return [
    ...sections.flatMap((section) => sectionFindings(section, new Set(retired))),
    ...overlaps(sections),
  ];
}

function sectionFindings(section: ErrorSection, retired: ReadonlySet<number>): Finding[] {
  const { title, line, first, last, entries } = section;
  if (first === undefined || last === undefined || first > last) {
    return [found(line, `"${title}" has no numbers`, 'Write "Numbers 1000 to 1099." below it.')];
  }
  const findings: Finding[] = [];
  let next = first;
  for (const entry of entries) {
    findings.push(...entryFindings(entry));
    while (retired.has(next)) {
      next += 1;
    }
    if (entry.number !== undefined && entry.number !== next) {
      findings.push(
        found(entry.line, `${entry.code} has ${entry.number}, and ${next} is next`, order),
      );
    }
    next = (entry.number ?? next) + 1;
  }
  if (next > last + 1) {
    findings.push(found(line, `"${title}" has more codes than numbers`, 'Begin another section.'));
  }
  return findings;
}

const order =
  'Number a section without holes; new codes go to its end, numbers given up to the last section.';

function entryFindings({ code, line, number, retryable, todo }: ErrorEntry): Finding[] {
  const findings: Finding[] = [];
  if (number === undefined || retryable === undefined) {
    const form = 'Write "Number 1004, retryable: no." below it: yes, no, or as told.';
    findings.push(found(line, `${code} has no number`, form));
  }
  if (todo === undefined) {
    const form = 'End its paragraph with a line "To do: ...".';
    findings.push(found(line, `${code} does not say what to do`, form));
  }
  return findings;
}

function overlaps(sections: readonly ErrorSection[]): Finding[] {
  return sections.flatMap(({ title, line, first = 0, last = 0 }, at) =>
    sections
      .slice(0, at)
      .filter((other) => first <= (other.last ?? -1) && last >= (other.first ?? Infinity))
      .map((other) =>
        found(line, `"${title}" has numbers of "${other.title}"`, 'Give it its own.'),
      ),
  );
}

function found(line: number, wrong: string, todo: string): Finding {
  return { check: 'numbers', file: errorsPage, line, wrong, todo };
}
