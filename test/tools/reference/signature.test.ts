import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../tools/reference/signature.ts';
import { parseSource } from '../../../tools/tidy/source.ts';

/** Of the statements of `text`, all of which declare `a`. */
const of = (text: string): string => {
  const { program } = parseSource('src/a.ts', text);
  return signatureOf(program.body, 'a', text).text;
};
const kindOf = (text: string): string => {
  const { program } = parseSource('src/a.ts', text);
  return signatureOf(program.body, 'a', text).kind;
};

describe('functions', () => {
  it('are shown without their bodies', () => {
    expect(of('export async function a(b = 0): Promise<void> {\n  c();\n}')).toBe(
      'async function a(b = 0): Promise<void>;',
    );
  });

  it('are shown by their overloads, and not by what implements them', () => {
    const text =
      'export function a(b: string): 1;\nexport function a(b: number): 2;\nexport function a(b: unknown) {}';
    expect(of(text)).toBe('function a(b: string): 1;\nfunction a(b: number): 2;');
  });

  it('are functions as arrows too', () => {
    expect(of('export const a = (b: string): number => 1;')).toBe('function a(b: string): number;');
    expect(of('export const a = async <B>(b: B): Promise<B> => b;')).toBe(
      'async function a<B>(b: B): Promise<B>;',
    );
    expect(kindOf('export const a = (): void => {};')).toBe('function');
  });
});

describe('classes', () => {
  const a = (members: string): string => of(`export class a extends B<C> {\n${members}}`);

  it('are shown with what their users reach', () => {
    expect(
      a(
        "  override readonly name = 'a';\n  b: Map<string, number> = new Map();\n  constructor(c: string) {\n    super(c);\n  }\n\n  /** Says d. */\n  d(): void {}\n  get e(): number {\n    return 1;\n  }\n",
      ),
    ).toBe(
      "class a extends B<C> {\n  override readonly name = 'a';\n  b: Map<string, number>;\n  constructor(c: string);\n  /** Says d. */\n  d(): void;\n  get e(): number;\n}",
    );
  });

  it('are shown without what is private, in whatever way', () => {
    const hidden =
      '  #b = 1;\n  private c(): void {}\n  static {\n    d();\n  }\n  [own](): void {}\n  /** @internal Of ours. */\n  e(): void {}\n';
    expect(a(`${hidden}  f(): void {}\n`)).toBe('class a extends B<C> {\n  f(): void;\n}');
  });

  it('are shown with symbols that everybody knows', () => {
    expect(a('  [Symbol.iterator](): I {}\n')).toBe(
      'class a extends B<C> {\n  [Symbol.iterator](): I;\n}',
    );
  });

  it('are shown with overloads', () => {
    expect(a('  b(c: 1): 1;\n  b(c: 2): 2;\n  b(c: unknown): unknown {}\n')).toBe(
      'class a extends B<C> {\n  b(c: 1): 1;\n  b(c: 2): 2;\n}',
    );
  });
});

describe('values', () => {
  it('are shown where they say more than their type', () => {
    expect(of('export const a: Required<B> = { c: 1_000, d: [2] };')).toBe(
      'const a: Required<B> = { c: 1_000, d: [2] };',
    );
    expect(of("export const a = 'b';")).toBe("const a = 'b';");
  });

  it('are left out where they are work, or long', () => {
    expect(of('export const a: B = c();')).toBe('const a: B;');
    expect(of('export const a: B = { ...c };')).toBe('const a: B;');
    expect(of('export const a: B = c as B;')).toBe('const a: B;');
    const long = `[\n${'  1,\n'.repeat(14)}]`;
    expect(of(`export const a: B = ${long};`)).toBe(`const a: B = ${long};`);
    expect(of(`export const a: B = [\n${'  1,\n'.repeat(15)}];`)).toBe('const a: B;');
  });
});

describe('types', () => {
  it('are shown as they stand, without what is said to tools', () => {
    const text =
      'export interface a {\n  // biome-ignore lint: b\n  /** Says c. */\n  readonly c: 1;\n}';
    expect(of(text)).toBe('interface a {\n  /** Says c. */\n  readonly c: 1;\n}');
    expect(kindOf(text)).toBe('interface');
    expect(of('export type a =\n  // First.\n  | 1\n  | 2;')).toBe(
      'type a =\n  // First.\n  | 1\n  | 2;',
    );
  });
});
