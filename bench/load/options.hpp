// What a load is told to do: `--name value` pairs, and flags without a value.
// In: the words of the command line. Out: options. Fails: at a word it does not know, with exit code 2.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// The server did not agree to what this load is about: no figure, and no failure either.
constexpr int notSpoken = 3;

[[noreturn]] inline void fail(const char* what, int code = 1) {
  fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
  exit(code);
}

struct Options {
  std::string mode = "echo";
  int port = 0;
  /// Of the server: its CPU time and its memory are what is measured.
  int pid = 0;
  int connections = 100;
  uint64_t bytes = 20;
  /// Messages under way on each connection; of a publisher, publications.
  int inFlight = 1;
  double seconds = 2;
  double warmSeconds = 0.7;
  bool text = false;
  bool tls = false;
  /// Offer permessage-deflate, and send the payload, which is compressed already, as its frames.
  bool deflate = false;
  /// What comes back need not be as long as what was sent.
  bool anySize = false;
  /// Instead of a payload of `bytes` bytes.
  std::string payload;
  std::string path = "/";
  std::string subprotocol;
  /// Said on every connection before the load begins, one answer awaited for each; a publisher says only the first.
  std::vector<std::string> greetings;
};

inline std::string contents(const char* file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) fail(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline Options readOptions(int count, char** words) {
  Options options;
  for (int i = 1; i < count; i++) {
    const std::string name = words[i];
    auto value = [&]() -> const char* {
      if (++i >= count) fail("a value is missing", 2);
      return words[i];
    };
    if (name == "--mode") options.mode = value();
    else if (name == "--port") options.port = atoi(value());
    else if (name == "--pid") options.pid = atoi(value());
    else if (name == "--connections") options.connections = atoi(value());
    else if (name == "--bytes") options.bytes = strtoull(value(), nullptr, 10);
    else if (name == "--in-flight") options.inFlight = atoi(value());
    else if (name == "--seconds") options.seconds = atof(value());
    else if (name == "--warm") options.warmSeconds = atof(value());
    else if (name == "--text") options.text = true;
    else if (name == "--tls") options.tls = true;
    else if (name == "--deflate") options.deflate = options.anySize = true;
    else if (name == "--any-size") options.anySize = true;
    else if (name == "--payload") options.payload = contents(value());
    else if (name == "--path") options.path = value();
    else if (name == "--subprotocol") options.subprotocol = value();
    else if (name == "--greet") options.greetings.push_back(value());
    else fail(("unknown: " + name).c_str(), 2);
  }
  return options;
}
