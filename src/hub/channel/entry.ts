/**
 * What a channel tells its subscribers, made once for all of them.
 * In: a publication or a gap. Out: the message, and how much of it waits when it is held. Cannot fail.
 */
import { Shared } from '../../ground/shared.ts';
import {
  at,
  type Gap,
  type Position,
  type Publication,
  type ServerMessage,
} from '../../wire/index.ts';
import { sizeOf } from '../data.ts';

/** A publication on its way to many: one position and one message for all of them. */
export interface Entry {
  readonly epoch: string;
  readonly position: Position;
  readonly publication: Publication;
  readonly message: Shared<ServerMessage>;
}

export function entryFor(channel: string, epoch: string, publication: Publication): Entry {
  return {
    epoch,
    position: at(epoch, publication),
    publication,
    message: new Shared<ServerMessage>({ type: 'publication', channel, publication }),
  };
}

export function gapMessage(channel: string, gap: Gap): Shared<ServerMessage> {
  return new Shared<ServerMessage>({ type: 'gap', channel, gap });
}

/** What holding it costs, about: measured once, however many hold it. */
export function heldBytes(entry: Entry): number {
  return entry.message.as(measure);
}

const overhead = 200;

function measure(message: ServerMessage): number {
  return overhead + (message.type === 'publication' ? sizeOf(message.publication.data) : 0);
}
