// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#include "errors.h"

#include <bpf/libbpf.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace netwatch {
namespace {

thread_local std::string log_tail;

int Print(enum libbpf_print_level level, const char* format, va_list args) {
  if (level == LIBBPF_DEBUG) return 0;
  // A verifier log is one call of up to 16 MiB; only its end tells the reason.
  va_list again;
  va_copy(again, args);
  const int length = vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length <= 0) return 0;
  std::string text(static_cast<size_t>(length) + 1, '\0');
  vsnprintf(text.data(), text.size(), format, args);
  text.pop_back();
  log_tail += text;
  if (log_tail.size() > kLogBytes) log_tail.erase(0, log_tail.size() - kLogBytes);
  return length;
}

}  // namespace

CallError::CallError(const std::string& call, int error)
    : std::runtime_error(call + ": " + strerror(error)), error_(error), log_(log_tail) {}

void InstallLog() { libbpf_set_print(Print); }

void BeginLog() { log_tail.clear(); }

void Check(const char* call, int result) {
  if (result < 0) throw CallError(call, -result);
}

void CheckPointer(const char* call, const void* pointer) {
  if (pointer == nullptr) throw CallError(call, errno);
}

}  // namespace netwatch
