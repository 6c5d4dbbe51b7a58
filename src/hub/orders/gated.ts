/**
 * A broker behind a gate: what it tells passes as long as this node knows all orders that may have been given. A node that was out of reach for
 * longer than its lease may serve whoever was revoked meanwhile: until it has looked, nothing of logs and bus reaches anybody.
 * In: a broker, and whether the gate is open. Out: the same broker. Fails: reads are refused while the gate is shut, as of a log that
 * cannot be reached, and are tried again as such.
 */
import { type Broker, BrokerError, type Ears } from '../../ports/index.ts';

export function gated(broker: Broker, isOpen: () => boolean): Broker {
  const { log } = broker;
  // Asked when the answer is there: what was read while the gate was shut may be older than an order.
  const passed = async <Read>(reading: Promise<Read>): Promise<Read> => {
    const read = await reading;
    if (!isOpen()) {
      const message = 'this node was out of reach, and looks for what it missed';
      throw new BrokerError('BROKER_UNREACHABLE', message, true);
    }
    return read;
  };
  return {
    supports: broker.supports,
    claims: broker.claims,
    bus: broker.bus,
    log: {
      follow: (channel) => log.follow(channel),
      unfollow: (channel) => log.unfollow(channel),
      append: (channel, publication, options) => log.append(channel, publication, options),
      read: (channel, fromOffset, limit) => passed(log.read(channel, fromOffset, limit)),
      latest: (channel, limit) => passed(log.latest(channel, limit)),
      values: (channel, afterOffset, limit) => passed(log.values(channel, afterOffset, limit)),
      tops: (mark) => log.tops(mark),
    },
    start: (ears) => broker.start(earsBehind(ears, isOpen)),
    stop: () => broker.stop(),
  };
}

/** What is not heard is lost, as it may be: logs are read again, and the bus promises nothing. */
function earsBehind({ deliver, hear }: Ears, isOpen: () => boolean): Ears {
  return {
    deliver: (channel, epoch, publication) => {
      if (isOpen()) {
        deliver(channel, epoch, publication);
      }
    },
    hear: (topic, message) => {
      if (isOpen() || isOfNodes(topic)) {
        hear(topic, message);
      }
    },
  };
}

/** What nodes say to each other about orders. */
export function deskTopic(desk: string): string {
  return `${deskMark}${desk}`;
}
const deskMark = '~desk:';

function isOfNodes(topic: string): boolean {
  return topic.startsWith(deskMark);
}
