/**
 * The client on our own endpoint, and its core.
 */
import {
  type CoreClient,
  type CoreOptions,
  createClient as createCoreClientOver,
} from '../core.ts';
import { type Client, type ClientOptions, createClient as createClientOver } from '../index.ts';
import { dialled } from './transport.ts';

/** As `createClient` of the browser's door; it connects by `dial`, which every Node has. */
export function createClient(url: string, options: ClientOptions = {}): Client {
  return createClientOver(url, { ...options, transport: options.transport ?? dialled() });
}

/** The same for the door of the core. */
export function createCoreClient(url: string, options: CoreOptions = {}): CoreClient {
  return createCoreClientOver(url, { ...options, transport: options.transport ?? dialled() });
}
