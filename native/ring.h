// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#ifndef NETWATCH_NATIVE_RING_H_
#define NETWATCH_NATIVE_RING_H_

#include <bpf/libbpf.h>
#include <napi.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace netwatch {

// Reads one ring buffer map on Node's event loop, without a thread.
//
// Records are copied once, back to back, into a slab that JS owns and that is used again for every batch; then JS is
// called once with the number of bytes. While JS is busy nothing is read: the kernel's ring fills, and the programs
// count what finds no room. Bounded by the slab and by kSlabsPerTurn.
class Ring {
 public:
  // The longest record that may be in the map; a longer one is skipped and counted.
  static constexpr size_t kMaxRecord = 4096;

  // Starts reading, and sets `*owner`. `slab` must hold 2 * kMaxRecord at least. Throws CallError.
  static void Start(Napi::Env env, const struct bpf_map* map, Napi::ArrayBuffer slab, Napi::Function on_batch,
                    Ring** owner);
  // Stops reading, clears `*owner`, and frees the ring once the event loop has let go of it. JS is not called any
  // more. Node calls it too, when the environment ends before the owner does.
  void Stop();
  // Reads all that was there at the call, at once. Not from inside on_batch.
  void Drain();
  // Records longer than kMaxRecord so far.
  uint64_t skipped() const { return skipped_; }

 private:
  struct RingFreer {
    void operator()(struct ring_buffer* ring) const { ring_buffer__free(ring); }
  };

  Ring(Napi::Env env, Napi::ArrayBuffer slab, Napi::Function on_batch);
  ~Ring() = default;

  void Open(const struct bpf_map* map);
  void ReadTurn();
  bool ReadSlab();
  void Deliver();
  void Arm(uint64_t delay_ms);

  static int OnRecord(void* self, void* data, size_t size);
  static void OnReadable(uv_poll_t* poll, int status, int events);
  static void OnTimer(uv_timer_t* timer);
  static void OnEnvironmentEnds(napi_async_cleanup_hook_handle hook, void* self);
  static void OnHandleClosed(uv_handle_t* handle);

  Napi::Env env_;
  // Null once stopped: the owner may be gone before the ring is.
  Ring** owner_ = nullptr;
  Napi::AsyncContext context_;
  Napi::Reference<Napi::ArrayBuffer> slab_;
  Napi::FunctionReference on_batch_;
  std::unique_ptr<struct ring_buffer, RingFreer> ring_;
  napi_async_cleanup_hook_handle cleanup_ = nullptr;
  uv_poll_t poll_ = {};
  uv_timer_t timer_ = {};
  int open_handles_ = 0;
  bool polling_ = false;
  bool reading_ = false;
  bool stopping_ = false;
  uint8_t* bytes_ = nullptr;
  size_t capacity_ = 0;
  // Of the kernel's ring.
  size_t ring_bytes_ = 0;
  size_t used_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace netwatch

#endif  // NETWATCH_NATIVE_RING_H_
