// A C interface to FAISS's IVF-Flat, compiled at run time against the installed library: Debian
// packages the C++ library only.
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <exception>
#include <memory>

// Debian compiles for every x86-64 there is. These two loops, compiled for this machine, take the
// place of the library's, or the comparison would be one of compiler options.
namespace faiss {

float fvec_L2sqr(const float* x, const float* y, size_t d) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < d; i++) {
        float difference = x[i] - y[i];
        sum += difference * difference;
    }
    return sum;
}

float fvec_inner_product(const float* x, const float* y, size_t d) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < d; i++) {
        sum += x[i] * y[i];
    }
    return sum;
}

} // namespace faiss

extern "C" {

// Trains and fills an index of n vectors and writes it to a file; 0 if all went well.
int ivf_faiss_build(
        const float* vectors, int64_t n, int dim, int nlist, int inner_product, const char* file) {
    try {
        faiss::MetricType metric = inner_product ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2;
        std::unique_ptr<faiss::Index> lists;
        if (inner_product) {
            lists = std::make_unique<faiss::IndexFlatIP>(dim);
        } else {
            lists = std::make_unique<faiss::IndexFlatL2>(dim);
        }
        faiss::IndexIVFFlat index(lists.get(), dim, nlist, metric);
        index.train(n, vectors);
        index.add(n, vectors);
        faiss::write_index(&index, file);
        return 0;
    } catch (const std::exception&) {
        return 1;
    }
}

// Reads an index; null if that fails. From then on the process searches on one thread.
void* ivf_faiss_open(const char* file) {
    try {
        omp_set_num_threads(1);
        return dynamic_cast<faiss::IndexIVF*>(faiss::read_index(file));
    } catch (const std::exception&) {
        return nullptr;
    }
}

// Finds the k nearest of one query; ids that were not found are -1. 0 if all went well.
int ivf_faiss_search(void* index, const float* query, int k, int nprobe, int64_t* ids, float* scores) {
    try {
        faiss::IVFSearchParameters parameters;
        parameters.nprobe = nprobe;
        static_cast<faiss::IndexIVF*>(index)->search(1, query, k, scores, ids, &parameters);
        return 0;
    } catch (const std::exception&) {
        return 1;
    }
}

void ivf_faiss_close(void* index) {
    delete static_cast<faiss::IndexIVF*>(index);
}

}
