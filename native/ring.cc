// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#include "ring.h"

#include <cerrno>
#include <cstring>

#include "errors.h"

namespace netwatch {
namespace {

// The programs wake nobody for a few records: this is how long one may lie there.
constexpr uint64_t kDrainMs = 25;
// After a wake-up the descriptor stays readable with every new record, so it is not polled for a moment.
constexpr uint64_t kPauseMs = 2;
// Full slabs that are delivered before the event loop gets its turn.
constexpr int kSlabsPerTurn = 4;

}  // namespace

Ring::Ring(Napi::Env env, Napi::ArrayBuffer slab, Napi::Function on_batch)
    : env_(env),
      context_(env, "netwatch.ring"),
      slab_(Napi::Reference<Napi::ArrayBuffer>::New(slab, 1)),
      on_batch_(Napi::Persistent(on_batch)) {}

void Ring::Start(Napi::Env env, const struct bpf_map* map, Napi::ArrayBuffer slab, Napi::Function on_batch,
                 Ring** owner) {
  if (slab.ByteLength() < 2 * kMaxRecord) throw CallError("slab", EINVAL);
  Ring* ring = new Ring(env, slab, on_batch);
  try {
    ring->Open(map);
  } catch (...) {
    ring->Stop();
    throw;
  }
  ring->owner_ = owner;
  *owner = ring;
}

void Ring::Open(const struct bpf_map* map) {
  ring_bytes_ = bpf_map__max_entries(map);
  ring_.reset(ring_buffer__new(bpf_map__fd(map), OnRecord, this, nullptr));
  CheckPointer("ring_buffer__new", ring_.get());
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env_, &loop) != napi_ok) throw CallError("napi_get_uv_event_loop", EINVAL);
  Check("uv_timer_init", uv_timer_init(loop, &timer_));
  timer_.data = this;
  open_handles_++;
  Check("uv_poll_init", uv_poll_init(loop, &poll_, ring_buffer__epoll_fd(ring_.get())));
  poll_.data = this;
  open_handles_++;
  if (napi_add_async_cleanup_hook(env_, OnEnvironmentEnds, this, &cleanup_) != napi_ok) {
    throw CallError("napi_add_async_cleanup_hook", EINVAL);
  }
  Check("uv_poll_start", uv_poll_start(&poll_, UV_READABLE, OnReadable));
  polling_ = true;
  Arm(kDrainMs);
}

void Ring::Stop() {
  if (stopping_) return;
  stopping_ = true;
  if (owner_ != nullptr) *owner_ = nullptr;
  owner_ = nullptr;
  if (open_handles_ == 0) {
    delete this;
    return;
  }
  // In the order of initialisation: a handle that was never initialised must not be closed.
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), OnHandleClosed);
  if (open_handles_ == 2) uv_close(reinterpret_cast<uv_handle_t*>(&poll_), OnHandleClosed);
}

void Ring::OnHandleClosed(uv_handle_t* handle) {
  Ring* self = static_cast<Ring*>(handle->data);
  if (--self->open_handles_ > 0) return;
  const Napi::HandleScope scope(self->env_);
  if (self->cleanup_ != nullptr) napi_remove_async_cleanup_hook(self->cleanup_);
  delete self;
}

void Ring::OnEnvironmentEnds(napi_async_cleanup_hook_handle, void* self) { static_cast<Ring*>(self)->Stop(); }

void Ring::Arm(uint64_t delay_ms) { uv_timer_start(&timer_, OnTimer, delay_ms, 0); }

void Ring::OnReadable(uv_poll_t* poll, int, int) {
  Ring* self = static_cast<Ring*>(poll->data);
  uv_poll_stop(poll);
  self->polling_ = false;
  self->Arm(kPauseMs);
  self->ReadTurn();
}

void Ring::OnTimer(uv_timer_t* timer) {
  Ring* self = static_cast<Ring*>(timer->data);
  if (!self->polling_) {
    self->polling_ = uv_poll_start(&self->poll_, UV_READABLE, OnReadable) == 0;
  }
  self->Arm(kDrainMs);
  self->ReadTurn();
}

void Ring::Drain() {
  if (stopping_ || reading_) return;
  const Napi::HandleScope scope(env_);
  // The programs may go on writing: what came after the call may wait.
  for (size_t read = 0; !stopping_ && read < ring_bytes_; read += used_) {
    if (!ReadSlab()) return;
  }
}

void Ring::ReadTurn() {
  const Napi::HandleScope scope(env_);
  for (int i = 0; i < kSlabsPerTurn && !stopping_; i++) {
    if (!ReadSlab()) return;
  }
  if (!stopping_) Arm(0);
}

// True when the slab became full, so that more may be waiting.
bool Ring::ReadSlab() {
  Napi::ArrayBuffer slab = slab_.Value();
  bytes_ = static_cast<uint8_t*>(slab.Data());
  capacity_ = slab.ByteLength();
  used_ = 0;
  if (bytes_ == nullptr || capacity_ < 2 * kMaxRecord) return false;
  reading_ = true;
  const int result = ring_buffer__consume(ring_.get());
  if (used_ > 0) Deliver();
  reading_ = false;
  return result == -ENOSPC;
}

// A negative result ends the reading after this record.
int Ring::OnRecord(void* self_pointer, void* data, size_t size) {
  Ring* self = static_cast<Ring*>(self_pointer);
  if (size > kMaxRecord) {
    self->skipped_++;
    return 0;
  }
  memcpy(self->bytes_ + self->used_, data, size);
  self->used_ += (size + 7) & ~static_cast<size_t>(7);
  return self->capacity_ - self->used_ < kMaxRecord ? -ENOSPC : 0;
}

void Ring::Deliver() {
  try {
    on_batch_.MakeCallback(env_.Global(), {Napi::Number::New(env_, static_cast<double>(used_))}, context_);
  } catch (const Napi::Error& error) {
    // Nobody above but libuv: as an exception in any other event handler.
    napi_fatal_exception(env_, error.Value());
  }
}

}  // namespace netwatch
