/** Names that every object has, for tests that send them where a name of the client's choice is read (THREATS A2). */
export const prototypeNames: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'then',
];
