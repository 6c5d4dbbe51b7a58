// One client connection: TCP, TLS where it is asked for, and the opening handshake (RFC 6455 §4.1) with a fixed key.
// In: options. Out: an open connection that does not block. Fails: ends the load.
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

#include "frame.hpp"

inline sockaddr_in serverAddress(const Options& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(options.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline int newSocket() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) fail("socket");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // A reset leaves no port behind that has to rest before it is used again.
  const linger atOnce{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
  return fd;
}

inline std::string requestFor(const Options& options, const std::string& path) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  if (!options.subprotocol.empty()) {
    request += "Sec-WebSocket-Protocol: " + options.subprotocol + "\r\n";
  }
  if (options.deflate) {
    request += "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
               "client_no_context_takeover\r\n";
  }
  return request + "\r\n";
}

inline void checkAnswer(const std::string& head, const Options& options) {
  errno = 0;
  if (head.rfind("HTTP/1.1 101", 0) != 0) fail(head.substr(0, head.find('\r')).c_str());
  if (head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == std::string::npos) fail("a wrong answer to the key");
  if (options.deflate && head.find("permessage-deflate") == std::string::npos) {
    fail("the server does not compress", notSpoken);
  }
}

class Connection {
 public:
  FrameReader reader;
  /// Frames received on it, and whether it only sends.
  uint64_t received = 0;
  bool isPublisher = false;

  void open(const Options& options, const std::string& path) {
    fd = newSocket();
    const sockaddr_in address = serverAddress(options);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
#ifdef WITH_TLS
    if (options.tls) startTls();
#endif
    sendAll(requestFor(options, path));
    checkAnswer(readHead(), options);
    for (const std::string& greeting : options.greetings) {
      sendAll(maskedFrame(textFrame, greeting));
      awaitFrame();
      if (isPublisher) break;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }

  void watch(int epoll, uint32_t id, uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.u32 = id;
    epoll_ctl(epoll, operation, fd, &event);
    isWatchedForRoom = (events & EPOLLOUT) != 0;
  }

  /// Owes the server `count` more of the frame that `frames` repeats; each is `size` bytes.
  void owe(uint64_t count, size_t size) { owedBytes += count * size; }

  /// Sends what the system takes now. `frames` holds one or more whole frames.
  void flush(const std::string& frames, size_t size, int epoll, uint32_t id) {
    while (owedBytes > 0) {
      const size_t some = static_cast<size_t>(std::min<uint64_t>(owedBytes, frames.size() - at));
      const ssize_t sent = write(frames.data() + at, some);
      if (sent < 0 && errno == EAGAIN) {
        if (!isWatchedForRoom) watch(epoll, id, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        return;
      }
      if (sent < 0) fail("send");
      owedBytes -= static_cast<uint64_t>(sent);
      at = (at + static_cast<size_t>(sent)) % size;
    }
    if (isWatchedForRoom) watch(epoll, id, EPOLLIN, EPOLL_CTL_MOD);
  }

  /// Those who only listen are asked now and then whether they are there. Whoever is sending shows it by that.
  void answerPing() {
    if (!reader.hasPing) return;
    reader.hasPing = false;
    if (owedBytes == 0) sendAll(maskedFrame(pongFrame, reader.ping));
  }

  /// -1 when there is nothing now. Ends the load when the server is gone.
  ssize_t read(void* into, size_t room) {
    const ssize_t count = readSome(into, room);
    if (count == 0) fail("the server ended a connection");
    if (count < 0 && errno != EAGAIN) fail("recv");
    return count;
  }

  bool isTls() const {
#ifdef WITH_TLS
    return tls != nullptr;
#else
    return false;
#endif
  }

 private:
  int fd = -1;
  uint64_t owedBytes = 0;
  size_t at = 0;
  bool isWatchedForRoom = false;
#ifdef WITH_TLS
  SSL* tls = nullptr;

  void startTls() {
    static SSL_CTX* context = nullptr;
    if (!context) {
      context = SSL_CTX_new(TLS_client_method());
      SSL_CTX_set_mode(context,
                       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    if (SSL_connect(tls) != 1) fail("the TLS handshake failed");
  }

  /// What `recv` and `send` would give.
  ssize_t result(int count) {
    if (count > 0) return count;
    const int why = SSL_get_error(tls, count);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return 0;
    errno = EAGAIN;
    return -1;
  }
#endif

  ssize_t readSome(void* into, size_t room) {
#ifdef WITH_TLS
    if (tls) return result(SSL_read(tls, into, static_cast<int>(std::min<size_t>(room, 1 << 16))));
#endif
    return recv(fd, into, room, 0);
  }

  ssize_t write(const char* bytes, size_t count) {
#ifdef WITH_TLS
    if (tls) return result(SSL_write(tls, bytes, static_cast<int>(std::min<size_t>(count, 1 << 14))));
#endif
    return send(fd, bytes, count, MSG_NOSIGNAL);
  }

  void sendAll(const std::string& bytes) {
    if (write(bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) fail("send");
  }

  /// Byte by byte: what follows the head is not to be taken with it.
  std::string readHead() {
    std::string head;
    char byte;
    while (head.size() < 4 || head.compare(head.size() - 4, 4, "\r\n\r\n") != 0) {
      if (head.size() > 8192 || readSome(&byte, 1) != 1) fail("no answer to the handshake");
      head.push_back(byte);
    }
    return head;
  }

  void awaitFrame() {
    const std::string none;
    const Expected any{&none, true, false};
    uint8_t byte;
    do {
      if (readSome(&byte, 1) != 1) fail("no answer to a greeting");
    } while (reader.read(&byte, 1, any) == 0);
  }
};
