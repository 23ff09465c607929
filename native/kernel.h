// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#ifndef NETWATCH_NATIVE_KERNEL_H_
#define NETWATCH_NATIVE_KERNEL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace netwatch {

// Members of an enum of the running kernel, from its BTF. Throws CallError: ENOENT when there is no such enum.
std::vector<std::pair<std::string, uint64_t>> ReadKernelEnum(const std::string& name);

// CLOCK_REALTIME minus CLOCK_MONOTONIC, in nanoseconds: what to add to bpf_ktime_get_ns(). Off by the time of one
// clock call, the least of several tries.
int64_t MeasureClockOffset();

}  // namespace netwatch

#endif  // NETWATCH_NATIVE_KERNEL_H_
