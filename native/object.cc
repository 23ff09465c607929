// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#include "object.h"

#include <bpf/btf.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "errors.h"

namespace netwatch {
namespace {

constexpr char kKnobs[] = ".rodata";

// Holds back this thread's signals. The verifier gives up with EAGAIN when one
// is pending, and a profiler sends them faster than libbpf retries.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// An open file descriptor.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Where in the section the variable lies; null when there is none of that name.
const struct btf_var_secinfo* FindVariable(const struct btf* btf, const char* section, const std::string& name) {
  const int id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
  if (id < 0) return nullptr;
  const struct btf_type* type = btf__type_by_id(btf, static_cast<uint32_t>(id));
  const struct btf_var_secinfo* variables = btf_var_secinfos(type);
  for (int i = 0; i < btf_vlen(type); i++) {
    const struct btf_type* variable = btf__type_by_id(btf, variables[i].type);
    if (name == btf__name_by_offset(btf, variable->name_off)) return &variables[i];
  }
  return nullptr;
}

// The map of a section is named "<object>.rodata", cut to the kernel's 15
// characters.
struct bpf_map* FindSection(struct bpf_object* object, const char* section) {
  struct bpf_map* map;
  bpf_object__for_each_map(map, object) {
    if (bpf_map__is_internal(map) && strstr(bpf_map__name(map), section) != nullptr) return map;
  }
  return nullptr;
}

}  // namespace

Object::Object(const std::string& path) {
  object_.reset(bpf_object__open_file(path.c_str(), nullptr));
  CheckPointer("bpf_object__open_file", object_.get());
}

void Object::SetKnob(const std::string& name, uint64_t value) {
  // The kernel has frozen the section, and newer versions of libbpf then map it read-only.
  if (loaded_) throw CallError("knob " + name, EBUSY);
  const struct btf_var_secinfo* variable = FindVariable(bpf_object__btf(object_.get()), kKnobs, name);
  struct bpf_map* section = FindSection(object_.get(), kKnobs);
  if (variable == nullptr || section == nullptr) throw CallError("knob " + name, ENOENT);
  size_t section_size = 0;
  auto* bytes = static_cast<uint8_t*>(const_cast<void*>(bpf_map__initial_value(section, &section_size)));
  const size_t end = static_cast<size_t>(variable->offset) + variable->size;
  if (bytes == nullptr || end > section_size || variable->size > sizeof(value)) {
    throw CallError("knob " + name, EINVAL);
  }
  if (variable->size < sizeof(value) && value >> (variable->size * 8) != 0) throw CallError("knob " + name, ERANGE);
  // BPF objects are little endian here, as is every machine they are built for.
  memcpy(bytes + variable->offset, &value, variable->size);
}

void Object::SetMaxEntries(const std::string& map, uint32_t max_entries) {
  Check("bpf_map__set_max_entries", bpf_map__set_max_entries(FindMap(map), max_entries));
}

void Object::Disable(const std::string& program) {
  Check("bpf_program__set_autoload", bpf_program__set_autoload(FindProgram(program), false));
}

void Object::Load() {
  const SignalsBlocked signals_blocked;
  Check("bpf_object__load", bpf_object__load(object_.get()));
  loaded_ = true;
}

void Object::Attach(const std::string& name, const std::string& cgroup_path) {
  struct bpf_program* program = FindProgram(name);
  struct bpf_link* link;
  if (bpf_program__type(program) == BPF_PROG_TYPE_CGROUP_SKB) {
    const Fd cgroup(open(cgroup_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (cgroup.get() < 0) throw CallError("open " + cgroup_path, errno);
    link = bpf_program__attach_cgroup(program, cgroup.get());
    CheckPointer("bpf_program__attach_cgroup", link);
  } else {
    link = bpf_program__attach(program);
    CheckPointer("bpf_program__attach", link);
  }
  links_[name].reset(link);
}

struct bpf_prog_info Object::ProgramInfo(const std::string& program) const {
  struct bpf_prog_info info = {};
  uint32_t length = sizeof(info);
  Check("bpf_obj_get_info_by_fd", bpf_obj_get_info_by_fd(bpf_program__fd(FindProgram(program)), &info, &length));
  return info;
}

std::vector<std::string> Object::Programs() const {
  std::vector<std::string> names;
  struct bpf_program* program;
  bpf_object__for_each_program(program, object_.get()) names.emplace_back(bpf_program__name(program));
  return names;
}

struct bpf_map* Object::FindMap(const std::string& name) const {
  struct bpf_map* map = bpf_object__find_map_by_name(object_.get(), name.c_str());
  if (map == nullptr) throw CallError("map " + name, ENOENT);
  return map;
}

struct bpf_program* Object::FindProgram(const std::string& name) const {
  struct bpf_program* program = bpf_object__find_program_by_name(object_.get(), name.c_str());
  if (program == nullptr) throw CallError("program " + name, ENOENT);
  return program;
}

std::vector<uint64_t> Object::SumCounters(const std::string& name) const {
  struct bpf_map* map = FindMap(name);
  if (bpf_map__type(map) != BPF_MAP_TYPE_PERCPU_ARRAY || bpf_map__value_size(map) != sizeof(uint64_t)) {
    throw CallError("counters " + name, EINVAL);
  }
  const int cpus = libbpf_num_possible_cpus();
  Check("libbpf_num_possible_cpus", cpus);
  std::vector<uint64_t> per_cpu(static_cast<size_t>(cpus));
  std::vector<uint64_t> sums(bpf_map__max_entries(map));
  for (uint32_t key = 0; key < sums.size(); key++) {
    Check("bpf_map__lookup_elem",
          bpf_map__lookup_elem(map, &key, sizeof(key), per_cpu.data(), per_cpu.size() * sizeof(uint64_t), 0));
    for (const uint64_t value : per_cpu) sums[key] += value;
  }
  return sums;
}

}  // namespace netwatch
