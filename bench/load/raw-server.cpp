// What the machine allows: a server of epoll and nothing else, which knows as much of RFC 6455 as the load needs. It checks nothing,
// answers every handshake with the key that the load is known to send, and is not to be used for anything else.
// In: connections; `/` echoes, `/pub` goes to all of `/sub`, `/chat` to all of `/chat`. Out: {"port":…} on the first line.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <unordered_set>

#include "usage.hpp"

namespace {

enum class Place { handshake, echo, subscriber, publisher, chat };

struct Peer {
  int fd = -1;
  Place place = Place::handshake;
  /// What came of a head or a frame that is not whole.
  std::string partial;
  /// What the system would not take.
  std::string owed;
};

/// Those who get everything that is said in one pass of the loop in one write.
struct Audience {
  std::unordered_set<Peer*> peers;
  std::string said;
};

int epoll;
Audience subscribers, chatters;
char buffer[1 << 21];
std::string answer;

void watch(Peer* peer, uint32_t events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = peer;
  epoll_ctl(epoll, operation, peer->fd, &event);
}

void write(Peer* peer, const char* bytes, size_t count) {
  ssize_t sent = 0;
  if (peer->owed.empty()) {
    sent = send(peer->fd, bytes, count, MSG_NOSIGNAL);
    if (sent < 0) sent = 0;
    if (static_cast<size_t>(sent) == count) return;
    watch(peer, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  }
  peer->owed.append(bytes + sent, count - static_cast<size_t>(sent));
}

void flush(Peer* peer) {
  const ssize_t sent = send(peer->fd, peer->owed.data(), peer->owed.size(), MSG_NOSIGNAL);
  if (sent > 0) peer->owed.erase(0, static_cast<size_t>(sent));
  if (peer->owed.empty()) watch(peer, EPOLLIN, EPOLL_CTL_MOD);
}

void leave(Peer* peer) {
  subscribers.peers.erase(peer);
  chatters.peers.erase(peer);
  close(peer->fd);
  delete peer;
}

void unmask(const uint8_t* from, uint8_t* to, size_t count, const uint8_t* key) {
  uint32_t word;
  memcpy(&word, key, 4);
  size_t at = 0;
  for (; at + 4 <= count; at += 4) {
    uint32_t some;
    memcpy(&some, from + at, 4);
    some ^= word;
    memcpy(to + at, &some, 4);
  }
  for (; at < count; at++) to[at] = from[at] ^ key[at & 3];
}

/// Appends the frame at the beginning of `bytes`, without its mask. Gives its size, or 0 when it is not whole.
size_t takeFrame(const uint8_t* bytes, size_t count, std::string& into) {
  if (count < 2) return 0;
  const int shortLength = bytes[1] & 127;
  const size_t head = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
  if (count < head + 4) return 0;
  uint64_t length = static_cast<uint64_t>(shortLength);
  if (head > 2) {
    length = 0;
    for (size_t i = 2; i < head; i++) length = length << 8 | bytes[i];
  }
  if (count < head + 4 + length) return 0;
  const size_t at = into.size();
  into.resize(at + head + length);
  auto* to = reinterpret_cast<uint8_t*>(into.data()) + at;
  memcpy(to, bytes, head);
  to[1] &= 127;
  unmask(bytes + head + 4, to + head, length, bytes + head);
  return head + 4 + length;
}

void shake(Peer* peer) {
  write(peer,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        129);
  const std::string& head = peer->partial;
  const std::string path = head.substr(4, head.find(' ', 4) - 4);
  peer->place = path == "/sub"    ? Place::subscriber
                : path == "/pub"  ? Place::publisher
                : path == "/chat" ? Place::chat
                                  : Place::echo;
  if (peer->place == Place::subscriber) subscribers.peers.insert(peer);
  if (peer->place == Place::chat) chatters.peers.insert(peer);
  peer->partial = {};
}

void read(Peer* peer) {
  const ssize_t count = recv(peer->fd, buffer, sizeof buffer, 0);
  if (count == 0 || (count < 0 && errno != EAGAIN)) return leave(peer);
  if (count < 0) return;
  if (peer->place == Place::handshake) {
    peer->partial.append(buffer, static_cast<size_t>(count));
    if (peer->partial.find("\r\n\r\n") != std::string::npos) shake(peer);
    return;
  }
  const bool isCarried = !peer->partial.empty();
  if (isCarried) peer->partial.append(buffer, static_cast<size_t>(count));
  const char* from = isCarried ? peer->partial.data() : buffer;
  const size_t all = isCarried ? peer->partial.size() : static_cast<size_t>(count);
  std::string& into = peer->place == Place::publisher ? subscribers.said
                      : peer->place == Place::chat    ? chatters.said
                                                      : answer;
  size_t at = 0;
  while (size_t size = takeFrame(reinterpret_cast<const uint8_t*>(from) + at, all - at, into)) {
    at += size;
  }
  if (isCarried) peer->partial.erase(0, at);
  else if (at < all) peer->partial.assign(from + at, all - at);
  if (!answer.empty()) write(peer, answer.data(), answer.size());
  answer.clear();
}

void tellAll(Audience& audience) {
  if (audience.said.empty()) return;
  for (Peer* peer : audience.peers) write(peer, audience.said.data(), audience.said.size());
  audience.said.clear();
}

void acceptAll(int listener) {
  for (;;) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto* peer = new Peer;
    peer->fd = fd;
    watch(peer, EPOLLIN, EPOLL_CTL_ADD);
  }
}

int listenAnywhere() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 511) != 0) return -1;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

}  // namespace

int main() {
  // It has no garbage to collect.
  signal(SIGUSR2, SIG_IGN);
  liftFileLimit();
  epoll = epoll_create1(0);
  const int listener = listenAnywhere();
  if (listener < 0) return 1;
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  epoll_event events[1024];
  for (;;) {
    const int count = epoll_wait(epoll, events, 1024, -1);
    for (int i = 0; i < count; i++) {
      auto* peer = static_cast<Peer*>(events[i].data.ptr);
      if (!peer) acceptAll(listener);
      else if (events[i].events & EPOLLOUT) flush(peer);
      else read(peer);
    }
    tellAll(subscribers);
    tellAll(chatters);
  }
}
