// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#ifndef NETWATCH_NATIVE_OBJECT_H_
#define NETWATCH_NATIVE_OBJECT_H_

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace netwatch {

// One BPF object file: opened, tuned, loaded, attached, closed. Destroying it detaches and unloads everything.
// One thread at a time. Every method throws CallError.
class Object {
 public:
  explicit Object(const std::string& path);
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // Before Load: the value of a `const volatile` global of 1, 2, 4 or 8 bytes, found by name in the object's BTF.
  void SetKnob(const std::string& name, uint64_t value);
  // Before Load: entries of a map, or bytes of a ring buffer.
  void SetMaxEntries(const std::string& map, uint32_t max_entries);
  // Before Load: leaves a program out.
  void Disable(const std::string& program);
  void Load();

  // Attaches by the program's own section; a cgroup program to `cgroup_path`.
  void Attach(const std::string& program, const std::string& cgroup_path);
  // Detaches every program; the object stays loaded and its maps can be read.
  void Detach() { links_.clear(); }
  // The kernel's account of a loaded program.
  struct bpf_prog_info ProgramInfo(const std::string& program) const;

  std::vector<std::string> Programs() const;
  struct bpf_map* FindMap(const std::string& name) const;
  // Sums over the CPUs, by key, of a per-CPU array of 64-bit counters.
  std::vector<uint64_t> SumCounters(const std::string& map) const;

 private:
  struct ObjectCloser {
    void operator()(struct bpf_object* object) const { bpf_object__close(object); }
  };
  struct LinkCloser {
    void operator()(struct bpf_link* link) const { bpf_link__destroy(link); }
  };

  struct bpf_program* FindProgram(const std::string& name) const;

  std::unique_ptr<struct bpf_object, ObjectCloser> object_;
  bool loaded_ = false;
  // Destroyed before object_.
  std::map<std::string, std::unique_ptr<struct bpf_link, LinkCloser>> links_;
};

}  // namespace netwatch

#endif  // NETWATCH_NATIVE_OBJECT_H_
