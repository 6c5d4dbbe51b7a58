import { createClient } from 'tautline/client';
import { withContract } from 'tautline/client/app';

// A function: the client is made when something needs it, and so never by a server that only renders.
export const rt = withContract(() => createClient('ws://localhost:8082/', { token: 'Ada' }));
