import { websocket } from 'tautline/client';
import { serveTabs } from 'tautline/client/shared-worker';

serveTabs(websocket());
