/**
 * What may be in the tarball, and what must be.
 * In: its files and its package.json. Out: one sentence for each thing that is wrong, with what to do.
 */

export interface PackedManifest {
  readonly exports?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const unwanted: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /(^|\/)tests?\/|\.(test|spec)\./, what: 'a test' },
  { pattern: /\.tsbuildinfo$/, what: "the compiler's notes" },
  { pattern: /(^|\/)tsconfig[^/]*\.json$/, what: "the compiler's settings" },
  { pattern: /(^|\/)node_modules\//, what: 'an installed package' },
  { pattern: /(^|\/)\./, what: 'a hidden file' },
];
const wanted: readonly string[] = ['package.json', 'README.md'];
const installScripts: readonly string[] = ['preinstall', 'install', 'postinstall'];

/** @param files Paths from the root of the package, with slashes. */
export function contentTroubles(
  files: readonly string[],
  { exports }: Pick<PackedManifest, 'exports'>,
): string[] {
  const there = new Set(files);
  return [
    ...files.flatMap((file) => {
      const found = unwanted.find(({ pattern }) => pattern.test(file));
      return found === undefined
        ? []
        : [`${file} is ${found.what}: leave it out by "files" in package.json`];
    }),
    ...wanted
      .filter((file) => !there.has(file))
      .map((file) => `${file} is missing: write it, npm packs it by itself`),
    ...files
      .filter((file) => file.startsWith('dist/') && !sourcesOf(file).some((at) => there.has(at)))
      .map((file) => `${file} has no source any more: delete dist and build again`),
    ...targetsIn(exports)
      .filter((target) => !there.has(target))
      .map((target) => `${target} is named in "exports" and missing: build it, or take it out`),
  ];
}

/** Before it is packed: what would make installing it more than copying files. */
export function manifestTroubles(manifest: PackedManifest): string[] {
  return [
    ...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).map(
      (name) => `it depends on ${name}: dependencies stay empty, users bring what they choose`,
    ),
    ...installScripts
      .filter((name) => manifest.scripts?.[name] !== undefined)
      .map((name) => `it runs a script on ${name}: npm refuses those, do without`),
  ];
}

/** Where a built file may come from. */
function sourcesOf(built: string): string[] {
  const bare = built.replace(/^dist\//, 'src/').replace(/(\.d\.ts|\.js)(\.map)?$/, '');
  return [`${bare}.ts`, `${bare}.tsx`];
}

function targetsIn(target: unknown): string[] {
  if (typeof target === 'string') {
    return [target.replace(/^\.\//, '')];
  }
  return typeof target === 'object' && target !== null
    ? Object.values(target).flatMap(targetsIn)
    : [];
}
