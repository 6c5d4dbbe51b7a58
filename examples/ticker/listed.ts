/** What is traded, and where: known to the server and to the page. */
export const places = ['Vienna', 'Trieste', 'Oslo'] as const;

export const symbols: Readonly<Record<string, { readonly name: string; readonly opened: number }>> =
  {
    ANCR: { name: 'Anchor & Chain', opened: 48.2 },
    BOLD: { name: 'Bollard Group', opened: 131.75 },
    KEEL: { name: 'Keelwright', opened: 86.4 },
    MAST: { name: 'Mast Industries', opened: 212.9 },
    ROPE: { name: 'Ropewalk', opened: 19.35 },
    SAIL: { name: 'Sailcloth Mills', opened: 74.1 },
  };
