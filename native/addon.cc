// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
// Registration only. The surface is described in index.d.ts.
#include <bpf/libbpf.h>
#include <napi.h>

#include "errors.h"
#include "kernel.h"
#include "wrap.h"

namespace netwatch {
namespace {

Napi::Value KernelEnum(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&]() -> Napi::Value {
    Napi::Object result = Napi::Object::New(info.Env());
    for (const auto& [name, value] : ReadKernelEnum(info[0].ToString().Utf8Value())) {
      result.Set(name, Napi::Number::New(info.Env(), static_cast<double>(value)));
    }
    return result;
  });
}

Napi::Value ClockOffset(const Napi::CallbackInfo& info) { return Napi::BigInt::New(info.Env(), MeasureClockOffset()); }

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InstallLog();
  exports.Set("BpfObject", BpfObject::Define(env));
  exports.Set("kernelEnum", Napi::Function::New(env, KernelEnum, "kernelEnum"));
  exports.Set("clockOffset", Napi::Function::New(env, ClockOffset, "clockOffset"));
  exports.Set("libbpfVersion", Napi::String::New(env, libbpf_version_string()));
  return exports;
}

}  // namespace
}  // namespace netwatch

static Napi::Object Register(Napi::Env env, Napi::Object exports) { return netwatch::Init(env, exports); }

NODE_API_MODULE(netwatch, Register)
