/** The endpoint's own server, which reads heads itself: what breaks servers beside routes breaks it as little. */
import { receiveByOwn } from './reception.ts';

receiveByOwn();
await import('./accept-http1.hostile.test.ts');
