// Frames as a load needs them (RFC 6455 §5): one that is sent again and again, and a count of those that come.
// In: payloads and bytes. Out: bytes and counts. Fails: ends the load when a frame is not what it must be.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>

#include "options.hpp"

constexpr int textFrame = 0x81, binaryFrame = 0x82, pingFrame = 0x89, pongFrame = 0x8a;
/// Of permessage-deflate (RFC 7692 §6).
constexpr int compressedBit = 0x40;

/// A masked frame with this first byte.
inline std::string maskedFrame(int first, const std::string& payload) {
  static const uint8_t key[4] = {0x12, 0x9a, 0x5c, 0xe7};
  const uint64_t size = payload.size();
  std::string frame;
  frame.push_back(static_cast<char>(first));
  const int extended = size < 126 ? 0 : size < 65536 ? 2 : 8;
  frame.push_back(static_cast<char>(0x80 | (extended == 0 ? size : extended == 2 ? 126 : 127)));
  for (int i = extended - 1; i >= 0; i--) frame.push_back(static_cast<char>(size >> (8 * i)));
  frame.append(reinterpret_cast<const char*>(key), 4);
  for (uint64_t i = 0; i < size; i++) frame.push_back(static_cast<char>(payload[i] ^ key[i & 3]));
  return frame;
}

/// What comes back, and how it is checked.
struct Expected {
  const std::string* payload;
  bool anySize;
  bool deflate;
};

/// Counts whole messages, wherever the reads cut them, and keeps a ping for whoever answers it.
class FrameReader {
 public:
  /// A ping came whole, with this payload.
  bool hasPing = false;
  std::string ping;
  /// Payloads that are compared before the rest is only counted: checking all of them would measure the load.
  static constexpr int compared = 4;

  int read(const uint8_t* bytes, size_t count, const Expected& expected) {
    int whole = 0;
    while (count > 0) {
      if (left > 0) {
        const size_t some = count < left ? count : static_cast<size_t>(left);
        if (isPing) {
          ping.append(reinterpret_cast<const char*>(bytes), some);
        } else if (seen < compared && !expected.anySize) {
          const size_t at = expected.payload->size() - left;
          if (memcmp(bytes, expected.payload->data() + at, some) != 0) fail("wrong payload");
        }
        left -= some;
        bytes += some;
        count -= some;
        whole += ended();
        continue;
      }
      header[have++] = *bytes++;
      count--;
      if (have == size()) {
        begin(expected);
        whole += ended();
      }
    }
    return whole;
  }

 private:
  uint8_t header[10];
  uint8_t have = 0;
  uint64_t left = 0;
  bool isMidway = false;
  bool isPing = false;
  int seen = 0;

  size_t size() const {
    if (have < 2) return 2;
    return 2 + (header[1] == 126 ? 2 : header[1] == 127 ? 8 : 0);
  }

  void begin(const Expected& expected) {
    uint64_t length = header[1];
    if (length >= 126) {
      length = 0;
      for (size_t i = 2; i < size(); i++) length = length << 8 | header[i];
    }
    errno = 0;
    const int first = header[0] & ~(expected.deflate ? compressedBit : 0);
    const bool isData = first == textFrame || first == binaryFrame;
    isPing = first == pingFrame;
    ping.clear();
    if (expected.deflate && isData && first == header[0]) fail("a message that is not compressed");
    if (!isPing && (!isData || (!expected.anySize && length != expected.payload->size()))) {
      fail((header[0] & 15) == 8 ? "the server closed" : "a frame that was not expected");
    }
    have = 0;
    left = length;
    isMidway = true;
  }

  int ended() {
    if (left > 0 || !isMidway) return 0;
    isMidway = false;
    if (isPing) {
      hasPing = true;
      return 0;
    }
    seen++;
    return 1;
  }
};
