// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#ifndef NETWATCH_NATIVE_WRAP_H_
#define NETWATCH_NATIVE_WRAP_H_

#include <napi.h>

#include <functional>
#include <memory>

#include "object.h"
#include "ring.h"

namespace netwatch {

// Runs `work`; a CallError leaves it as a JS Error with `code` (errno's name) and `log`.
Napi::Value Guard(Napi::Env env, const std::function<Napi::Value()>& work);

// The class BpfObject of index.d.ts: values in, values out, no state but the object and its ring.
class BpfObject : public Napi::ObjectWrap<BpfObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit BpfObject(const Napi::CallbackInfo& info);
  ~BpfObject() override;

 private:
  Napi::Value SetKnob(const Napi::CallbackInfo& info);
  Napi::Value SetMaxEntries(const Napi::CallbackInfo& info);
  Napi::Value Disable(const Napi::CallbackInfo& info);
  Napi::Value Load(const Napi::CallbackInfo& info);
  Napi::Value Attach(const Napi::CallbackInfo& info);
  Napi::Value Detach(const Napi::CallbackInfo& info);
  Napi::Value Programs(const Napi::CallbackInfo& info);
  Napi::Value ProgramInfo(const Napi::CallbackInfo& info);
  Napi::Value Read(const Napi::CallbackInfo& info);
  Napi::Value Drain(const Napi::CallbackInfo& info);
  Napi::Value Skipped(const Napi::CallbackInfo& info);
  Napi::Value Counters(const Napi::CallbackInfo& info);
  Napi::Value Lookup(const Napi::CallbackInfo& info);
  Napi::Value Update(const Napi::CallbackInfo& info);
  Napi::Value Delete(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);

  // Throws CallError EBADF after Close.
  Object& object() const;
  void Release();

  std::unique_ptr<Object> object_;
  // Frees itself after Stop, which clears this.
  Ring* ring_ = nullptr;
};

}  // namespace netwatch

#endif  // NETWATCH_NATIVE_WRAP_H_
