// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

#include <bpf/btf.h>

#include <cerrno>
#include <ctime>
#include <limits>
#include <memory>

#include "errors.h"

namespace netwatch {
namespace {

struct BtfFreer {
  void operator()(struct btf* btf) const { btf__free(btf); }
};

int64_t Now(clockid_t clock) {
  struct timespec time = {};
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
}

}  // namespace

std::vector<std::pair<std::string, uint64_t>> ReadKernelEnum(const std::string& name) {
  const std::unique_ptr<struct btf, BtfFreer> btf(btf__load_vmlinux_btf());
  CheckPointer("btf__load_vmlinux_btf", btf.get());
  int id = btf__find_by_name_kind(btf.get(), name.c_str(), BTF_KIND_ENUM);
  if (id < 0) id = btf__find_by_name_kind(btf.get(), name.c_str(), BTF_KIND_ENUM64);
  if (id < 0) throw CallError("enum " + name, ENOENT);
  const struct btf_type* type = btf__type_by_id(btf.get(), static_cast<uint32_t>(id));
  std::vector<std::pair<std::string, uint64_t>> members;
  for (int i = 0; i < btf_vlen(type); i++) {
    if (btf_kind(type) == BTF_KIND_ENUM) {
      const struct btf_enum& member = btf_enum(type)[i];
      members.emplace_back(btf__name_by_offset(btf.get(), member.name_off), static_cast<uint32_t>(member.val));
    } else {
      const struct btf_enum64& member = btf_enum64(type)[i];
      members.emplace_back(btf__name_by_offset(btf.get(), member.name_off), btf_enum64_value(&member));
    }
  }
  return members;
}

int64_t MeasureClockOffset() {
  int64_t best_gap = std::numeric_limits<int64_t>::max();
  int64_t offset = 0;
  for (int i = 0; i < 5; i++) {
    const int64_t before = Now(CLOCK_MONOTONIC);
    const int64_t wall = Now(CLOCK_REALTIME);
    const int64_t after = Now(CLOCK_MONOTONIC);
    if (after - before >= best_gap) continue;
    best_gap = after - before;
    offset = wall - (before + after) / 2;
  }
  return offset;
}

}  // namespace netwatch
