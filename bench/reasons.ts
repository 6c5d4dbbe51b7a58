/**
 * Why an aim was missed, where it is known: the id of a scenario, a slash and the subject. A figure that is missed is told with its
 * reason, and never tuned away. Empty for what is met, or not understood yet.
 */
export const reasons: Readonly<Record<string, string>> = {};
