/**
 * The policy of the first run: everybody who can reach this port is let in, under the name they ask for, to one room.
 * It is a demonstration, and says here what it allows; without these lines nothing would be allowed.
 */
import type { Policy } from 'tautline/ports';

/** The one channel there is. */
export const room = 'chat/lobby';

const maxNameLength = 40;
const maxTextLength = 2000;

export const openChat: Policy = {
  connect: ({ token }) => {
    const name = token?.trim() ?? '';
    return name.length > 0 && name.length <= maxNameLength ? name : undefined;
  },
  subscribe: ({ channel }) => channel === room,
  publish: ({ channel, data }) => channel === room && isChatText(data),
};

function isChatText(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('text' in data)) {
    return false;
  }
  return typeof data.text === 'string' && data.text.length > 0 && data.text.length <= maxTextLength;
}
