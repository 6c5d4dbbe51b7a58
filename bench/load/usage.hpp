// What a process has used (Linux, /proc).
// In: its id. Out: CPU time of all its threads, and resident memory. Fails: gives 0 for a process that is gone.
#pragma once
#include <dirent.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

inline uint64_t nowNs() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/// In nanoseconds, user and system. The scheduler's own count: those of `stat` come in steps of ten milliseconds.
inline uint64_t cpuNs(int pid) {
  char path[600];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR* tasks = opendir(path);
  if (!tasks) return 0;
  uint64_t sum = 0;
  while (dirent* task = readdir(tasks)) {
    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task->d_name);
    FILE* file = task->d_name[0] == '.' ? nullptr : fopen(path, "r");
    if (!file) continue;
    unsigned long long ran = 0;
    if (fscanf(file, "%llu", &ran) == 1) sum += ran;
    fclose(file);
  }
  closedir(tasks);
  return sum;
}

inline uint64_t residentBytes(int pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  FILE* file = fopen(path, "r");
  if (!file) return 0;
  unsigned long size = 0, resident = 0;
  const int read = fscanf(file, "%lu %lu", &size, &resident);
  fclose(file);
  return read == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

/// As many files as this process may have.
inline void liftFileLimit() {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}
