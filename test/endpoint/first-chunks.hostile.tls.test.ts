/** The endpoint's own server over TLS: what breaks servers beside routes breaks it as little. */
import { makeCertificate } from './certificates.ts';
import { receiveByOwn } from './reception.ts';

receiveByOwn(makeCertificate({ names: ['localhost'], addresses: ['127.0.0.1'] }));
await import('./accept-http1.hostile.test.ts');
await import('./hosts.test.ts');
