// The load: one thread and epoll, so that one core can keep any server on another core busy.
// In: options (options.hpp). Out: one line of JSON with the CPU time that the server spent on each happening, in microseconds, or its
// memory for each connection, in KiB. Fails: exit code 1 and why; 3 when the server does not speak what was to be measured.
#include <signal.h>
#include <sys/resource.h>

#include <memory>

#include "connection.hpp"
#include "usage.hpp"

namespace {

Options options;
int epoll;
std::string payload;

/// Counts what happens between the end of the warm-up and the end of the time.
class Meter {
 public:
  /// True when the time is over.
  bool tick(uint64_t happened) {
    const uint64_t now = nowNs();
    if (!isMeasuring && now - started > options.warmSeconds * 1e9) {
      isMeasuring = true;
      started = now;
      before = happened;
      cpuBefore = cpuNs(options.pid);
      ownBefore = cpuNs(getpid());
    } else if (isMeasuring && now - started > options.seconds * 1e9) {
      tell(happened - before, now - started);
      return true;
    }
    return false;
  }

 private:
  bool isMeasuring = false;
  uint64_t started = nowNs();
  uint64_t before = 0, cpuBefore = 0, ownBefore = 0;

  void tell(uint64_t happened, uint64_t ns) {
    errno = 0;
    if (happened == 0) fail("nothing happened");
    const double cpu = static_cast<double>(cpuNs(options.pid) - cpuBefore);
    const double own = static_cast<double>(cpuNs(getpid()) - ownBefore);
    printf("{\"value\":%.5f,\"perSecond\":%.0f,\"serverShare\":%.3f,\"loadShare\":%.3f}\n",
           cpu / 1e3 / happened, happened * 1e9 / ns, cpu / ns, own / ns);
  }
};

/// Connections that send one frame again and again, and what makes each of them send.
class Traffic {
 public:
  Traffic() : size(frame.size()) {
    const size_t copies = size > 1 << 18 ? 1 : std::min(64, std::max(1, options.inFlight));
    for (size_t i = 0; i < copies; i++) frames += frame;
    isFanOut = options.mode == "fan-out";
    connections.resize(options.connections + (isFanOut ? 1 : 0));
    for (size_t i = 0; i < connections.size(); i++) {
      connections[i].isPublisher = isFanOut && i + 1 == connections.size();
      connections[i].open(options, connections[i].isPublisher ? "/pub" : options.path);
      connections[i].watch(epoll, static_cast<uint32_t>(i), EPOLLIN, EPOLL_CTL_ADD);
      // It may take a while: the first must not be found silent before the last is there.
      if (i % 100 == 0) listen(0);
    }
  }

  /// Sends nothing, and answers pings.
  void rest(double seconds) {
    const uint64_t began = nowNs();
    while (nowNs() - began < seconds * 1e9) listen(100);
  }

  void run() {
    if (isFanOut) {
      send(connections.size() - 1, options.inFlight);
    } else {
      for (size_t i = 0; i < connections.size(); i++) send(i, options.inFlight);
    }
    Meter meter;
    while (!meter.tick(happened)) listen(100);
  }

 private:
  const std::string frame =
      maskedFrame(options.deflate ? textFrame | compressedBit
                  : options.text ? textFrame
                                 : binaryFrame,
                  payload);
  const size_t size;
  std::string frames;
  std::vector<Connection> connections;
  bool isFanOut;
  uint64_t happened = 0, published = 0;
  std::vector<uint8_t> buffer = std::vector<uint8_t>(1 << 20);
  const Expected expected{&payload, options.anySize, options.deflate};
  const Expected anything{&payload, true, options.deflate};

  void listen(int milliseconds) {
    epoll_event events[1024];
    const int count = epoll_wait(epoll, events, 1024, milliseconds);
    for (int i = 0; i < count; i++) handle(events[i]);
  }

  void send(size_t id, uint64_t count) {
    connections[id].owe(count, size);
    connections[id].flush(frames, size, epoll, static_cast<uint32_t>(id));
  }

  void handle(const epoll_event& event) {
    errno = 0;
    if (event.events & (EPOLLERR | EPOLLHUP)) fail("a connection broke");
    const uint32_t id = event.data.u32;
    Connection& connection = connections[id];
    if (event.events & EPOLLOUT) connection.flush(frames, size, epoll, id);
    if (event.events & EPOLLIN) answer(id, receive(connection));
  }

  int receive(Connection& connection) {
    int whole = 0;
    for (;;) {
      const ssize_t count = connection.read(buffer.data(), buffer.size());
      if (count < 0) break;
      const Expected& frames = connection.isPublisher ? anything : expected;
      whole += connection.reader.read(buffer.data(), static_cast<size_t>(count), frames);
      connection.answerPing();
      // TLS may have more that was decrypted already, of which epoll knows nothing.
      if (!connection.isTls()) break;
    }
    return whole;
  }

  void answer(uint32_t id, int whole) {
    Connection& connection = connections[id];
    if (whole == 0 || connection.isPublisher) return;
    happened += whole;
    if (isFanOut) {
      const uint64_t done = happened / (connections.size() - 1);
      if (done > published) send(connections.size() - 1, done - published);
      published = done;
    } else if (options.mode == "chat") {
      // Everybody says the next thing when they have heard everybody.
      const uint64_t all = connections.size();
      const uint64_t before = connection.received / all;
      connection.received += whole;
      const uint64_t heard = connection.received / all - before;
      if (heard > 0) send(id, heard);
    } else {
      send(id, static_cast<uint64_t>(whole));
    }
  }
};

/// Opens a connection and resets it when the answer is here, always as many at a time.
class Handshakes {
 public:
  void run() {
    for (int i = 0; i < options.connections; i++) start(i);
    Meter meter;
    epoll_event events[1024];
    while (!meter.tick(done)) {
      const int count = epoll_wait(epoll, events, 1024, 100);
      for (int i = 0; i < count; i++) step(static_cast<int>(events[i].data.u32));
    }
  }

 private:
  struct Attempt {
    int fd;
    bool hasAsked;
    std::string head;
  };
  std::vector<Attempt> attempts = std::vector<Attempt>(options.connections);
  const std::string request = requestFor(options, options.path);
  uint64_t done = 0;

  void start(int id) {
    Attempt& attempt = attempts[id];
    attempt = {newSocket(), false, ""};
    fcntl(attempt.fd, F_SETFL, O_NONBLOCK);
    const sockaddr_in address = serverAddress(options);
    if (connect(attempt.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS) {
      fail("connect");
    }
    watch(id, EPOLLOUT, EPOLL_CTL_ADD);
  }

  void step(int id) {
    Attempt& attempt = attempts[id];
    if (!attempt.hasAsked) {
      if (send(attempt.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) fail("send");
      attempt.hasAsked = true;
      watch(id, EPOLLIN, EPOLL_CTL_MOD);
      return;
    }
    char some[1024];
    const ssize_t count = recv(attempt.fd, some, sizeof some, 0);
    if (count <= 0) fail("no answer to the handshake");
    attempt.head.append(some, static_cast<size_t>(count));
    if (attempt.head.find("\r\n\r\n") != std::string::npos) {
      checkAnswer(attempt.head, options);
      close(attempt.fd);
      done++;
      start(id);
    }
  }

  void watch(int id, uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.u32 = static_cast<uint32_t>(id);
    epoll_ctl(epoll, operation, attempts[id].fd, &event);
  }
};

uint64_t residentAfterCollection() {
  // The servers collect their garbage when they get it.
  for (int i = 0; i < 2; i++) {
    kill(options.pid, SIGUSR2);
    usleep(250 * 1000);
  }
  return residentBytes(options.pid);
}

void idle() {
  const uint64_t before = residentAfterCollection();
  Traffic traffic;
  traffic.rest(options.seconds);
  const double grown = static_cast<double>(residentAfterCollection()) - static_cast<double>(before);
  printf("{\"value\":%.4f}\n", grown / 1024 / options.connections);
}

}  // namespace

int main(int count, char** words) {
  options = readOptions(count, words);
  signal(SIGPIPE, SIG_IGN);
  liftFileLimit();
  epoll = epoll_create1(0);
  payload = options.payload;
  for (uint64_t i = 0; options.payload.empty() && i < options.bytes; i++) {
    payload.push_back(static_cast<char>('a' + (i * 7 + i / 26) % 26));
  }
#ifndef WITH_TLS
  if (options.tls) fail("it was compiled without TLS", notSpoken);
#endif
  if (options.mode == "idle") idle();
  else if (options.mode == "handshakes") Handshakes().run();
  else Traffic().run();
  // Not by returning: closing thousands of connections one by one would take its time.
  fflush(stdout);
  _exit(0);
}
