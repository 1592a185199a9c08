/* Measures how long each thread of a CPython 3.11 process holds the interpreter's lock (GIL).

   Preloaded, it stands in for pthread_mutex_unlock, which the interpreter calls each time a thread has
   taken the lock or given it up. At the end it writes seconds of processor time, seconds by the clock
   and the number of times to the file that BENCH_LOCK names. */
#define _GNU_SOURCE
#define Py_BUILD_CORE 1
#include <Python.h>
#if PY_VERSION_HEX < 0x030B0000 || PY_VERSION_HEX >= 0x030C0000
#error "the lock is elsewhere in other versions"
#endif
#include "internal/pycore_runtime.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#pragma weak _PyRuntime /* the process may start others, which are not Python */

static double cpu, wall; /* changed by the holder of the lock alone */
static long times;
static __thread double cpu_since, wall_since;
static __thread int holds;

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    static int (*real)(pthread_mutex_t *);
    if (!real) real = dlsym(RTLD_NEXT, "pthread_mutex_unlock");
    struct _gil_runtime_state *gil = &_PyRuntime.ceval.gil;
    if (&_PyRuntime && mutex == &gil->mutex) {
        PyThreadState *holder = (PyThreadState *)gil->last_holder._value;
        int mine = holder && holder->thread_id == pthread_self();
        if (mine && gil->locked._value == 1) {
            holds = 1;
            cpu_since = now(CLOCK_THREAD_CPUTIME_ID);
            wall_since = now(CLOCK_MONOTONIC);
        } else if (mine && holds && gil->locked._value == 0) {
            holds = 0;
            cpu += now(CLOCK_THREAD_CPUTIME_ID) - cpu_since;
            wall += now(CLOCK_MONOTONIC) - wall_since;
            times++;
        }
    }
    return real(mutex);
}

__attribute__((destructor)) static void tell(void) {
    const char *name = getenv("BENCH_LOCK");
    FILE *file = name && times ? fopen(name, "w") : NULL;
    if (!file) return;
    fprintf(file, "%.6f %.6f %ld\n", cpu, wall, times);
    fclose(file);
}

/* Ends a process without calling destructors. */
void _exit(int status) {
    void (*real)(int) = dlsym(RTLD_NEXT, "_exit");
    tell();
    real(status);
    __builtin_unreachable();
}
