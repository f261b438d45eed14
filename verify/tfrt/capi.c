//go:build tensorflow

#include "capi.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct TF_Buffer {
  const void* data;
  size_t length;
  void (*data_deallocator)(void* data, size_t length);
} TF_Buffer;
typedef struct TF_ImportGraphDefOptions TF_ImportGraphDefOptions;
typedef struct TF_SessionOptions TF_SessionOptions;

// TF_TString is 24 bytes on every 64-bit platform (tensorflow/core/platform/ctstring_internal.h); only TensorFlow looks inside.
typedef struct TF_TString {
  uint64_t words[3];
} TF_TString;

#define FUNCTIONS(X)                                                                                                            \
  X(const char*, TF_Version, (void))                                                                                            \
  X(TF_Status*, TF_NewStatus, (void))                                                                                           \
  X(void, TF_DeleteStatus, (TF_Status*))                                                                                        \
  X(int, TF_GetCode, (const TF_Status*))                                                                                        \
  X(const char*, TF_Message, (const TF_Status*))                                                                                \
  X(TF_Buffer*, TF_NewBufferFromString, (const void*, size_t))                                                                  \
  X(void, TF_DeleteBuffer, (TF_Buffer*))                                                                                        \
  X(TF_Graph*, TF_NewGraph, (void))                                                                                             \
  X(TF_ImportGraphDefOptions*, TF_NewImportGraphDefOptions, (void))                                                             \
  X(void, TF_DeleteImportGraphDefOptions, (TF_ImportGraphDefOptions*))                                                          \
  X(void, TF_GraphImportGraphDef, (TF_Graph*, const TF_Buffer*, const TF_ImportGraphDefOptions*, TF_Status*))                   \
  X(TF_Operation*, TF_GraphOperationByName, (TF_Graph*, const char*))                                                           \
  X(int, TF_OperationNumOutputs, (TF_Operation*))                                                                               \
  X(TF_SessionOptions*, TF_NewSessionOptions, (void))                                                                           \
  X(void, TF_SetConfig, (TF_SessionOptions*, const void*, size_t, TF_Status*))                                                  \
  X(void, TF_DeleteSessionOptions, (TF_SessionOptions*))                                                                        \
  X(TF_Session*, TF_NewSession, (TF_Graph*, const TF_SessionOptions*, TF_Status*))                                              \
  X(void, TF_SessionRun,                                                                                                        \
    (TF_Session*, const TF_Buffer*, const TF_Output*, TF_Tensor* const*, int, const TF_Output*, TF_Tensor**, int,               \
     TF_Operation* const*, int, TF_Buffer*, TF_Status*))                                                                        \
  X(TF_Tensor*, TF_AllocateTensor, (int, const int64_t*, int, size_t))                                                          \
  X(void, TF_DeleteTensor, (TF_Tensor*))                                                                                        \
  X(int, TF_TensorType, (const TF_Tensor*))                                                                                     \
  X(int, TF_NumDims, (const TF_Tensor*))                                                                                        \
  X(int64_t, TF_Dim, (const TF_Tensor*, int))                                                                                   \
  X(void*, TF_TensorData, (const TF_Tensor*))                                                                                   \
  X(size_t, TF_TensorByteSize, (const TF_Tensor*))                                                                              \
  X(void, TF_StringInit, (TF_TString*))                                                                                         \
  X(void, TF_StringCopy, (TF_TString*, const char*, size_t))                                                                    \
  X(const char*, TF_StringGetDataPointer, (const TF_TString*))                                                                  \
  X(size_t, TF_StringGetSize, (const TF_TString*))

#define X(result, name, params) static result(*name) params;
FUNCTIONS(X)
#undef X

char* tfm_open(const char* framework, const char* cc) {
  if (TF_Version) return NULL;
  if (!dlopen(framework, RTLD_LAZY | RTLD_GLOBAL)) return strdup(dlerror());
  void* lib = dlopen(cc, RTLD_LAZY | RTLD_GLOBAL);
  if (!lib) return strdup(dlerror());
#define X(result, name, params)                \
  *(void**)&name = dlsym(lib, #name);          \
  if (!name) return strdup("no function " #name);
  FUNCTIONS(X)
#undef X
  return NULL;
}

const char* tfm_version(void) { return TF_Version(); }

static char* finish(TF_Status* status, int* code) {
  char* message = NULL;
  *code = TF_GetCode(status);
  if (*code != 0) message = strdup(TF_Message(status));
  TF_DeleteStatus(status);
  return message;
}

char* tfm_session(const void* graph_def, size_t graph_len, const void* config, size_t config_len, TF_Graph** graph, TF_Session** session, int* code) {
  TF_Status* status = TF_NewStatus();
  TF_Buffer* buffer = TF_NewBufferFromString(graph_def, graph_len);
  TF_ImportGraphDefOptions* import = TF_NewImportGraphDefOptions();
  *graph = TF_NewGraph();
  TF_GraphImportGraphDef(*graph, buffer, import, status);
  TF_DeleteImportGraphDefOptions(import);
  TF_DeleteBuffer(buffer);
  if (TF_GetCode(status) == 0) {
    TF_SessionOptions* options = TF_NewSessionOptions();
    TF_SetConfig(options, config, config_len, status);
    if (TF_GetCode(status) == 0) *session = TF_NewSession(*graph, options, status);
    TF_DeleteSessionOptions(options);
  }
  return finish(status, code);
}

TF_Operation* tfm_operation(TF_Graph* graph, const char* name) { return TF_GraphOperationByName(graph, name); }
int tfm_outputs(TF_Operation* op) { return TF_OperationNumOutputs(op); }

TF_Tensor* tfm_tensor(int dtype, const int64_t* dims, int rank, size_t len) { return TF_AllocateTensor(dtype, dims, rank, len); }
void tfm_delete_tensor(TF_Tensor* t) { TF_DeleteTensor(t); }
int tfm_dtype(TF_Tensor* t) { return TF_TensorType(t); }
int tfm_rank(TF_Tensor* t) { return TF_NumDims(t); }
int64_t tfm_dim(TF_Tensor* t, int i) { return TF_Dim(t, i); }
void* tfm_data(TF_Tensor* t) { return TF_TensorData(t); }
size_t tfm_size(TF_Tensor* t) { return TF_TensorByteSize(t); }

size_t tfm_string_size(void) { return sizeof(TF_TString); }

void tfm_set_string(void* data, size_t i, const char* s, size_t len) {
  TF_TString* t = (TF_TString*)data + i;
  TF_StringInit(t);
  TF_StringCopy(t, s, len);
}

const char* tfm_get_string(void* data, size_t i, size_t* len) {
  const TF_TString* t = (const TF_TString*)data + i;
  *len = TF_StringGetSize(t);
  return TF_StringGetDataPointer(t);
}

char* tfm_run(TF_Session* session, const TF_Output* feeds, TF_Tensor* const* values, int nfeeds, const TF_Output* fetches, TF_Tensor** results,
              int nfetches, TF_Operation* const* targets, int ntargets, int* code) {
  TF_Status* status = TF_NewStatus();
  TF_SessionRun(session, NULL, feeds, values, nfeeds, fetches, results, nfetches, targets, ntargets, NULL, status);
  return finish(status, code);
}
