// The part of TensorFlow's C API that tfmigrate uses (tensorflow/c/c_api.h, tf_tensor.h, tf_tstring.h, tf_buffer.h; stable since
// 2.4). The functions are looked up by name in the user's own TensorFlow when a model is run, so neither TensorFlow nor its
// headers are needed to build or to start the program.
#ifndef TFMIGRATE_CAPI_H
#define TFMIGRATE_CAPI_H

#include <stddef.h>
#include <stdint.h>

typedef struct TF_Status TF_Status;
typedef struct TF_Graph TF_Graph;
typedef struct TF_Operation TF_Operation;
typedef struct TF_Session TF_Session;
typedef struct TF_Tensor TF_Tensor;

typedef struct TF_Output {
  TF_Operation* oper;
  int index;
} TF_Output;

// The functions return NULL when all is well, else a message that the caller frees; *code is TensorFlow's error code, 0 where the
// failure is not TensorFlow's.

// tfm_open loads TensorFlow's two libraries. Only the first call does anything.
char* tfm_open(const char* framework, const char* cc);

const char* tfm_version(void);

// tfm_session imports a serialized GraphDef and makes a session with a serialized ConfigProto.
char* tfm_session(const void* graph_def, size_t graph_len, const void* config, size_t config_len, TF_Graph** graph, TF_Session** session, int* code);

// tfm_operation finds a node; NULL when the graph has none of that name.
TF_Operation* tfm_operation(TF_Graph* graph, const char* name);
int tfm_outputs(TF_Operation* op);

TF_Tensor* tfm_tensor(int dtype, const int64_t* dims, int rank, size_t len);
void tfm_delete_tensor(TF_Tensor* t);
int tfm_dtype(TF_Tensor* t);
int tfm_rank(TF_Tensor* t);
int64_t tfm_dim(TF_Tensor* t, int i);
void* tfm_data(TF_Tensor* t);
size_t tfm_size(TF_Tensor* t);

// String tensors hold one TF_TString of tfm_string_size bytes an element.
size_t tfm_string_size(void);
void tfm_set_string(void* data, size_t i, const char* s, size_t len);
const char* tfm_get_string(void* data, size_t i, size_t* len);

char* tfm_run(TF_Session* session, const TF_Output* feeds, TF_Tensor* const* values, int nfeeds, const TF_Output* fetches, TF_Tensor** results,
              int nfetches, TF_Operation* const* targets, int ntargets, int* code);

#endif
