// A C interface to FAISS as its wheel on PyPI holds it, a library without headers; compiled at run
// time. What it needs is declared here. Of an index it needs no more than where in the table of
// virtual functions some of them are, which it looks up in that of a class that exports both.
#include <dlfcn.h>

#include <cstdint>
#include <exception>
#include <string>

namespace faiss {

class Index;
enum MetricType : int { METRIC_INNER_PRODUCT = 0, METRIC_L2 = 1 };

Index* index_factory(int dim, const char* description, MetricType metric, bool own_lists);
Index* read_index(const char* file, int flags);
void write_index(const Index* index, const char* file, int flags);

struct ParameterSpace {
    ParameterSpace();
    void set_index_parameters(Index* index, const char* description) const;
    alignas(16) char room[1024];
};

} // namespace faiss

extern "C" void omp_set_num_threads(int);

namespace {

using Train = void (*)(faiss::Index*, int64_t, const float*);
using Search =
        void (*)(const faiss::Index*, int64_t, const float*, int64_t, float*, int64_t*, const void*);
using Destroy = void (*)(faiss::Index*);

constexpr int MOST_SLOTS = 64;
constexpr int DELETING_DESTRUCTOR = 1;

int slot(const char* function) {
    void** table = static_cast<void**>(dlsym(RTLD_DEFAULT, "_ZTVN5faiss9IndexHNSWE"));
    void* wanted = dlsym(RTLD_DEFAULT, function);
    for (int i = 0; table && wanted && i < MOST_SLOTS; i++) {
        if (table[2 + i] == wanted) { // after the offset to the top and the type
            return i;
        }
    }
    return -1;
}

thread_local std::string error;

int train_slot = -1;
int add_slot = -1;
int search_slot = -1;

template <typename Function>
Function method(const void* index, int slot) {
    return reinterpret_cast<Function>((*static_cast<void** const*>(index))[slot]);
}

} // namespace

extern "C" {

// Looks up what is needed; 0 if all is there.
int ivf_faiss_init() {
    train_slot = slot("_ZN5faiss9IndexHNSW5trainElPKf");
    add_slot = slot("_ZN5faiss9IndexHNSW3addElPKf");
    search_slot = slot("_ZNK5faiss9IndexHNSW6searchElPKflPfPlPKNS_16SearchParametersE");
    return train_slot < 0 || add_slot < 0 || search_slot < 0;
}

// Returns what was wrong in the last call of this thread that failed.
const char* ivf_faiss_error() {
    return error.c_str();
}

// Builds an index of n vectors and writes it to a file; 0 if all went well.
int ivf_faiss_build(
        const char* description,
        const char* parameters,
        const float* vectors,
        int64_t n,
        int dim,
        int inner_product,
        const char* file) {
    try {
        faiss::Index* index = faiss::index_factory(
                dim,
                description,
                inner_product ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2,
                true);
        if (*parameters) {
            static const faiss::ParameterSpace space;
            space.set_index_parameters(index, parameters);
        }
        method<Train>(index, train_slot)(index, n, vectors);
        method<Train>(index, add_slot)(index, n, vectors);
        faiss::write_index(index, file, 0);
        method<Destroy>(index, DELETING_DESTRUCTOR)(index);
        return 0;
    } catch (const std::exception& e) {
        error = e.what();
        return 1;
    }
}

// Reads an index; null if that fails. From then on the process searches on one thread.
void* ivf_faiss_open(const char* file) {
    try {
        omp_set_num_threads(1);
        return faiss::read_index(file, 0);
    } catch (const std::exception& e) {
        error = e.what();
        return nullptr;
    }
}

// Sets parameters of searches, for example "nprobe=16"; 0 if all went well.
int ivf_faiss_set(void* index, const char* parameters) {
    try {
        static const faiss::ParameterSpace space;
        space.set_index_parameters(static_cast<faiss::Index*>(index), parameters);
        return 0;
    } catch (const std::exception& e) {
        error = e.what();
        return 1;
    }
}

// Finds the k nearest of one query; ids that were not found are -1. 0 if all went well.
int ivf_faiss_search(void* index, const float* query, int k, int64_t* ids, float* scores) {
    try {
        method<Search>(index, search_slot)(
                static_cast<faiss::Index*>(index), 1, query, k, scores, ids, nullptr);
        return 0;
    } catch (const std::exception& e) {
        error = e.what();
        return 1;
    }
}

void ivf_faiss_close(void* index) {
    method<Destroy>(index, DELETING_DESTRUCTOR)(static_cast<faiss::Index*>(index));
}

}
