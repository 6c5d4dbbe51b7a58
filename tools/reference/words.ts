/**
 * Docstrings as paragraphs of a page.
 * In: the words of a comment. Out: Markdown. Cannot fail.
 */

/** What a door's file says of itself, without its name: the first paragraph, and nothing of what comes in and goes out. */
export function headline(header: string, specifier: string): string {
  const [first = ''] = header.split(/\n\n|(?:^|\n)\s*(?=In: |Fails: )/);
  const text = first.replaceAll('\n', ' ').trim();
  const own = text.startsWith(`\`${specifier}\`: `) ? text.slice(specifier.length + 4) : text;
  return escaped(own.charAt(0).toUpperCase() + own.slice(1));
}

/** For a list, where one sentence must do. */
export function firstSentence(text: string): string {
  return /^[\s\S]*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

/** Makes a writer that turns names of the package into links. */
export function makeProse(linkOf: (name: string) => string | undefined): (words: string) => string {
  return (words) => {
    const isCodes = /@codes\b/.test(words);
    const [body = '', ...tags] = ` ${words}`.split(
      /\s+(?=@(?:codes|default|param|returns?|throws)\b)/,
    );
    const paragraphs = [body.trim(), ...tags.map(tagText)].filter((text) => text !== '');
    const text = paragraphs.join('\n\n').replaceAll(/\n\n(?=- )/g, '\n');
    const linked = escaped(text).replaceAll(/`([A-Za-z]\w+)`/g, (all, name: string) =>
      /[A-Z]/.test(name) && /[a-z]/.test(name) ? (linkOf(name) ?? all) : all,
    );
    return isCodes ? `${linked}\n\nWhat each means: [errors](../errors.md).` : linked;
  };
}

function tagText(text: string): string {
  const [, tag = '', rest = ''] = /^@(\w+)\s*([\s\S]*)$/.exec(text) ?? [];
  const type = /^\{([^}]*)\}\s*/.exec(rest)?.[1];
  const said = type === undefined ? rest : rest.replace(/^\{[^}]*\}\s*/, '');
  switch (tag) {
    case 'throws':
      return `- Throws ${type === undefined ? '' : `\`${type}\``}${said === '' ? '.' : `: ${said}`}`;
    case 'param':
      return `- ${said.replace(/^(\w+)\s*/, '`$1`: ')}`;
    case 'default':
      return `Default: ${said}`;
    case 'return':
    case 'returns':
      return `Gives ${said}`;
    default:
      return said;
  }
}

/** What is no code must not look like a tag of HTML. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('');
}
