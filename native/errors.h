// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#ifndef NETWATCH_NATIVE_ERRORS_H_
#define NETWATCH_NATIVE_ERRORS_H_

#include <stdexcept>
#include <string>

namespace netwatch {

// A failed call: which one, its errno, and what libbpf and the verifier said during it.
class CallError : public std::runtime_error {
 public:
  CallError(const std::string& call, int error);

  // errno, positive.
  int error() const { return error_; }
  // Tail of libbpf's messages since BeginLog, at most kLogBytes.
  const std::string& log() const { return log_; }

 private:
  int error_;
  std::string log_;
};

inline constexpr size_t kLogBytes = 8192;

// Sends libbpf's messages to a buffer of this thread instead of stderr. Once per process.
void InstallLog();
// Forgets what libbpf said so far on this thread.
void BeginLog();

// Throws when `result` is a negative errno, as libbpf 1.x returns.
void Check(const char* call, int result);
// Throws with errno when `pointer` is null, as libbpf 1.x returns.
void CheckPointer(const char* call, const void* pointer);

}  // namespace netwatch

#endif  // NETWATCH_NATIVE_ERRORS_H_
