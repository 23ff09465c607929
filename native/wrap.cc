// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0
#include "wrap.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "errors.h"

namespace netwatch {
namespace {

using Bytes = Napi::TypedArrayOf<uint8_t>;

std::string StringAt(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsString())
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + ": a string");
  return info[index].As<Napi::String>().Utf8Value();
}

uint64_t IntegerAt(const Napi::CallbackInfo& info, size_t index) {
  if (info[index].IsBigInt()) {
    bool lossless = false;
    const uint64_t value = info[index].As<Napi::BigInt>().Uint64Value(&lossless);
    if (lossless) return value;
  } else if (info[index].IsNumber()) {
    const double value = info[index].As<Napi::Number>().DoubleValue();
    if (value >= 0 && value <= 9007199254740991.0) return static_cast<uint64_t>(value);
  }
  throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + ": an unsigned integer");
}

// The map's key or value; its length must be the map's.
const uint8_t* BytesAt(const Napi::CallbackInfo& info, size_t index, size_t length) {
  if (!info[index].IsTypedArray() || info[index].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + ": a Uint8Array");
  }
  const Bytes bytes = info[index].As<Bytes>();
  if (bytes.ByteLength() != length) throw CallError("length of argument " + std::to_string(index), EINVAL);
  return bytes.Data();
}

}  // namespace

Napi::Value Guard(Napi::Env env, const std::function<Napi::Value()>& work) {
  BeginLog();
  try {
    return work();
  } catch (const CallError& error) {
    Napi::Error thrown = Napi::Error::New(env, error.what());
    const char* name = strerrorname_np(error.error());
    thrown.Set("code", Napi::String::New(env, name != nullptr ? name : std::to_string(error.error())));
    thrown.Set("log", Napi::String::New(env, error.log()));
    throw thrown;
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    // Out of memory, mostly; unwinding into Node would end the process.
    throw Napi::Error::New(env, error.what());
  }
}

Napi::Function BpfObject::Define(Napi::Env env) {
  return DefineClass(env, "BpfObject",
                     {
                         InstanceMethod<&BpfObject::SetKnob>("setKnob"),
                         InstanceMethod<&BpfObject::SetMaxEntries>("setMaxEntries"),
                         InstanceMethod<&BpfObject::Disable>("disable"),
                         InstanceMethod<&BpfObject::Load>("load"),
                         InstanceMethod<&BpfObject::Attach>("attach"),
                         InstanceMethod<&BpfObject::Detach>("detach"),
                         InstanceMethod<&BpfObject::Programs>("programs"),
                         InstanceMethod<&BpfObject::ProgramInfo>("programInfo"),
                         InstanceMethod<&BpfObject::Read>("read"),
                         InstanceMethod<&BpfObject::Drain>("drain"),
                         InstanceMethod<&BpfObject::Skipped>("skipped"),
                         InstanceMethod<&BpfObject::Counters>("counters"),
                         InstanceMethod<&BpfObject::Lookup>("lookup"),
                         InstanceMethod<&BpfObject::Update>("update"),
                         InstanceMethod<&BpfObject::Delete>("delete"),
                         InstanceMethod<&BpfObject::Close>("close"),
                     });
}

BpfObject::BpfObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BpfObject>(info) {
  Guard(info.Env(), [&] {
    object_ = std::make_unique<Object>(StringAt(info, 0));
    return info.Env().Undefined();
  });
}

BpfObject::~BpfObject() { Release(); }

Object& BpfObject::object() const {
  if (object_ == nullptr) throw CallError("BpfObject", EBADF);
  return *object_;
}

// Links first, so that nothing is written any more, then the reader.
void BpfObject::Release() {
  object_.reset();
  if (ring_ != nullptr) ring_->Stop();
}

Napi::Value BpfObject::SetKnob(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    object().SetKnob(StringAt(info, 0), IntegerAt(info, 1));
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::SetMaxEntries(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    const uint64_t max_entries = IntegerAt(info, 1);
    if (max_entries > UINT32_MAX) throw CallError("max_entries", ERANGE);
    object().SetMaxEntries(StringAt(info, 0), static_cast<uint32_t>(max_entries));
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::Disable(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    object().Disable(StringAt(info, 0));
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::Load(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    object().Load();
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::Attach(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    object().Attach(StringAt(info, 0), info[1].IsUndefined() ? std::string() : StringAt(info, 1));
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::Detach(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    object().Detach();
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::Programs(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&]() -> Napi::Value {
    const std::vector<std::string> names = object().Programs();
    Napi::Array result = Napi::Array::New(info.Env(), names.size());
    for (uint32_t i = 0; i < names.size(); i++) result.Set(i, names[i]);
    return result;
  });
}

Napi::Value BpfObject::ProgramInfo(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&]() -> Napi::Value {
    const struct bpf_prog_info program = object().ProgramInfo(StringAt(info, 0));
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("id", Napi::Number::New(info.Env(), program.id));
    result.Set("verifiedInstructions", Napi::Number::New(info.Env(), program.verified_insns));
    result.Set("runCount", Napi::BigInt::New(info.Env(), static_cast<uint64_t>(program.run_cnt)));
    result.Set("runTimeNs", Napi::BigInt::New(info.Env(), static_cast<uint64_t>(program.run_time_ns)));
    return result;
  });
}

Napi::Value BpfObject::Read(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    if (!info[1].IsArrayBuffer() || !info[2].IsFunction()) {
      throw Napi::TypeError::New(info.Env(), "an ArrayBuffer and a function");
    }
    if (ring_ != nullptr) throw CallError("read", EBUSY);
    const struct bpf_map* map = object().FindMap(StringAt(info, 0));
    Ring::Start(info.Env(), map, info[1].As<Napi::ArrayBuffer>(), info[2].As<Napi::Function>(), &ring_);
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::Drain(const Napi::CallbackInfo& info) {
  if (ring_ != nullptr) ring_->Drain();
  return info.Env().Undefined();
}

Napi::Value BpfObject::Skipped(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ring_ == nullptr ? 0 : static_cast<double>(ring_->skipped()));
}

Napi::Value BpfObject::Counters(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&]() -> Napi::Value {
    const std::vector<uint64_t> sums = object().SumCounters(StringAt(info, 0));
    // Exact below 2^53: 28 years of ten million events a second.
    Napi::Float64Array result = Napi::Float64Array::New(info.Env(), sums.size());
    for (size_t i = 0; i < sums.size(); i++) result[i] = static_cast<double>(sums[i]);
    return result;
  });
}

Napi::Value BpfObject::Lookup(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&]() -> Napi::Value {
    struct bpf_map* map = object().FindMap(StringAt(info, 0));
    const uint32_t key_size = bpf_map__key_size(map);
    std::vector<uint8_t> value(bpf_map__value_size(map));
    const int result = bpf_map__lookup_elem(map, BytesAt(info, 1, key_size), key_size, value.data(), value.size(), 0);
    if (result == -ENOENT) return info.Env().Undefined();
    Check("bpf_map__lookup_elem", result);
    Bytes bytes = Bytes::New(info.Env(), value.size(), napi_uint8_array);
    memcpy(bytes.Data(), value.data(), value.size());
    return bytes;
  });
}

Napi::Value BpfObject::Update(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] {
    struct bpf_map* map = object().FindMap(StringAt(info, 0));
    const uint32_t key_size = bpf_map__key_size(map);
    const uint32_t value_size = bpf_map__value_size(map);
    Check("bpf_map__update_elem", bpf_map__update_elem(map, BytesAt(info, 1, key_size), key_size,
                                                       BytesAt(info, 2, value_size), value_size, BPF_ANY));
    return info.Env().Undefined();
  });
}

Napi::Value BpfObject::Delete(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&]() -> Napi::Value {
    struct bpf_map* map = object().FindMap(StringAt(info, 0));
    const uint32_t key_size = bpf_map__key_size(map);
    const int result = bpf_map__delete_elem(map, BytesAt(info, 1, key_size), key_size, 0);
    if (result != -ENOENT) Check("bpf_map__delete_elem", result);
    return Napi::Boolean::New(info.Env(), result == 0);
  });
}

Napi::Value BpfObject::Close(const Napi::CallbackInfo& info) {
  Release();
  return info.Env().Undefined();
}

}  // namespace netwatch
