import { createClient, websocket } from 'tautline/client';
import { sharedTabs } from 'tautline/client/shared-tabs';

const { server, user } = document.body.dataset;
const worker = () =>
  new SharedWorker(new URL('share-worker.js', import.meta.url), { type: 'module' });
const transport = sharedTabs(websocket(), { user, worker });
const client = createClient(server, { token: user, transport });

const room = client.subscribe('chat/lobby');
room.on('publication', ({ by, data }) => document.body.append(`${by}: ${String(data)}\n`));
room.on('gap', ({ reason }) => console.warn(reason));
